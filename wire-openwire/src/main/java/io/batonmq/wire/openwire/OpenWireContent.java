package io.batonmq.wire.openwire;

import io.batonmq.message.Content;
import io.batonmq.message.Content.Body;
import io.batonmq.message.ContentReader;
import io.batonmq.message.Message;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// OpenWire messages as applications see them, and the other way round.
public final class OpenWireContent implements ContentReader {
  /// What all may share: it keeps nothing.
  public static final OpenWireContent INSTANCE = new OpenWireContent();

  private static final int LENGTH_BYTES = 4;

  private OpenWireContent() {}

  @Override
  public Content read(Message message, byte[] tail) {
    Struct struct;
    try {
      struct = Kept.struct(message.bytes());
    } catch (Malformed broken) {
      return new Content(
          null, null, null, null, null, 0, null, Map.of(), new Body.Binary(message.bytes()));
    }
    byte[] content = tail.length > 0 ? tail : struct.bytes(Field.CONTENT);
    return new Content(
        Ids.message(struct.child(Field.MESSAGE_ID)),
        struct.text(Field.CORRELATION),
        Destinations.place(struct.child(Field.DESTINATION)),
        Destinations.place(struct.child(Field.REPLY_TO)),
        struct.text(Field.JMS_TYPE),
        struct.large(Field.TIMESTAMP),
        struct.text(Field.USER_ID),
        properties(struct),
        content == null ? none(struct.type()) : body(struct, content));
  }

  private static Map<String, Object> properties(Struct struct) {
    try {
      Map<String, Object> properties =
          new HashMap<>(Primitives.map(struct.bytesOrNone(Field.MARSHALLED_PROPERTIES)));
      properties.values().removeIf(value -> value instanceof Map || value instanceof Iterable);
      return properties;
    } catch (Malformed broken) {
      return Map.of();
    }
  }

  private static Body none(Type type) {
    return switch (type) {
      case TEXT_MESSAGE -> new Body.Text(null);
      case BYTES_MESSAGE -> new Body.Binary(new byte[0]);
      case MAP_MESSAGE -> new Body.Entries(Map.of());
      case STREAM_MESSAGE -> new Body.Stream(java.util.List.of());
      default -> new Body.None();
    };
  }

  private static Body body(Struct struct, byte[] content) {
    try {
      boolean compressed = struct.flag(Field.COMPRESSED);
      // A compressed body of bytes says first how long it becomes; nobody needs to believe it.
      int from = struct.type() == Type.BYTES_MESSAGE && compressed ? LENGTH_BYTES : 0;
      byte[] bytes = compressed ? Inflated.of(content, Math.min(from, content.length)) : content;
      return switch (struct.type()) {
        case TEXT_MESSAGE -> new Body.Text(text(bytes));
        case MAP_MESSAGE -> new Body.Entries(Primitives.map(bytes));
        case STREAM_MESSAGE -> new Body.Stream(Primitives.stream(bytes, 0));
        case OBJECT_MESSAGE -> new Body.Serialized(bytes);
        case BYTES_MESSAGE -> new Body.Binary(bytes);
        default -> bytes.length == 0 ? new Body.None() : new Body.Binary(bytes);
      };
    } catch (Malformed broken) {
      return new Body.Binary(content);
    }
  }

  private static @Nullable String text(byte[] bytes) {
    if (bytes.length < LENGTH_BYTES) {
      return null;
    }
    return ModifiedUtf.decode(bytes, LENGTH_BYTES, bytes.length);
  }

  /// The structure for a message that came by another protocol.
  ///
  /// @param id under which it is delivered and acknowledged
  static Struct struct(Content content, Message message, Struct id) {
    Struct struct = typed(content.body());
    struct
        .with(Field.MESSAGE_ID, id)
        .with(Field.PRODUCER_ID, id.child(Field.PRODUCER_ID))
        .with(Field.PERSISTENT, message.durable())
        .with(Field.PRIORITY, message.priority())
        .with(Field.EXPIRATION, message.expiryMillis())
        .with(Field.GROUP_ID, message.groupId())
        .with(Field.GROUP_SEQUENCE, message.groupSequence())
        .with(Field.TIMESTAMP, content.timestampMillis())
        .with(Field.JMS_TYPE, content.type())
        .with(Field.USER_ID, content.userId())
        .with(Field.CORRELATION, correlation(content.correlationId()));
    if (content.destination() != null) {
      struct.with(Field.DESTINATION, Destinations.of(content.destination()));
    }
    if (content.replyTo() != null) {
      struct.with(Field.REPLY_TO, Destinations.of(content.replyTo()));
    }
    if (!content.properties().isEmpty()) {
      struct.with(Field.MARSHALLED_PROPERTIES, Primitives.encode(content.properties()));
    }
    return struct;
  }

  private static @Nullable String correlation(@Nullable Object id) {
    return switch (id) {
      case null -> null;
      case byte[] bytes -> java.util.HexFormat.of().withUpperCase().formatHex(bytes);
      default -> id.toString();
    };
  }

  private static Struct typed(Body body) {
    return switch (body) {
      case Body.None _ -> new Struct(Type.MESSAGE);
      case Body.Text(String text) -> {
        Struct struct = new Struct(Type.TEXT_MESSAGE);
        if (text != null) {
          byte[] encoded = ModifiedUtf.encode(text);
          struct.with(
              Field.CONTENT,
              new Bytes(LENGTH_BYTES + encoded.length).int32(encoded.length).raw(encoded).array());
        }
        yield struct;
      }
      case Body.Binary(byte[] bytes) -> new Struct(Type.BYTES_MESSAGE).with(Field.CONTENT, bytes);
      case Body.Entries(Map<String, Object> entries) ->
          new Struct(Type.MAP_MESSAGE).with(Field.CONTENT, Primitives.encode(entries));
      case Body.Stream(var values) ->
          new Struct(Type.STREAM_MESSAGE).with(Field.CONTENT, Primitives.encode(values));
      case Body.Serialized(byte[] bytes) ->
          new Struct(Type.OBJECT_MESSAGE).with(Field.CONTENT, bytes);
    };
  }
}
