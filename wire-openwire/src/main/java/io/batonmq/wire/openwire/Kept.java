package io.batonmq.wire.openwire;

import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.seam.Now;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Messages between the wire and the log. What is kept is the structure as it came, in the encoding
/// [Coding#KEPT], without what belongs to one journey only: the transaction, the counters and times of brokers,
/// the numbers that the encoder of one connection gives. The body of a large one follows in pieces.
final class Kept {
  private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
  private static final String DELAY = "AMQ_SCHEDULED_DELAY";
  private static final Set<String> PERIODIC =
      Set.of("AMQ_SCHEDULED_PERIOD", "AMQ_SCHEDULED_REPEAT", "AMQ_SCHEDULED_CRON");
  private static final Set<String> LOOKED_FOR =
      Set.of(
          DUPLICATE_ID,
          DELAY,
          "AMQ_SCHEDULED_PERIOD",
          "AMQ_SCHEDULED_REPEAT",
          "AMQ_SCHEDULED_CRON");

  private Kept() {}

  /// What the broker is to keep of a message that came.
  ///
  /// @param producer name under which the counts of the producer are kept whose link it came by; null for somebody
  ///     else's message, passed on: its number says nothing about what this producer sends again
  /// @param part 0, or which of several destinations it goes to: there it has a count of its own
  /// @param user whom it is from, by the broker's word; null for what the peer says
  /// @param withBody false if the body went before, in pieces
  static Message message(
      Struct came,
      @Nullable String producer,
      int part,
      @Nullable String user,
      boolean withBody,
      Now now) {
    Map<String, Object> asked =
        Primitives.find(
            came.bytesOrNone(Field.MARSHALLED_PROPERTIES), LOOKED_FOR, OpenWireFields.LOOKED_AT);
    Struct kept =
        came.copy()
            .with(Field.COMMAND_ID, 0)
            .with(Field.RESPONSE_REQUIRED, false)
            .with(Field.TRANSACTION_ID, null)
            .with(Field.ORIGINAL_TRANSACTION_ID, null)
            .with(Field.TARGET_CONSUMER_ID, null)
            .with(Field.REDELIVERY_COUNTER, 0)
            .with(Field.BROKER_PATH, null)
            .with(Field.CLUSTER, null)
            .with(Field.GROUP_FIRST_FOR_CONSUMER, false)
            .with(Field.ARRIVAL, now.wallMillis());
    if (user != null) {
      kept.with(Field.USER_ID, user);
    }
    if (!withBody) {
      kept.with(Field.CONTENT, null);
    }
    return new Message(
        Format.OPENWIRE,
        came.flag(Field.PERSISTENT),
        Math.clamp(came.number(Field.PRIORITY), 0, 9),
        Math.max(0, came.large(Field.EXPIRATION)),
        false,
        deliveryTime(asked, now),
        identity(came, producer, part, asked),
        came.text(Field.GROUP_ID),
        came.number(Field.GROUP_SEQUENCE),
        Encoder.encode(kept, Coding.KEPT));
  }

  /// What is asked for and not built; null if nothing is.
  static @Nullable String refusal(Struct came) {
    Map<String, Object> asked =
        Primitives.find(
            came.bytesOrNone(Field.MARSHALLED_PROPERTIES), PERIODIC, OpenWireFields.LOOKED_AT);
    if (!asked.isEmpty()) {
      return asked.keySet().iterator().next()
          + ": messages that come again and again are not built; AMQ_SCHEDULED_DELAY is";
    }
    return came.type() == Type.BLOB_MESSAGE
        ? "messages whose body is kept elsewhere (BlobMessage) are not built"
        : null;
  }

  private static long deliveryTime(Map<String, Object> asked, Now now) {
    long delay = asked.get(DELAY) instanceof Number number ? number.longValue() : 0;
    if (delay <= 0) {
      return 0;
    }
    return delay > Long.MAX_VALUE - now.wallMillis() ? Long.MAX_VALUE : now.wallMillis() + delay;
  }

  /// The producer's own count, unless the application gave the message a name: a client numbers its messages once,
  /// and sends them again with the same numbers after a failover.
  private static @Nullable Identity identity(
      Struct came, @Nullable String producer, int part, Map<String, Object> asked) {
    if (asked.get(DUPLICATE_ID) instanceof String name && !name.isEmpty()) {
      return new Identity.Named(name);
    }
    Struct id = came.child(Field.MESSAGE_ID);
    if (id == null || producer == null) {
      return null;
    }
    long sequence = id.large(Field.PRODUCER_SEQUENCE_ID);
    return sequence < 0
        ? null
        : new Identity.Sequenced(part == 0 ? producer : producer + "#" + part, sequence);
  }

  /// The structure that a kept message has.
  ///
  /// @throws Malformed if this was never one
  static Struct struct(byte[] bytes) {
    Struct struct = Decoder.read(bytes, 0, bytes.length, Coding.KEPT, null, Type::isMessage);
    if (struct == null) {
      throw new Malformed("nothing is where a message was kept");
    }
    return struct;
  }
}
