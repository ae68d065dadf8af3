package io.batonmq.wire.amqp;

import io.batonmq.message.FieldExtractor;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a selector sees of an AMQP message: headers by the names that JMS gives them, out of the
/// properties section, and the application properties by their own. The values are those that a JMS client
/// of the message would show.
///
/// | name | field |
/// |---|---|
/// | `JMSMessageID`, `AMQUserID` | message-id, with `ID:` before it |
/// | `JMSXUserID` | user-id |
/// | `JMSDestination` | to |
/// | `JMSType` | subject |
/// | `JMSReplyTo` | reply-to |
/// | `JMSCorrelationID` | correlation-id |
/// | `JMSTimestamp`, `AMQTimestamp` | creation-time |
///
/// Of a property that stands twice the first counts. A string of more than [#STRING_MAX] bytes is left out,
/// and so is every property that begins more than [#PROPERTIES_MAX] bytes into its section: a message is
/// looked into once for each consumer that asks, and once for all queues that filter, by the thread that
/// serves everybody.
public final class AmqpFields implements FieldExtractor {
  /// Bytes of a string.
  static final int STRING_MAX = 64 << 10;

  /// Bytes of the application properties that are looked through.
  static final int PROPERTIES_MAX = 128 << 10;

  private static final int NAME_MAX = 8 << 10;

  private static final int MESSAGE_ANNOTATIONS = 0x72;
  private static final int PROPERTIES = 0x73;
  private static final int APPLICATION_PROPERTIES = 0x74;

  private static final int UUID_CODE = 0x98;

  /// The names of the fields of the properties section, in its order (AMQP 1.0 §3.2.4).
  private static final String[][] HEADERS = {
    {"JMSMessageID", "AMQUserID"},
    {"JMSXUserID"},
    {"JMSDestination"},
    {"JMSType"},
    {"JMSReplyTo"},
    {"JMSCorrelationID"},
    {},
    {},
    {},
    {"JMSTimestamp", "AMQTimestamp"},
  };

  private static final Set<String> HEADER_NAMES =
      Set.of(
          "JMSMessageID",
          "AMQUserID",
          "JMSXUserID",
          "JMSDestination",
          "JMSType",
          "JMSReplyTo",
          "JMSCorrelationID",
          "JMSTimestamp",
          "AMQTimestamp");

  /// What all may share: it keeps nothing.
  public static final AmqpFields INSTANCE = new AmqpFields();

  private AmqpFields() {}

  @Override
  public Map<String, Object> extract(byte[] bytes, Set<String> names) {
    Map<String, Object> found = new HashMap<>();
    try {
      int at = 0;
      while (at < bytes.length) {
        Described section = Described.read(bytes, at, bytes.length);
        switch (section.kind()) {
          case MESSAGE_ANNOTATIONS -> {}
          case PROPERTIES -> properties(section, names, found);
          case APPLICATION_PROPERTIES -> {
            applicationProperties(section, names, found);
            return found;
          }
          default -> {
            return found;
          }
        }
        at = section.end();
      }
    } catch (Malformed malformed) {
      // A field that cannot be read is one that is not there; those before it are.
      return found;
    }
    return found;
  }

  private static void properties(Described section, Set<String> names, Map<String, Object> found) {
    Fields fields = section.list("properties");
    for (int i = 0; i < HEADERS.length && fields.more(); i++) {
      int at = fields.position();
      fields.skip();
      for (String name : HEADERS[i]) {
        if (names.contains(name)) {
          Object value = header(i, fields.bytes(), at, fields.position());
          if (value != null) {
            found.put(name, value);
          }
        }
      }
    }
  }

  private static @Nullable Object header(int index, byte[] bytes, int at, int end) {
    return switch (index) {
      case 0 -> id(bytes, at, end, "ID:AMQP_NO_PREFIX:");
      case 1 -> binary(bytes, at, end);
      case 5 -> id(bytes, at, end, "");
      case 9 -> ofType(Long.class, bytes, at, end);
      default -> ofType(String.class, bytes, at, end);
    };
  }

  private static @Nullable Object ofType(Class<?> type, byte[] bytes, int at, int end) {
    Object value = value(bytes, at, end);
    return type.isInstance(value) ? value : null;
  }

  private static @Nullable String binary(byte[] bytes, int at, int end) {
    int constructor = Encoding.code(bytes, at, end);
    if (constructor == Encoding.BINARY8 || constructor == Encoding.BINARY32) {
      return text(bytes, at, end);
    }
    return null;
  }

  /// An id of any of the four types that it may have (§3.2.11 to §3.2.14), as JMS clients show it.
  ///
  /// @param prefix of a string that does not begin with `ID:`
  private static @Nullable String id(byte[] bytes, int at, int end, String prefix) {
    return switch (Encoding.code(bytes, at, end)) {
      case Encoding.STRING8, Encoding.STRING32 -> shown(text(bytes, at, end), prefix);
      case Encoding.BINARY8, Encoding.BINARY32 -> hex(bytes, at, end);
      case Encoding.ULONG, Encoding.SMALL_ULONG, Encoding.ULONG0 ->
          "ID:AMQP_ULONG:" + Long.toUnsignedString(ulong(bytes, at, end));
      case UUID_CODE ->
          "ID:AMQP_UUID:"
              + new UUID(Encoding.int64(bytes, at + 1, end), Encoding.int64(bytes, at + 9, end));
      default -> null;
    };
  }

  private static @Nullable String hex(byte[] bytes, int at, int end) {
    int from = Encoding.contentAt(bytes, at, end);
    if (end - from > STRING_MAX) {
      return null;
    }
    return "ID:AMQP_BINARY:" + HexFormat.of().withUpperCase().formatHex(bytes, from, end);
  }

  private static @Nullable String shown(@Nullable String id, String prefix) {
    if (id == null) {
      return null;
    }
    if (id.startsWith("ID:AMQP_")) {
      return "ID:AMQP_STRING:" + id;
    }
    return id.startsWith("ID:") ? id : prefix + id;
  }

  private static long ulong(byte[] bytes, int at, int end) {
    return switch (Encoding.code(bytes, at, end)) {
      case Encoding.ULONG -> Encoding.int64(bytes, at + 1, end);
      case Encoding.SMALL_ULONG -> Encoding.code(bytes, at + 1, end);
      default -> 0;
    };
  }

  private static void applicationProperties(
      Described section, Set<String> names, Map<String, Object> found) {
    if (HEADER_NAMES.containsAll(names)) {
      return;
    }
    Fields map = section.map("application-properties");
    int begin = map.position();
    while (map.more() && map.position() - begin <= PROPERTIES_MAX) {
      int key = map.position();
      map.skip();
      int value = map.position();
      if (!map.more()) {
        return;
      }
      map.skip();
      String name = name(map.bytes(), key, value);
      // What looks like a header and is a property would be another value than the client's.
      if (name != null && names.contains(name) && !HEADER_NAMES.contains(name)) {
        Object read = value(map.bytes(), value, map.position());
        if (read != null) {
          found.putIfAbsent(name, read);
        }
      }
    }
  }

  private static @Nullable String name(byte[] bytes, int at, int end) {
    int constructor = Encoding.code(bytes, at, end);
    if (constructor != Encoding.STRING8 && constructor != Encoding.STRING32) {
      return null;
    }
    if (end - at > NAME_MAX) {
      return null;
    }
    return text(bytes, at, end);
  }

  private static @Nullable String text(byte[] bytes, int at, int end) {
    int from = Encoding.contentAt(bytes, at, end);
    if (end - from > STRING_MAX) {
      return null;
    }
    return Encoding.utf8(bytes, from, end);
  }

  /// The value that stands from `at` to `end`, in a type that selectors know; else null.
  private static @Nullable Object value(byte[] bytes, int at, int end) {
    int from = at + 1;
    return switch (Encoding.code(bytes, at, end)) {
      case 0x41 -> true;
      case 0x42 -> false;
      case 0x56 -> Encoding.code(bytes, from, end) != 0;
      case 0x43, 0x44 -> 0L;
      case 0x50, 0x52, 0x53 -> (long) Encoding.code(bytes, from, end);
      case 0x51, 0x54, 0x55 -> (long) (byte) Encoding.code(bytes, from, end);
      case 0x60 -> (long) Encoding.int16(bytes, from, end);
      case 0x61 -> (long) (short) Encoding.int16(bytes, from, end);
      case 0x70 -> Integer.toUnsignedLong(Encoding.int32(bytes, from, end));
      case 0x71 -> (long) Encoding.int32(bytes, from, end);
      case 0x80 -> positive(Encoding.int64(bytes, from, end));
      case 0x81, 0x83 -> Encoding.int64(bytes, from, end);
      case 0x72 -> (double) Float.intBitsToFloat(Encoding.int32(bytes, from, end));
      case 0x82 -> Double.longBitsToDouble(Encoding.int64(bytes, from, end));
      case Encoding.STRING8, Encoding.STRING32, Encoding.SYMBOL8, Encoding.SYMBOL32 ->
          text(bytes, at, end);
      default -> null;
    };
  }

  /// Numbers beyond 63 bits are not for selectors.
  private static @Nullable Long positive(long value) {
    if (value < 0) {
      return null;
    }
    return value;
  }
}
