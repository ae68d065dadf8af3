package io.batonmq.wire.amqp;

import java.nio.charset.StandardCharsets;

/// The type system of AMQP 1.0 §1.6, read from an array without believing any number in it: a size
/// must fit into what is left, and a count is never counted up to. So an array of two billion nulls,
/// which is 39 bytes long, costs as much as any other value.
///
/// The first half-byte of a constructor says how wide a value is:
///
/// | 4 | 5 | 6 | 7 | 8 | 9 | A | B | C, E | D, F |
/// |---|---|---|---|---|---|---|---|---|---|
/// | 0 | 1 | 2 | 4 | 8 | 16 | size in 1 byte | size in 4 | compound, 1 | compound, 4 |
final class Encoding {
  static final int DESCRIBED = 0x00;
  static final int NULL = 0x40;
  static final int LIST0 = 0x45;
  static final int LIST8 = 0xc0;
  static final int LIST32 = 0xd0;
  static final int MAP8 = 0xc1;
  static final int MAP32 = 0xd1;
  static final int ARRAY8 = 0xe0;
  static final int ARRAY32 = 0xf0;
  static final int SYMBOL8 = 0xa3;
  static final int SYMBOL32 = 0xb3;
  static final int STRING8 = 0xa1;
  static final int STRING32 = 0xb1;
  static final int BINARY8 = 0xa0;
  static final int BINARY32 = 0xb0;
  static final int ULONG = 0x80;
  static final int SMALL_ULONG = 0x53;
  static final int ULONG0 = 0x44;
  static final int TIMESTAMP = 0x83;

  /// Descriptors inside descriptors; nothing that exists needs more than one.
  private static final int DESCRIPTORS_MAX = 4;

  private Encoding() {}

  /// Where the value that begins at `at` ends.
  static int skip(byte[] bytes, int at, int end) {
    int position = at;
    // A described value is two values: what is still owed grows by one for each.
    int owed = 1;
    int descriptors = 0;
    while (owed > 0) {
      int constructor = code(bytes, position, end);
      if (constructor == DESCRIBED) {
        if (++descriptors > DESCRIPTORS_MAX) {
          throw Malformed.decode("descriptors are nested more than " + DESCRIPTORS_MAX + " deep");
        }
        position++;
        owed++;
      } else {
        position = skipPlain(bytes, position, end, constructor);
        owed--;
      }
    }
    return position;
  }

  private static int skipPlain(byte[] bytes, int at, int end, int constructor) {
    int from = at + 1;
    return switch (constructor >>> 4) {
      case 0x4 -> from;
      case 0x5 -> within(from, 1, end);
      case 0x6 -> within(from, 2, end);
      case 0x7 -> within(from, 4, end);
      case 0x8 -> within(from, 8, end);
      case 0x9 -> within(from, 16, end);
      case 0xa, 0xc, 0xe -> within(from + 1, code(bytes, from, end), end);
      case 0xb, 0xd, 0xf -> within(within(from, 4, end), int32(bytes, from, end), end);
      default -> throw Malformed.decode("no AMQP type has the code 0x%02x".formatted(constructor));
    };
  }

  /// `from + size`, if that is not beyond the end.
  static int within(int from, int size, int end) {
    if (size < 0 || size > end - from) {
      throw Malformed.decode("a value is longer than what it stands in");
    }
    return from + size;
  }

  /// The byte at `at` as a number.
  static int code(byte[] bytes, int at, int end) {
    if (at >= end) {
      throw Malformed.decode("the bytes end in the middle of a value");
    }
    return bytes[at] & 0xff;
  }

  static int int32(byte[] bytes, int at, int end) {
    within(at, 4, end);
    return ((bytes[at] & 0xff) << 24)
        | ((bytes[at + 1] & 0xff) << 16)
        | ((bytes[at + 2] & 0xff) << 8)
        | (bytes[at + 3] & 0xff);
  }

  static int int16(byte[] bytes, int at, int end) {
    within(at, 2, end);
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  static long int64(byte[] bytes, int at, int end) {
    within(at, 8, end);
    return ((long) int32(bytes, at, end) << 32) | (int32(bytes, at + 4, end) & 0xffff_ffffL);
  }

  /// Offset of the content of a string, symbol or binary whose constructor is at `at`.
  static int contentAt(byte[] bytes, int at, int end) {
    return at + (code(bytes, at, end) >>> 4 == 0xa ? 2 : 5);
  }

  static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
  }

  static String utf8(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
