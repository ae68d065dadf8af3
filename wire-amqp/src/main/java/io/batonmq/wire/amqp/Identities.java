package io.batonmq.wire.amqp;

import io.batonmq.message.Identity;
import org.jspecify.annotations.Nullable;

/// Recognises what is sent again.
///
/// Qpid JMS numbers the messages of each producer: the producer's id is the address of the link's
/// source and the middle of the link's name, `qpid-jms:sender:<id>:<target address>`, and a message's id
/// is `<id>-<number>`. Both stay the same when the client reconnects. A client that forwards a message
/// and keeps its id has another producer's id in it, so that id says nothing about a resend.
final class Identities {
  private static final String SENDER = "qpid-jms:sender:";
  private static final String PREFIX = "ID:";
  private static final int DIGITS_MAX = 18;

  private Identities() {}

  /// The producer's id, or null if the link does not have one.
  ///
  /// @param sourceAddress of the link
  /// @param targetAddress of the link; null for one without
  static @Nullable String producer(
      String linkName, @Nullable String sourceAddress, @Nullable String targetAddress) {
    if (sourceAddress == null
        || sourceAddress.isEmpty()
        || !linkName.equals(SENDER + sourceAddress + ":" + targetAddress)) {
      return null;
    }
    return sourceAddress;
  }

  /// A name that the application chose itself counts more than a number that its library counted: it
  /// outlives the producer, and it recognises resends just as well.
  static @Nullable Identity of(
      @Nullable String producer, @Nullable String messageId, @Nullable String duplicateId) {
    if (duplicateId != null && !duplicateId.isEmpty()) {
      return new Identity.Named(duplicateId);
    }
    if (producer == null || messageId == null) {
      return null;
    }
    long sequence = sequence(producer, messageId);
    return sequence < 0 ? null : new Identity.Sequenced(producer, sequence);
  }

  private static long sequence(String producer, String messageId) {
    int from = producer.startsWith(PREFIX) ? 0 : PREFIX.length();
    int dash = from + producer.length();
    int digits = messageId.length() - dash - 1;
    if (digits < 1
        || digits > DIGITS_MAX
        || messageId.charAt(dash) != '-'
        || !messageId.startsWith(producer, from)
        || (from > 0 && !messageId.startsWith(PREFIX))) {
      return -1;
    }
    long number = 0;
    for (int i = dash + 1; i < messageId.length(); i++) {
      int digit = messageId.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
