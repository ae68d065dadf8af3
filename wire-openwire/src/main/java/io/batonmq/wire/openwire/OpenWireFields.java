package io.batonmq.wire.openwire;

import io.batonmq.message.FieldExtractor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a selector sees of an OpenWire message: headers by the names that JMS gives them, and the properties by
/// their own. Those properties count that begin in the first [#LOOKED_AT] bytes of their encoding.
public final class OpenWireFields implements FieldExtractor {
  /// Bytes of the properties that are looked through.
  static final int LOOKED_AT = 128 << 10;

  /// What all may share: it keeps nothing.
  public static final OpenWireFields INSTANCE = new OpenWireFields();

  private OpenWireFields() {}

  @Override
  public Map<String, Object> extract(byte[] bytes, Set<String> names) {
    Map<String, Object> found = new HashMap<>();
    Struct message;
    try {
      message = Kept.struct(bytes);
    } catch (Malformed broken) {
      return found;
    }
    Primitives.find(message.bytesOrNone(Field.MARSHALLED_PROPERTIES), names, LOOKED_AT)
        .forEach((name, value) -> {
          Object known = known(value);
          if (known != null) {
            found.put(name, known);
          }
        });
    for (String name : names) {
      Object header = header(message, name);
      if (header != null) {
        found.put(name, header);
      }
    }
    return found;
  }

  /// In one of the types that selectors know.
  private static @Nullable Object known(Object value) {
    return switch (value) {
      case String text -> text;
      case Boolean set -> set;
      case Float number -> (double) number;
      case Double number -> number;
      case Number number -> number.longValue();
      case Character character -> character.toString();
      default -> null;
    };
  }

  private static @Nullable Object header(Struct message, String name) {
    return switch (name) {
      case "JMSMessageID", "AMQUserID" -> Ids.message(message.child(Field.MESSAGE_ID));
      case "JMSCorrelationID" -> message.text(Field.CORRELATION);
      case "JMSType" -> message.text(Field.JMS_TYPE);
      case "JMSXUserID" -> message.text(Field.USER_ID);
      case "JMSTimestamp", "AMQTimestamp" -> message.large(Field.TIMESTAMP);
      case "JMSDestination" -> place(message.child(Field.DESTINATION));
      case "JMSReplyTo" -> place(message.child(Field.REPLY_TO));
      default -> null;
    };
  }

  private static @Nullable String place(@Nullable Struct destination) {
    return destination == null
        ? null
        : Destinations.prefix(destination.type()) + destination.text(Field.PHYSICAL_NAME);
  }
}
