package io.batonmq.wire.openwire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads structures out of a frame. Every length that a peer says is held against what is left of the frame
/// before anything is made of it, and what may be nested where is told by [Type]: the names of classes that
/// OpenWire transports are text here, and nothing is looked up by them.
///
/// Tight: `type, length of the bits, bits, values`; loose: `type, values`. The bits stand eight to a byte, the
/// first one lowest.
final class Decoder {
  /// Structures in one another. A dispatch of a message that tells of a consumer has 5.
  private static final int DEPTH_MAX = 12;

  /// Structures in one frame.
  private static final int STRUCTS_MAX = 2_048;

  private static final int ARRAY_MAX = 1_024;
  private static final int CAUSES_MAX = 64;
  private static final byte[] MAGIC = "ActiveMQ".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;
  private final int end;
  private final Coding coding;
  private final @Nullable Recall recall;
  private int at;
  private int bit;
  private int bitsEnd;
  private int structs;

  private Decoder(byte[] bytes, int from, int end, Coding coding, @Nullable Recall recall) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.coding = coding;
    this.recall = recall;
  }

  /// Reads the one structure that a frame holds; null for an empty one.
  ///
  /// @param allowed which types may come now
  /// @throws Malformed if there is anything else
  static @Nullable Struct read(
      byte[] bytes,
      int from,
      int end,
      Coding coding,
      @Nullable Recall recall,
      Predicate<Type> allowed) {
    Decoder decoder = new Decoder(bytes, from, end, coding, recall);
    int code = decoder.octet() & 0xff;
    if (code == 0) {
      return null;
    }
    Type type = Type.of(code);
    if (type == null) {
      throw new Malformed("no structure has the type " + code);
    }
    if (!allowed.test(type)) {
      throw new Malformed(type + " is not for a client to send, or not now");
    }
    if (coding.tight()) {
      decoder.bits();
    }
    Struct struct = decoder.struct(type, 0);
    if (decoder.at != end) {
      throw new Malformed(end - decoder.at + " bytes are left over after " + type);
    }
    return struct;
  }

  private Struct struct(Type type, int depth) {
    if (depth > DEPTH_MAX || ++structs > STRUCTS_MAX) {
      throw new Malformed("there are too many structures in one another or in one frame");
    }
    Struct struct = new Struct(type);
    List<Type.Slot> slots = type.slots();
    for (int i = 0; i < slots.size(); i++) {
      Type.Slot slot = slots.get(i);
      if (slot.since() <= coding.version()) {
        struct.value(i, value(slot, depth));
      }
    }
    return struct;
  }

  private @Nullable Object value(Type.Slot slot, int depth) {
    return switch (slot.kind()) {
      case BOOLEAN -> flag();
      case BYTE -> (int) octet();
      case INT -> int32();
      case LONG -> large();
      case STRING -> string();
      case BYTES -> flag() ? slice(int32()) : null;
      case MAGIC -> magic();
      case NESTED -> nested(slot, depth);
      case CACHED -> cached(slot, depth);
      case ARRAY -> array(slot, depth);
      case FAULT -> fault();
    };
  }

  /// A bit of those in front, or a byte of its own.
  private boolean flag() {
    if (!coding.tight()) {
      return octet() != 0;
    }
    if (bit >= bitsEnd) {
      throw new Malformed("the bits in front of the values are too few");
    }
    boolean set = ((bytes[bit >> 3] >> (bit & 7)) & 1) != 0;
    bit++;
    return set;
  }

  private void bits() {
    int count = octet() & 0xff;
    if (count == 0xC0) {
      count = octet() & 0xff;
    } else if (count == 0x80) {
      count = int16();
    } else if (count >= 64) {
      throw new Malformed("the bits in front of the values have the length " + count);
    }
    need(count);
    bit = at << 3;
    at += count;
    bitsEnd = at << 3;
  }

  private long large() {
    if (!coding.tight()) {
      return int64();
    }
    boolean high = flag();
    boolean low = flag();
    if (high) {
      return low ? int64() : Integer.toUnsignedLong(int32());
    }
    return low ? int16() : 0;
  }

  private @Nullable String string() {
    if (!flag()) {
      return null;
    }
    boolean ascii = coding.tight() && flag();
    int length = int16();
    need(length);
    String text =
        ascii
            ? new String(bytes, at, length, StandardCharsets.US_ASCII)
            : ModifiedUtf.decode(bytes, at, at + length);
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

  private byte[] magic() {
    byte[] magic = slice(MAGIC.length);
    if (!java.util.Arrays.equals(magic, MAGIC)) {
      throw new Malformed("a WireFormatInfo begins with other bytes");
    }
    return magic;
  }

  private @Nullable Struct nested(Type.Slot slot, int depth) {
    if (!flag()) {
      return null;
    }
    int code = octet() & 0xff;
    Type type = Type.of(code);
    if (type == null || !slot.group().has(type)) {
      throw new Malformed(slot.field() + " holds a structure of the type " + code);
    }
    if (coding.tight() && type.aware() && flag()) {
      // Encoded apart, by a client that kept it so: with a length, a type and bits of its own.
      return apart(type, depth);
    }
    return struct(type, depth + 1);
  }

  private Struct apart(Type type, int depth) {
    int outerBit = bit;
    int outerEnd = bitsEnd;
    int32();
    if ((octet() & 0xff) != type.code()) {
      throw new Malformed("a structure that was encoded apart is another one");
    }
    bits();
    Struct struct = struct(type, depth + 1);
    bit = outerBit;
    bitsEnd = outerEnd;
    return struct;
  }

  private @Nullable Struct cached(Type.Slot slot, int depth) {
    Recall memory = recall;
    if (!coding.cached() || memory == null) {
      return nested(slot, depth);
    }
    boolean fresh = flag();
    int number = (short) int16();
    if (fresh) {
      int from = at;
      Struct struct = nested(slot, depth);
      memory.put(number, struct, at - from);
      return struct;
    }
    Struct known = memory.get(number);
    if (known != null && !slot.group().has(known.type())) {
      throw new Malformed(slot.field() + " names a structure that is another one");
    }
    return known;
  }

  private @Nullable List<Struct> array(Type.Slot slot, int depth) {
    if (!flag()) {
      return null;
    }
    int count = int16();
    if (count > ARRAY_MAX) {
      throw new Malformed(slot.field() + " has " + count + " entries");
    }
    List<Struct> structs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Struct struct = nested(slot, depth);
      if (struct != null) {
        structs.add(struct);
      }
    }
    return List.copyOf(structs);
  }

  /// An exception, and those that caused it, of which only the first is kept.
  private @Nullable Fault fault() {
    Fault first = null;
    for (int causes = 0; flag(); causes++) {
      if (causes == CAUSES_MAX) {
        throw new Malformed("an exception has more than " + CAUSES_MAX + " causes");
      }
      String className = string();
      String message = string();
      if (first == null) {
        first = new Fault(className == null ? "" : className, message);
      }
      if (!coding.stackTraces()) {
        return first;
      }
      int elements = int16();
      for (int i = 0; i < elements; i++) {
        string();
        string();
        string();
        int32();
      }
    }
    return first;
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
}
