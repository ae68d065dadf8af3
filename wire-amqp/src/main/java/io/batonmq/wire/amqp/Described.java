package io.batonmq.wire.amqp;

import java.util.Map;

/// A described value: what describes it, and where it stands.
///
/// @param code the descriptor as a number; one given as a symbol is looked up, and is
///     [#UNKNOWN] if it names nothing known here
/// @param at where the value without its descriptor begins
/// @param end where it ends
record Described(long code, byte[] bytes, int at, int end) {
  static final long UNKNOWN = -1;

  /// Descriptors may be sent by name (AMQP 1.0 §1.5); few do.
  private static final Map<String, Long> CODES =
      Map.ofEntries(
          Map.entry("amqp:open:list", 0x10L),
          Map.entry("amqp:begin:list", 0x11L),
          Map.entry("amqp:attach:list", 0x12L),
          Map.entry("amqp:flow:list", 0x13L),
          Map.entry("amqp:transfer:list", 0x14L),
          Map.entry("amqp:disposition:list", 0x15L),
          Map.entry("amqp:detach:list", 0x16L),
          Map.entry("amqp:end:list", 0x17L),
          Map.entry("amqp:close:list", 0x18L),
          Map.entry("amqp:error:list", 0x1dL),
          Map.entry("amqp:received:list", 0x23L),
          Map.entry("amqp:accepted:list", 0x24L),
          Map.entry("amqp:rejected:list", 0x25L),
          Map.entry("amqp:released:list", 0x26L),
          Map.entry("amqp:modified:list", 0x27L),
          Map.entry("amqp:source:list", 0x28L),
          Map.entry("amqp:target:list", 0x29L),
          Map.entry("amqp:coordinator:list", 0x30L),
          Map.entry("amqp:declare:list", 0x31L),
          Map.entry("amqp:discharge:list", 0x32L),
          Map.entry("amqp:declared:list", 0x33L),
          Map.entry("amqp:transactional-state:list", 0x34L),
          Map.entry("amqp:sasl-init:list", 0x41L),
          Map.entry("amqp:sasl-response:list", 0x43L),
          Map.entry("amqp:header:list", 0x70L),
          Map.entry("amqp:delivery-annotations:map", 0x71L),
          Map.entry("amqp:message-annotations:map", 0x72L),
          Map.entry("amqp:properties:list", 0x73L),
          Map.entry("amqp:application-properties:map", 0x74L),
          Map.entry("amqp:data:binary", 0x75L),
          Map.entry("amqp:amqp-sequence:list", 0x76L),
          Map.entry("amqp:amqp-value:*", 0x77L),
          Map.entry("amqp:footer:map", 0x78L),
          Map.entry("apache.org:no-local-filter:list", 0x0000_468c_0000_0003L),
          Map.entry("apache.org:selector-filter:string", 0x0000_468c_0000_0004L));

  private static final int NAME_MAX = 64;

  /// Reads the described value that begins at `at` and ends no later than `limit`.
  static Described read(byte[] bytes, int at, int limit) {
    if (Encoding.code(bytes, at, limit) != Encoding.DESCRIBED) {
      throw Malformed.decode("what should be described has no descriptor");
    }
    int descriptor = at + 1;
    int value = Encoding.skip(bytes, descriptor, limit);
    return new Described(
        code(bytes, descriptor, value), bytes, value, Encoding.skip(bytes, value, limit));
  }

  private static long code(byte[] bytes, int descriptor, int value) {
    return switch (bytes[descriptor] & 0xff) {
      case Encoding.ULONG0 -> 0;
      case Encoding.SMALL_ULONG -> bytes[descriptor + 1] & 0xff;
      case Encoding.ULONG -> Encoding.int64(bytes, descriptor + 1, value);
      case Encoding.SYMBOL8, Encoding.SYMBOL32 -> byName(bytes, descriptor, value);
      default -> UNKNOWN;
    };
  }

  /// The [#kind] of what begins at `at`, of which only the descriptor need be there.
  static int kindAt(byte[] bytes, int at, int limit) {
    if (Encoding.code(bytes, at, limit) != Encoding.DESCRIBED) {
      throw Malformed.decode("what should be described has no descriptor");
    }
    int value = Encoding.skip(bytes, at + 1, limit);
    return kind(code(bytes, at + 1, value));
  }

  private static long byName(byte[] bytes, int at, int end) {
    int from = Encoding.contentAt(bytes, at, end);
    if (end - from > NAME_MAX) {
      return UNKNOWN;
    }
    return CODES.getOrDefault(Encoding.ascii(bytes, from, end), UNKNOWN);
  }

  /// The descriptor if it is one of AMQP's own, which all fit into a byte, else -1.
  int kind() {
    return kind(code);
  }

  private static int kind(long code) {
    return code >= 0 && code <= 0xff ? (int) code : -1;
  }

  /// Its values, if it is a list.
  Fields list(String what) {
    return Fields.list(bytes, at, end, what);
  }

  /// Its keys and values, if it is a map.
  Fields map(String what) {
    return Fields.map(bytes, at, end, what);
  }
}
