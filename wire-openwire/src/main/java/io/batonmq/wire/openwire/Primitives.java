package io.batonmq.wire.openwire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The encoding of properties, and of the bodies of map and stream messages: values with a type in front of each,
/// in maps and lists of them.
///
/// | type | value | held as |
/// |---|---|---|
/// | 0 | null | null |
/// | 1 | boolean | [Boolean] |
/// | 2, 4, 5, 6 | integer of 1, 2, 4, 8 bytes | [Byte], [Short], [Integer], [Long] |
/// | 3 | character of 16 bits | [Character] |
/// | 7, 8 | binary64, binary32 | [Double], [Float] |
/// | 9, 13 | text, its length in 2 or 4 bytes | [String] |
/// | 10 | length, bytes | `byte[]` |
/// | 11, 12 | count, entries | [Map], [List] |
final class Primitives {
  private static final int DEPTH_MAX = 16;

  /// Values in one body: each costs many times its bytes.
  private static final int VALUES_MAX = 100_000;

  private static final int TEXT_MAX = 8_191;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int values;

  private Primitives(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /// A whole map; an empty one for no bytes.
  static Map<String, Object> map(byte[] bytes) {
    return bytes.length == 0 ? Map.of() : new Primitives(bytes, 0, bytes.length).map(0);
  }

  /// Values one after the other until the bytes end.
  static List<@Nullable Object> stream(byte[] bytes, int from) {
    Primitives reader = new Primitives(bytes, from, bytes.length);
    List<@Nullable Object> values = new ArrayList<>();
    while (reader.at < reader.end) {
      values.add(reader.value(0));
    }
    return values;
  }

  /// Those entries of a map that have one of some names, as far as the first `limit` bytes of it reach; what is
  /// broken is left out.
  static Map<String, Object> find(byte[] bytes, Set<String> names, int limit) {
    Map<String, Object> found = new LinkedHashMap<>();
    if (bytes.length == 0) {
      return found;
    }
    try {
      Primitives reader = new Primitives(bytes, 0, bytes.length);
      int count = reader.int32();
      for (int i = 0; i < count && reader.at < limit && found.size() < names.size(); i++) {
        String name = reader.text(reader.int16());
        if (names.contains(name)) {
          Object value = reader.value(0);
          if (value != null) {
            found.putIfAbsent(name, value);
          }
        } else {
          reader.skip(0);
        }
      }
    } catch (Malformed broken) {
      return found;
    }
    return found;
  }

  private Map<String, Object> map(int depth) {
    int count = int32();
    if (count < 0 || count > (end - at) / 3) {
      throw new Malformed("a map has " + count + " entries in " + (end - at) + " bytes");
    }
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String name = text(int16());
      Object value = value(depth);
      if (value != null) {
        map.put(name, value);
      }
    }
    return map;
  }

  /// Passes over a value without making anything of it.
  private void skip(int depth) {
    if (depth > DEPTH_MAX) {
      throw new Malformed("values are nested more than " + DEPTH_MAX + " deep");
    }
    switch (octet()) {
      case 0 -> {}
      case 1, 2 -> pass(1);
      case 3, 4 -> pass(2);
      case 5, 8 -> pass(4);
      case 6, 7 -> pass(8);
      case 9 -> pass(int16());
      case 10, 13 -> pass(int32());
      case 11 -> {
        for (int left = int32(); left > 0; left--) {
          pass(int16());
          skip(depth + 1);
        }
      }
      case 12 -> {
        for (int left = int32(); left > 0; left--) {
          skip(depth + 1);
        }
      }
      default -> throw new Malformed("a value has a type that does not exist");
    }
  }

  private void pass(int count) {
    need(count);
    at += count;
  }

  private @Nullable Object value(int depth) {
    if (depth > DEPTH_MAX || ++values > VALUES_MAX) {
      throw new Malformed("values are nested too deep, or too many");
    }
    int type = octet();
    return switch (type) {
      case 0 -> null;
      case 1 -> octet() != 0;
      case 2 -> octet();
      case 3 -> (char) int16();
      case 4 -> (short) int16();
      case 5 -> int32();
      case 6 -> int64();
      case 7 -> Double.longBitsToDouble(int64());
      case 8 -> Float.intBitsToFloat(int32());
      case 9 -> text(int16());
      case 13 -> text(int32());
      case 10 -> slice(int32());
      case 11 -> map(depth + 1);
      case 12 -> list(depth + 1);
      default -> throw new Malformed("a value has the type " + type);
    };
  }

  private List<@Nullable Object> list(int depth) {
    int count = int32();
    if (count < 0 || count > end - at) {
      throw new Malformed("a list has " + count + " entries in " + (end - at) + " bytes");
    }
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(value(depth));
    }
    return list;
  }

  private void need(int count) {
    if (count < 0 || count > end - at) {
      throw new Malformed("a length of " + count + " where " + (end - at) + " bytes are left");
    }
  }

  private byte octet() {
    need(1);
    return bytes[at++];
  }

  private int int16() {
    need(2);
    int value = ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    at += 2;
    return value;
  }

  private int int32() {
    int high = int16();
    return (high << 16) | int16();
  }

  private long int64() {
    long high = int32();
    return (high << 32) | Integer.toUnsignedLong(int32());
  }

  private String text(int length) {
    need(length);
    String text = ModifiedUtf.decode(bytes, at, at + length);
    at += length;
    return text;
  }

  private byte[] slice(int length) {
    need(length);
    byte[] slice = new byte[length];
    System.arraycopy(bytes, at, slice, 0, length);
    at += length;
    return slice;
  }

  /// Encodes a map.
  static byte[] encode(Map<String, ?> map) {
    Bytes out = new Bytes(64);
    write(out, map);
    return out.array();
  }

  /// Encodes values one after the other.
  static byte[] encode(List<?> values) {
    Bytes out = new Bytes(64);
    values.forEach(value -> write(out, value));
    return out.array();
  }

  private static void write(Bytes out, Map<?, ?> map) {
    out.int32(map.size());
    map.forEach((name, value) -> {
      byte[] key = ModifiedUtf.encode(String.valueOf(name));
      if (key.length > Short.MAX_VALUE) {
        throw new Malformed("a name has " + key.length + " bytes");
      }
      out.int16(key.length).raw(key);
      write(out, value);
    });
  }

  private static void write(Bytes out, @Nullable Object value) {
    switch (value) {
      case null -> out.octet(0);
      case Boolean set -> out.octet(1).octet(set ? 1 : 0);
      case Byte number -> out.octet(2).octet(number);
      case Character character -> out.octet(3).int16(character);
      case Short number -> out.octet(4).int16(number);
      case Integer number -> out.octet(5).int32(number);
      case Long number -> out.octet(6).int64(number);
      case Double number -> out.octet(7).int64(Double.doubleToRawLongBits(number));
      case Float number -> out.octet(8).int32(Float.floatToRawIntBits(number));
      case byte[] bytes -> out.octet(10).int32(bytes.length).raw(bytes);
      case Map<?, ?> map -> write(out.octet(11), map);
      case List<?> list -> {
        out.octet(12).int32(list.size());
        list.forEach(one -> write(out, one));
      }
      default -> text(out, value.toString());
    }
  }

  private static void text(Bytes out, String text) {
    byte[] bytes = ModifiedUtf.encode(text);
    if (text.length() <= TEXT_MAX) {
      out.octet(9).int16(bytes.length);
    } else {
      out.octet(13).int32(bytes.length);
    }
    out.raw(bytes);
  }
}
