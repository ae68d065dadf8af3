package io.batonmq.wire.amqp;

import org.jspecify.annotations.Nullable;

/// What the broker needs to know of a message, read out of its sections (AMQP 1.0 §3.2) without decoding
/// the rest. The sections come in this order, each at most once but for the body's:
///
/// | code | section | |
/// |---|---|---|
/// | 0x70 | header | taken off, made anew on delivery |
/// | 0x71 | delivery annotations | taken off |
/// | 0x72 | message annotations | from here on forwarded untouched |
/// | 0x73 | properties | |
/// | 0x74 | application properties | |
/// | 0x75, 0x76, 0x77 | body | never looked into |
/// | 0x78 | footer | |
///
/// @param forwardAt where what is forwarded begins
/// @param expiry `absolute-expiry-time`, 0 if there is none
/// @param expiryAt where the eight bytes of that stand, -1 if there is none
/// @param deliveryTime `x-opt-delivery-time`, milliseconds since 1970; 0 if there is none
/// @param deliveryDelay `x-opt-delivery-delay`, milliseconds; 0 if there is none
/// @param destination `x-opt-jms-dest`: 0 queue, 1 topic, -1 not said
record Sections(
    int forwardAt,
    boolean durable,
    int priority,
    long ttl,
    @Nullable String messageId,
    @Nullable String to,
    long expiry,
    int expiryAt,
    long deliveryTime,
    long deliveryDelay,
    @Nullable String groupId,
    int groupSequence,
    @Nullable String duplicateId,
    int destination) {

  private static final int HEADER = 0x70;
  private static final int DELIVERY_ANNOTATIONS = 0x71;
  static final int MESSAGE_ANNOTATIONS = 0x72;
  static final int PROPERTIES = 0x73;
  private static final int APPLICATION_PROPERTIES = 0x74;
  static final int DATA = 0x75;
  static final int SEQUENCE = 0x76;
  private static final int VALUE = 0x77;
  static final int FOOTER = 0x78;

  private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
  private static final String DELIVERY_TIME = "x-opt-delivery-time";
  private static final String DELIVERY_DELAY = "x-opt-delivery-delay";
  private static final String JMS_DESTINATION = "x-opt-jms-dest";
  private static final int KEY_MAX = 64;
  private static final int NOT_SAID = -1;

  /// Reads the message that fills `bytes` from 0 to `end`.
  ///
  /// @param stringMax longest id, name or address that is of use here
  static Sections of(byte[] bytes, int end, int stringMax) {
    Scan scan = new Scan(bytes, end, stringMax);
    scan.run();
    return new Sections(
        scan.forwardAt,
        scan.durable,
        scan.priority,
        scan.ttl,
        scan.messageId,
        scan.to,
        scan.expiry,
        scan.expiryAt,
        scan.deliveryTime,
        scan.deliveryDelay,
        scan.groupId,
        scan.groupSequence,
        scan.duplicateId,
        scan.destination);
  }

  /// Where the body begins of a message of which only the first bytes have come.
  ///
  /// @throws Malformed if it does not begin before `end`
  static int bodyAt(byte[] bytes, int end) {
    int at = 0;
    while (Described.kindAt(bytes, at, end) < DATA) {
      at = Encoding.skip(bytes, at, end);
    }
    return at;
  }

  private static final class Scan {
    private final byte[] bytes;
    private final int end;
    private final int stringMax;
    private int forwardAt;
    private boolean durable;
    private int priority = 4;
    private long ttl;
    private @Nullable String messageId;
    private @Nullable String to;
    private long expiry;
    private int expiryAt = NOT_SAID;
    private long deliveryTime;
    private long deliveryDelay;
    private @Nullable String groupId;
    private int groupSequence;
    private @Nullable String duplicateId;
    private int destination = NOT_SAID;

    Scan(byte[] bytes, int end, int stringMax) {
      this.bytes = bytes;
      this.end = end;
      this.stringMax = stringMax;
    }

    void run() {
      int at = 0;
      int before = 0;
      while (at < end) {
        Described section = Described.read(bytes, at, end);
        int kind = section.kind();
        if (kind < HEADER || kind > FOOTER) {
          throw Malformed.decode("a message holds something that is no section");
        }
        if (kind < before || (kind == before && kind != DATA && kind != SEQUENCE)) {
          throw Malformed.decode("a message's sections are out of order");
        }
        if (before >= DATA && before <= VALUE && kind <= VALUE && kind != before) {
          throw Malformed.decode("a message has bodies of two kinds");
        }
        before = kind;
        at = section.end();
        read(kind, section);
        if (kind <= DELIVERY_ANNOTATIONS) {
          forwardAt = at;
        }
      }
    }

    private void read(int kind, Described section) {
      switch (kind) {
        case HEADER -> header(section.list("header"));
        case MESSAGE_ANNOTATIONS -> annotations(section.map("message-annotations"));
        case PROPERTIES -> properties(section.list("properties"));
        case APPLICATION_PROPERTIES -> applicationProperties(section);
        case DELIVERY_ANNOTATIONS, FOOTER -> section.map("annotations");
        default -> {}
      }
    }

    private void header(Fields fields) {
      durable = fields.bool("durable", false);
      // JMS knows ten priorities; AMQP's upper ones are all "very high".
      priority = (int) Math.min(9, fields.uint("priority", 4));
      ttl = fields.uint("ttl", 0);
    }

    private void properties(Fields fields) {
      messageId = fields.stringOrNull(stringMax);
      fields.skip();
      to = fields.stringOrNull(stringMax);
      fields.skip(5);
      int at = fields.position() + 1;
      long asked = fields.timestamp("absolute-expiry-time", Long.MIN_VALUE);
      if (asked != Long.MIN_VALUE) {
        expiry = Math.max(0, asked);
        expiryAt = at;
      }
      fields.skip();
      groupId = fields.stringOrNull(stringMax);
      groupSequence = (int) fields.uint("group-sequence", 0);
    }

    private void annotations(Fields map) {
      while (map.more()) {
        int key = map.position();
        map.skip();
        int value = map.position();
        requireValue(map);
        if (is(key, value, JMS_DESTINATION)) {
          destination = bytes[value] == 0x51 ? bytes[value + 1] : NOT_SAID;
          map.skip();
        } else if (is(key, value, DUPLICATE_ID)) {
          duplicateId = map.stringOrNull(stringMax);
        } else if (is(key, value, DELIVERY_TIME)) {
          deliveryTime = Math.max(0, map.wholeOr(0));
        } else if (is(key, value, DELIVERY_DELAY)) {
          deliveryDelay = Math.max(0, map.wholeOr(0));
        } else {
          map.skip();
        }
      }
    }

    private void applicationProperties(Described section) {
      Fields map = section.map("application-properties");
      while (map.more()) {
        int key = map.position();
        map.skip();
        int value = map.position();
        requireValue(map);
        if (is(key, value, DUPLICATE_ID)) {
          duplicateId = map.stringOrNull(stringMax);
        } else {
          map.skip();
        }
      }
    }

    private static void requireValue(Fields map) {
      if (!map.more()) {
        throw Malformed.decode("a map has a key without a value");
      }
    }

    /// Whether the string or symbol that stands from `at` to `limit` is that name.
    private boolean is(int at, int limit, String name) {
      int constructor = bytes[at] & 0xff;
      if ((constructor & 0xf) != 1 && (constructor & 0xf) != 3) {
        return false;
      }
      if (constructor >>> 4 != 0xa && constructor >>> 4 != 0xb) {
        return false;
      }
      int from = Encoding.contentAt(bytes, at, limit);
      if (limit - from != name.length() || name.length() > KEY_MAX) {
        return false;
      }
      for (int i = 0; i < name.length(); i++) {
        if (bytes[from + i] != name.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }
}
