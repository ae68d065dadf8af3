package io.batonmq.wire.amqp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// AMQP values as JMS has them, and the other way round. Unsigned numbers become the next wider type.
final class Values {
  private static final int DEPTH_MAX = 16;

  private Values() {}

  /// The value that stands from `at` on; null for null and for what JMS has no type for.
  ///
  /// @throws Malformed if it is none
  static @Nullable Object read(byte[] bytes, int at, int end) {
    return read(bytes, at, end, 0);
  }

  private static @Nullable Object read(byte[] bytes, int at, int end, int depth) {
    if (depth > DEPTH_MAX) {
      throw Malformed.limit("values are nested more than " + DEPTH_MAX + " deep");
    }
    int to = Encoding.skip(bytes, at, end);
    int from = at + 1;
    return switch (Encoding.code(bytes, at, end)) {
      case 0x41 -> true;
      case 0x42 -> false;
      case 0x56 -> bytes[from] != 0;
      case 0x50 -> (short) (bytes[from] & 0xff);
      case 0x51 -> bytes[from];
      case 0x60 -> Encoding.int16(bytes, from, end) & 0xffff;
      case 0x61 -> (short) Encoding.int16(bytes, from, end);
      case 0x43, 0x44 -> 0L;
      case 0x52, 0x53 -> (long) (bytes[from] & 0xff);
      case 0x70 -> Encoding.int32(bytes, from, end) & 0xffff_ffffL;
      case 0x71 -> Encoding.int32(bytes, from, end);
      case 0x54 -> (int) bytes[from];
      case 0x55 -> (long) bytes[from];
      case 0x80, 0x81, Encoding.TIMESTAMP -> Encoding.int64(bytes, from, end);
      case 0x72 -> Float.intBitsToFloat(Encoding.int32(bytes, from, end));
      case 0x82 -> Double.longBitsToDouble(Encoding.int64(bytes, from, end));
      case 0x73 -> (char) Encoding.int32(bytes, from, end);
      case 0x98 ->
          new UUID(Encoding.int64(bytes, from, end), Encoding.int64(bytes, from + 8, end))
              .toString();
      case Encoding.BINARY8, Encoding.BINARY32 ->
          Arrays.copyOfRange(bytes, Encoding.contentAt(bytes, at, end), to);
      case Encoding.STRING8, Encoding.STRING32, Encoding.SYMBOL8, Encoding.SYMBOL32 ->
          Encoding.utf8(bytes, Encoding.contentAt(bytes, at, end), to);
      case Encoding.LIST0, Encoding.LIST8, Encoding.LIST32 -> list(bytes, at, end, depth);
      case Encoding.MAP8, Encoding.MAP32 -> map(bytes, at, end, depth);
      default -> null;
    };
  }

  static List<@Nullable Object> list(byte[] bytes, int at, int end, int depth) {
    Fields fields = Fields.list(bytes, at, end, "a list");
    List<@Nullable Object> list = new ArrayList<>();
    while (fields.more()) {
      int from = fields.position();
      fields.skip();
      list.add(read(bytes, from, fields.position(), depth + 1));
    }
    return list;
  }

  /// Entries whose keys are texts and whose values JMS knows.
  static Map<String, Object> map(byte[] bytes, int at, int end, int depth) {
    Fields fields = Fields.map(bytes, at, end, "a map");
    Map<String, Object> map = new LinkedHashMap<>();
    while (fields.more()) {
      int key = fields.position();
      fields.skip();
      int value = fields.position();
      if (!fields.more()) {
        throw Malformed.decode("a map has a key without a value");
      }
      fields.skip();
      Object read = read(bytes, value, fields.position(), depth + 1);
      if (read != null && read(bytes, key, value, depth + 1) instanceof String name) {
        map.put(name, read);
      }
    }
    return map;
  }

  static void write(Writer writer, @Nullable Object value) {
    switch (value) {
      case null -> writer.nothing();
      case Boolean set -> writer.bool(set);
      case Byte number -> writer.int8(0x51).int8(number);
      case Short number -> writer.int8(0x61).int8(number >> 8).int8(number);
      case Integer number -> writer.int8(0x71).int32(number);
      case Long number -> writer.int8(0x81).int64(number);
      case Float number -> writer.int8(0x72).int32(Float.floatToRawIntBits(number));
      case Double number -> writer.int8(0x82).int64(Double.doubleToRawLongBits(number));
      case Character character -> writer.int8(0x73).int32(character);
      case byte[] bytes -> writer.binary(bytes);
      case List<?> list -> list(writer, list);
      case Map<?, ?> map -> map(writer, map);
      default -> writer.string(value.toString());
    }
  }

  static void list(Writer writer, List<?> list) {
    int at = writer.begin(Encoding.LIST32);
    list.forEach(value -> write(writer, value));
    writer.end(at, list.size());
  }

  static void map(Writer writer, Map<?, ?> map) {
    int at = writer.begin(Encoding.MAP32);
    map.forEach((key, value) -> {
      writer.string(String.valueOf(key));
      write(writer, value);
    });
    writer.end(at, map.size() * 2);
  }
}
