package io.batonmq.wire.openwire;

import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.Repetition;
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
  private static final String PERIOD = "AMQ_SCHEDULED_PERIOD";
  private static final String REPEAT = "AMQ_SCHEDULED_REPEAT";
  private static final String CRON = "AMQ_SCHEDULED_CRON";
  private static final Set<String> REPEATED = Set.of(PERIOD, REPEAT, CRON);
  private static final Set<String> LOOKED_FOR = Set.of(DUPLICATE_ID, DELAY, PERIOD, REPEAT);

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
    Message message =
        new Message(
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
    long times = number(asked, REPEAT);
    return times == 0
        ? message
        : message.repeated(
            new Repetition(number(asked, PERIOD), times < 0 ? Repetition.ENDLESS : (int) times));
  }

  /// What is asked for and cannot be had; null if nothing is.
  ///
  /// @param several whether it goes to several destinations, outside of a transaction; inside of one the broker
  ///     refuses what it cannot do, and the commit with it
  static @Nullable String refusal(Struct came, boolean several) {
    Map<String, Object> asked =
        Primitives.find(
            came.bytesOrNone(Field.MARSHALLED_PROPERTIES), REPEATED, OpenWireFields.LOOKED_AT);
    return came.type() == Type.BLOB_MESSAGE
        ? "messages whose body is kept elsewhere (BlobMessage) are not built"
        : refusal(asked, several);
  }

  private static @Nullable String refusal(Map<String, Object> asked, boolean several) {
    if (asked.containsKey(CRON)) {
      return CRON + ": messages that come by the calendar are not built; " + PERIOD + " is";
    }
    for (String name : asked.keySet()) {
      if (!whole(asked.get(name))) {
        return name + " is not a whole number";
      }
    }
    long period = number(asked, PERIOD);
    long times = number(asked, REPEAT);
    if (period > Repetition.PERIOD_MILLIS_MAX || times >= Integer.MAX_VALUE) {
      return PERIOD + " or " + REPEAT + " is too large";
    }
    if (times != 0 && period < 1) {
      return REPEAT + " needs " + PERIOD + ", 1 ms or more";
    }
    return times != 0 && several
        ? REPEAT + ": send it to one destination, and outside of a transaction"
        : null;
  }

  private static boolean whole(@Nullable Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte;
  }

  private static long number(Map<String, Object> asked, String name) {
    return asked.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private static long deliveryTime(Map<String, Object> asked, Now now) {
    // Without a delay it comes first after one period, as ActiveMQ has it.
    long delay = number(asked, number(asked, DELAY) > 0 ? DELAY : PERIOD);
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
