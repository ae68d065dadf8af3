package io.batonmq.broker;

import io.batonmq.message.FieldExtractor;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.queue.Reference;
import io.batonmq.selector.Selector;
import io.batonmq.selector.SelectorException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A selector and what it is asked about. Some fields the broker knows of every message, in whatever format
/// it came; the others are read out of its bytes, once for each message and only if they are asked for.
///
/// | field | value |
/// |---|---|
/// | `JMSPriority`, `AMQPriority` | 0 to 9 |
/// | `JMSDeliveryMode` | `PERSISTENT` or `NON_PERSISTENT` |
/// | `AMQDurable` | `DURABLE` or `NON_DURABLE` |
/// | `JMSExpiration`, `AMQExpiration` | milliseconds, 0 for never |
/// | `JMSXGroupID`, `AMQGroupID`, `JMSXGroupSeq` | none without a group |
/// | `JMSXDeliveryCount` | 1 for the first delivery |
/// | `JMSRedelivered` | whether it may have been delivered before |
/// | `AMQSize` | bytes of the message without its header |
/// | `AMQAddress` | the address of the queue |
///
/// Everything else (`JMSMessageID`, `JMSCorrelationID`, `JMSType`, `JMSTimestamp`, `JMSXUserID`,
/// `JMSReplyTo`, `JMSDestination`, `AMQUserID`, `AMQTimestamp` and the properties) is up to the
/// [FieldExtractor] of the message's format.
final class Condition {
  /// No condition.
  static final Condition NONE = new Condition(null, Set.of(), Map.of());

  private final @Nullable Selector selector;

  /// The fields that are in the bytes.
  private final Set<String> inside;

  private final Map<Format, FieldExtractor> extractors;

  private Condition(
      @Nullable Selector selector, Set<String> inside, Map<Format, FieldExtractor> extractors) {
    this.selector = selector;
    this.inside = inside;
    this.extractors = extractors;
  }

  /// Reads a selector; null or blank is no condition.
  ///
  /// @throws SelectorException if it is none
  static Condition of(@Nullable String selector, Map<Format, FieldExtractor> extractors)
      throws SelectorException {
    if (selector == null || selector.isBlank()) {
      return NONE;
    }
    Selector parsed = Selector.parse(selector);
    Set<String> inside = new HashSet<>(parsed.names());
    inside.removeAll(MessageFields.KNOWN);
    return new Condition(parsed, Set.copyOf(inside), extractors);
  }

  /// How long its selector is.
  int characters() {
    return selector == null ? 0 : selector.text().length();
  }

  boolean none() {
    return selector == null;
  }

  /// The names of the fields that it asks about and that are in the bytes of a message.
  Set<String> inside() {
    return inside;
  }

  /// Whether a message that is being routed fulfils it.
  ///
  /// @param fields what others ask too; they have at least what is [#inside]
  boolean admits(MessageFields fields) {
    return selector == null || selector.matches(fields);
  }

  /// Whether a message in a queue fulfils it.
  boolean matches(Message message, Reference reference, String address) {
    return selector == null
        || selector.matches(
            new MessageFields(
                message,
                // What was moved does not expire any more.
                reference.expiry() == 0 ? 0 : message.expiryMillis(),
                reference.deliveryCount(),
                reference.redelivered(),
                address,
                extractors,
                () -> inside));
  }
}
