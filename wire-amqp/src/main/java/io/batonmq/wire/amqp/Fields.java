package io.batonmq.wire.amqp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks the values of a list or map in order. A value that is null or left out reads as absent; one of
/// another type than asked for is malformed.
final class Fields {
  private static final int SYMBOLS_MAX = 256;

  private final byte[] bytes;
  private final String what;
  private final int end;
  private int position;

  private Fields(byte[] bytes, String what, int position, int end) {
    this.bytes = bytes;
    this.what = what;
    this.position = position;
    this.end = end;
  }

  /// The values of a described value whose descriptor was read: the list whose constructor is at `at`.
  static Fields list(byte[] bytes, int at, int limit, String what) {
    int constructor = Encoding.code(bytes, at, limit);
    int end = Encoding.skip(bytes, at, limit);
    return switch (constructor) {
      case Encoding.LIST0 -> new Fields(bytes, what, end, end);
      case Encoding.LIST8 -> new Fields(bytes, what, Encoding.within(at + 2, 1, end), end);
      case Encoding.LIST32 -> new Fields(bytes, what, Encoding.within(at + 5, 4, end), end);
      default -> throw Malformed.decode(what + " is not a list");
    };
  }

  /// Keys and values, by turns, of the map whose constructor is at `at`.
  static Fields map(byte[] bytes, int at, int limit, String what) {
    int constructor = Encoding.code(bytes, at, limit);
    int end = Encoding.skip(bytes, at, limit);
    return switch (constructor) {
      case Encoding.MAP8 -> new Fields(bytes, what, Encoding.within(at + 2, 1, end), end);
      case Encoding.MAP32 -> new Fields(bytes, what, Encoding.within(at + 5, 4, end), end);
      default -> throw Malformed.decode(what + " is not a map");
    };
  }

  boolean more() {
    return position < end;
  }

  /// Where the next value begins.
  int position() {
    return position;
  }

  int end() {
    return end;
  }

  byte[] bytes() {
    return bytes;
  }

  void skip() {
    if (more()) {
      position = Encoding.skip(bytes, position, end);
    }
  }

  void skip(int count) {
    for (int i = 0; i < count && more(); i++) {
      skip();
    }
  }

  /// Code of the next value, or [Encoding#NULL] if it is null or absent; a null is passed over.
  private int take() {
    if (!more()) {
      return Encoding.NULL;
    }
    int constructor = bytes[position] & 0xff;
    if (constructor == Encoding.NULL) {
      position++;
    }
    return constructor;
  }

  private Malformed wrong(String field, String type) {
    return Malformed.decode(what + "." + field + " is not " + type);
  }

  boolean bool(String field, boolean absent) {
    return switch (take()) {
      case Encoding.NULL -> absent;
      case 0x41 -> {
        position++;
        yield true;
      }
      case 0x42 -> {
        position++;
        yield false;
      }
      case 0x56 -> {
        boolean value = Encoding.code(bytes, position + 1, end) != 0;
        position += 2;
        yield value;
      }
      default -> throw wrong(field, "a boolean");
    };
  }

  /// An unsigned number of up to 32 bits.
  long uint(String field, long absent) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> absent;
      case 0x43 -> {
        position = at + 1;
        yield 0;
      }
      case 0x50, 0x52 -> {
        position = Encoding.within(at + 1, 1, end);
        yield bytes[at + 1] & 0xff;
      }
      case 0x60 -> {
        position = Encoding.within(at + 1, 2, end);
        yield Encoding.int16(bytes, at + 1, end);
      }
      case 0x70 -> {
        position = Encoding.within(at + 1, 4, end);
        yield Encoding.int32(bytes, at + 1, end) & 0xffff_ffffL;
      }
      default -> throw wrong(field, "an unsigned number");
    };
  }

  /// An unsigned number of up to 64 bits, as its bits.
  long ulong(String field, long absent) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> absent;
      case Encoding.ULONG0 -> {
        position = at + 1;
        yield 0;
      }
      case Encoding.SMALL_ULONG -> {
        position = Encoding.within(at + 1, 1, end);
        yield bytes[at + 1] & 0xff;
      }
      case Encoding.ULONG -> {
        position = Encoding.within(at + 1, 8, end);
        yield Encoding.int64(bytes, at + 1, end);
      }
      default -> throw wrong(field, "an unsigned long number");
    };
  }

  long timestamp(String field, long absent) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> absent;
      case Encoding.TIMESTAMP -> {
        position = Encoding.within(at + 1, 8, end);
        yield Encoding.int64(bytes, at + 1, end);
      }
      default -> throw wrong(field, "a timestamp");
    };
  }

  /// The next value if it is a whole number or a timestamp, else another one; it is passed over either way. What
  /// is larger than a long is the largest of them.
  long wholeOr(long other) {
    int at = position;
    int constructor = take();
    if (constructor == Encoding.NULL) {
      return other;
    }
    position = Encoding.skip(bytes, at, end);
    return switch (constructor) {
      case 0x43, Encoding.ULONG0 -> 0;
      case 0x50, 0x52, Encoding.SMALL_ULONG -> bytes[at + 1] & 0xff;
      case 0x51, 0x54, 0x55 -> bytes[at + 1];
      case 0x60 -> Encoding.int16(bytes, at + 1, end) & 0xffff;
      case 0x61 -> (short) Encoding.int16(bytes, at + 1, end);
      case 0x70 -> Encoding.int32(bytes, at + 1, end) & 0xffff_ffffL;
      case 0x71 -> Encoding.int32(bytes, at + 1, end);
      case Encoding.ULONG -> {
        long bits = Encoding.int64(bytes, at + 1, end);
        yield bits < 0 ? Long.MAX_VALUE : bits;
      }
      case 0x81, Encoding.TIMESTAMP -> Encoding.int64(bytes, at + 1, end);
      default -> other;
    };
  }

  @Nullable String string(String field, int bytesMax) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> null;
      case Encoding.STRING8, Encoding.STRING32 ->
          Encoding.utf8(bytes, content(field, at, bytesMax), position);
      default -> throw wrong(field, "a string");
    };
  }

  @Nullable String symbol(String field, int bytesMax) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> null;
      case Encoding.SYMBOL8, Encoding.SYMBOL32 ->
          Encoding.ascii(bytes, content(field, at, bytesMax), position);
      default -> throw wrong(field, "a symbol");
    };
  }

  byte @Nullable [] binary(String field, int bytesMax) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> null;
      case Encoding.BINARY8, Encoding.BINARY32 ->
          Arrays.copyOfRange(bytes, content(field, at, bytesMax), position);
      default -> throw wrong(field, "binary");
    };
  }

  /// The next value as a string if it is one and short, else null; it is passed over either way.
  @Nullable String stringOrNull(int bytesMax) {
    int at = position;
    int constructor = take();
    if (constructor == Encoding.NULL) {
      return null;
    }
    position = Encoding.skip(bytes, at, end);
    if (constructor != Encoding.STRING8 && constructor != Encoding.STRING32) {
      return null;
    }
    int from = Encoding.contentAt(bytes, at, end);
    return position - from > bytesMax ? null : Encoding.utf8(bytes, from, position);
  }

  /// Passes over a value with content, and answers where that begins.
  private int content(String field, int at, int bytesMax) {
    position = Encoding.skip(bytes, at, end);
    int from = Encoding.contentAt(bytes, at, end);
    if (position - from > bytesMax) {
      throw Malformed.limit("%s.%s has more than %d bytes".formatted(what, field, bytesMax));
    }
    return from;
  }

  /// A symbol, or an array of them (`multiple` in AMQP 1.0 §1.4.3); empty if absent.
  List<String> symbols(String field, int bytesMax) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> List.of();
      case Encoding.SYMBOL8, Encoding.SYMBOL32 ->
          List.of(Encoding.ascii(bytes, content(field, at, bytesMax), position));
      case Encoding.ARRAY8 -> symbolArray(field, at, at + 2, 1, bytesMax);
      case Encoding.ARRAY32 -> symbolArray(field, at, at + 5, 4, bytesMax);
      default -> throw wrong(field, "a symbol or an array of symbols");
    };
  }

  private List<String> symbolArray(String field, int at, int countAt, int width, int bytesMax) {
    position = Encoding.skip(bytes, at, end);
    int from = Encoding.within(countAt, width, position);
    if (from == position) {
      return List.of();
    }
    int sizeWidth =
        switch (Encoding.code(bytes, from++, position)) {
          case Encoding.SYMBOL8 -> 1;
          case Encoding.SYMBOL32 -> 4;
          default -> throw wrong(field, "an array of symbols");
        };
    List<String> symbols = new ArrayList<>();
    while (from < position) {
      int size =
          sizeWidth == 1
              ? Encoding.code(bytes, from, position)
              : Encoding.int32(bytes, from, position);
      int to = Encoding.within(from + sizeWidth, size, position);
      if (size > bytesMax || symbols.size() == SYMBOLS_MAX) {
        throw Malformed.limit(what + "." + field + " holds too much");
      }
      symbols.add(Encoding.ascii(bytes, from + sizeWidth, to));
      from = to;
    }
    return symbols;
  }

  /// The next value's descriptor and what it describes, or null if absent.
  @Nullable Described described(String field) {
    int at = position;
    return switch (take()) {
      case Encoding.NULL -> null;
      case Encoding.DESCRIBED -> {
        position = Encoding.skip(bytes, at, end);
        yield Described.read(bytes, at, position);
      }
      default -> throw wrong(field, "a described value");
    };
  }
}
