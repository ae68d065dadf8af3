package io.batonmq.broker;

import io.batonmq.message.FieldExtractor;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.selector.Selector;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What selectors see of one message. However many ask, its bytes are looked into once, when the first asks
/// for something that is only there.
final class MessageFields implements Selector.Fields {
  /// The fields that the broker knows of every message, in whatever format it came.
  static final Set<String> KNOWN =
      Set.of(
          "JMSPriority",
          "AMQPriority",
          "JMSDeliveryMode",
          "AMQDurable",
          "JMSExpiration",
          "AMQExpiration",
          "JMSXGroupID",
          "AMQGroupID",
          "JMSXGroupSeq",
          "JMSXDeliveryCount",
          "JMSRedelivered",
          "AMQSize",
          "AMQAddress");

  private final Message message;
  private final long expiryMillis;
  private final long attempts;
  private final boolean redelivered;
  private final String address;
  private final Map<Format, FieldExtractor> extractors;

  /// The names of all fields that anybody may ask for and that are in the bytes.
  private final Supplier<Set<String>> inside;

  private @Nullable Map<String, Object> read;

  MessageFields(
      Message message,
      long expiryMillis,
      long attempts,
      boolean redelivered,
      String address,
      Map<Format, FieldExtractor> extractors,
      Supplier<Set<String>> inside) {
    this.message = message;
    this.expiryMillis = expiryMillis;
    this.attempts = attempts;
    this.redelivered = redelivered;
    this.address = address;
    this.extractors = extractors;
    this.inside = inside;
  }

  @Override
  public @Nullable Object get(String name) {
    return switch (name) {
      case "JMSPriority", "AMQPriority" -> (long) message.priority();
      case "JMSDeliveryMode" -> message.durable() ? "PERSISTENT" : "NON_PERSISTENT";
      case "AMQDurable" -> message.durable() ? "DURABLE" : "NON_DURABLE";
      case "JMSExpiration", "AMQExpiration" -> expiryMillis;
      case "JMSXGroupID", "AMQGroupID" -> message.groupId();
      case "JMSXGroupSeq" -> message.groupId() == null ? null : (long) message.groupSequence();
      case "JMSXDeliveryCount" -> attempts + 1;
      case "JMSRedelivered" -> redelivered;
      case "AMQSize" -> (long) message.size();
      case "AMQAddress" -> address;
      default -> inside(name);
    };
  }

  private @Nullable Object inside(String name) {
    Map<String, Object> fields = read;
    if (fields == null) {
      FieldExtractor extractor = extractors.get(message.format());
      fields = extractor == null ? Map.of() : extractor.extract(message.bytes(), inside.get());
      read = fields;
    }
    return fields.get(name);
  }
}
