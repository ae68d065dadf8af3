package io.batonmq.wire.amqp;

import io.batonmq.message.Content;
import io.batonmq.message.Content.Body;
import io.batonmq.message.ContentReader;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// AMQP messages as applications see them, and the other way round: by the mapping of the AMQP JMS bindings, whose
/// annotations say which kind of JMS message and destination something was.
///
/// | body | JMS |
/// |---|---|
/// | `amqp-value` of a string, map, list, binary | text, map, stream, bytes |
/// | `amqp-sequence` | stream |
/// | `data` | bytes; an object where the content type says so |
public final class AmqpContent implements ContentReader {
  /// What all may share: it keeps nothing.
  public static final AmqpContent INSTANCE = new AmqpContent();

  private static final String MESSAGE_TYPE = "x-opt-jms-msg-type";
  private static final String DESTINATION = "x-opt-jms-dest";
  private static final String REPLY_TO = "x-opt-jms-reply-to";
  private static final String OBJECT = "application/x-java-serialized-object";
  private static final String OCTETS = "application/octet-stream";
  private static final String TEMPORARY = "temporary.";

  private static final int MESSAGE_ANNOTATIONS = 0x72;
  private static final int PROPERTIES = 0x73;
  private static final int APPLICATION_PROPERTIES = 0x74;
  private static final int DATA = 0x75;
  private static final int SEQUENCE = 0x76;
  private static final int VALUE = 0x77;

  private AmqpContent() {}

  @Override
  public Content read(Message message, byte[] tail) {
    byte[] bytes = message.bytes();
    if (tail.length > 0) {
      bytes = Arrays.copyOf(bytes, bytes.length + tail.length);
      System.arraycopy(tail, 0, bytes, message.bytes().length, tail.length);
    }
    Parts parts = new Parts();
    try {
      int at = 0;
      while (at < bytes.length) {
        Described section = Described.read(bytes, at, bytes.length);
        parts.add(section);
        at = section.end();
      }
    } catch (Malformed broken) {
      // What came before it is what there is.
      return parts.content();
    }
    return parts.content();
  }

  /// What the sections say.
  private static final class Parts {
    private Map<String, Object> annotations = Map.of();
    private Map<String, Object> application = Map.of();
    private @Nullable Object messageId;
    private @Nullable String userId;
    private @Nullable String to;
    private @Nullable String subject;
    private @Nullable String replyTo;
    private @Nullable Object correlationId;
    private @Nullable String contentType;
    private long created;
    private final Writer data = new Writer(256);
    private final List<@Nullable Object> sequence = new ArrayList<>();
    private @Nullable Object value;
    private int body;

    void add(Described section) {
      switch (section.kind()) {
        case MESSAGE_ANNOTATIONS -> annotations = map(section);
        case APPLICATION_PROPERTIES -> application = map(section);
        case PROPERTIES -> properties(section.list("properties"));
        case DATA -> {
          body = DATA;
          if (Values.read(section.bytes(), section.at(), section.end()) instanceof byte[] more) {
            data.raw(more, 0, more.length);
          }
        }
        case SEQUENCE -> {
          body = SEQUENCE;
          sequence.addAll(Values.list(section.bytes(), section.at(), section.end(), 0));
        }
        case VALUE -> {
          body = VALUE;
          value = Values.read(section.bytes(), section.at(), section.end());
        }
        default -> {}
      }
    }

    private static Map<String, Object> map(Described section) {
      return Values.map(section.bytes(), section.at(), section.end(), 0);
    }

    private void properties(Fields fields) {
      messageId = next(fields);
      userId =
          next(fields) instanceof byte[] user ? new String(user, StandardCharsets.UTF_8) : null;
      to = text(next(fields));
      subject = text(next(fields));
      replyTo = text(next(fields));
      correlationId = next(fields);
      contentType = text(next(fields));
      fields.skip(2);
      created = next(fields) instanceof Long millis ? millis : 0;
    }

    private static @Nullable Object next(Fields fields) {
      if (!fields.more()) {
        return null;
      }
      int at = fields.position();
      fields.skip();
      return Values.read(fields.bytes(), at, fields.position());
    }

    private static @Nullable String text(@Nullable Object value) {
      return value instanceof String text ? text : null;
    }

    Content content() {
      Map<String, Object> properties = new HashMap<>(application);
      properties.values().removeIf(one -> one instanceof List || one instanceof Map);
      return new Content(
          id(messageId),
          correlationId instanceof Long number ? "ID:AMQP_ULONG:" + number : correlationId,
          place(to, DESTINATION),
          place(replyTo, REPLY_TO),
          subject,
          created,
          userId,
          properties,
          body());
    }

    private static @Nullable String id(@Nullable Object id) {
      return switch (id) {
        case null -> null;
        case String text -> text.startsWith("ID:") ? text : "ID:AMQP_NO_PREFIX:" + text;
        case byte[] bytes ->
            "ID:AMQP_BINARY:" + java.util.HexFormat.of().withUpperCase().formatHex(bytes);
        default -> "ID:AMQP_ULONG:" + id;
      };
    }

    private Content.@Nullable Place place(@Nullable String address, String annotation) {
      if (address == null || address.isEmpty()) {
        return null;
      }
      int type = annotations.get(annotation) instanceof Byte said ? said : 0;
      boolean topic = type == 1 || type == 3;
      return new Content.Place(
          address,
          topic ? RoutingType.MULTICAST : RoutingType.ANYCAST,
          address.startsWith(TEMPORARY));
    }

    private Body body() {
      int type = annotations.get(MESSAGE_TYPE) instanceof Byte said ? said : -1;
      if (body == DATA) {
        byte[] bytes = data.array();
        if (type == 1 || OBJECT.equals(contentType)) {
          return new Body.Serialized(bytes);
        }
        return type == 0 && bytes.length == 0 ? new Body.None() : new Body.Binary(bytes);
      }
      if (body == SEQUENCE) {
        return new Body.Stream(sequence);
      }
      return switch (value) {
        case null -> type == 5 ? new Body.Text(null) : new Body.None();
        case String text -> new Body.Text(text);
        case byte[] bytes -> new Body.Binary(bytes);
        case List<?> list -> new Body.Stream(new ArrayList<>(list));
        case Map<?, ?> map -> entries(map);
        default -> new Body.Text(value.toString());
      };
    }

    private static Body entries(Map<?, ?> map) {
      Map<String, Object> entries = new HashMap<>();
      map.forEach((name, one) -> entries.put(String.valueOf(name), one));
      return new Body.Entries(entries);
    }
  }

  /// The sections, from the message annotations on, for a message that came by another protocol.
  static byte[] encode(Content content, Message message) {
    Writer writer = new Writer(256);
    annotations(writer, content);
    properties(writer, content, message);
    if (!content.properties().isEmpty()) {
      writer.descriptor(APPLICATION_PROPERTIES);
      Map<String, Object> simple = new HashMap<>(content.properties());
      simple.values().removeIf(one -> one instanceof byte[]);
      Values.map(writer, simple);
    }
    body(writer, content.body());
    return writer.array();
  }

  private static void annotations(Writer writer, Content content) {
    writer.descriptor(MESSAGE_ANNOTATIONS);
    int map = writer.begin(Encoding.MAP32);
    int count = 2;
    writer.symbol(MESSAGE_TYPE).int8(0x51).int8(type(content.body()));
    if (content.destination() != null) {
      writer.symbol(DESTINATION).int8(0x51).int8(type(content.destination()));
      count += 2;
    }
    if (content.replyTo() != null) {
      writer.symbol(REPLY_TO).int8(0x51).int8(type(content.replyTo()));
      count += 2;
    }
    writer.end(map, count);
  }

  private static int type(Body body) {
    return switch (body) {
      case Body.None _ -> 0;
      case Body.Serialized _ -> 1;
      case Body.Entries _ -> 2;
      case Body.Binary _ -> 3;
      case Body.Stream _ -> 4;
      case Body.Text _ -> 5;
    };
  }

  private static int type(Content.Place place) {
    return (place.routing() == RoutingType.MULTICAST ? 1 : 0) + (place.temporary() ? 2 : 0);
  }

  private static void properties(Writer writer, Content content, Message message) {
    writer.descriptor(PROPERTIES);
    int list = writer.begin(Encoding.LIST32);
    string(writer, content.messageId());
    if (content.userId() == null) {
      writer.nothing();
    } else {
      writer.binary(content.userId().getBytes(StandardCharsets.UTF_8));
    }
    string(writer, content.destination() == null ? null : content.destination().address());
    string(writer, content.type());
    string(writer, content.replyTo() == null ? null : content.replyTo().address());
    Values.write(writer, content.correlationId());
    switch (content.body()) {
      case Body.Serialized _ -> writer.symbol(OBJECT);
      case Body.Binary _ -> writer.symbol(OCTETS);
      default -> writer.nothing();
    }
    writer.nothing();
    timestamp(writer, message.expiryMillis());
    timestamp(writer, content.timestampMillis());
    string(writer, message.groupId());
    writer.uint(message.groupSequence());
    writer.end(list, 12);
  }

  private static void string(Writer writer, @Nullable String text) {
    if (text == null) {
      writer.nothing();
    } else {
      writer.string(text);
    }
  }

  private static void timestamp(Writer writer, long millis) {
    if (millis == 0) {
      writer.nothing();
    } else {
      writer.timestamp(millis);
    }
  }

  private static void body(Writer writer, Body body) {
    switch (body) {
      case Body.Text(String text) -> string(writer.descriptor(VALUE), text);
      case Body.None _ -> writer.descriptor(VALUE).nothing();
      case Body.Entries(Map<String, Object> entries) ->
          Values.map(writer.descriptor(VALUE), entries);
      case Body.Stream(var values) -> Values.list(writer.descriptor(SEQUENCE), values);
      case Body.Binary(byte[] bytes) -> writer.descriptor(DATA).binary(bytes);
      case Body.Serialized(byte[] bytes) -> writer.descriptor(DATA).binary(bytes);
    }
  }
}
