package io.batonmq.session;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Xid;
import io.batonmq.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the broker says to a peer. An output leaves only when everything that it depends on is
/// committed, and outputs leave in position order.
public sealed interface Output {
  /// The connection may go on.
  record Connected() implements Output {}

  /// The broker ends the connection.
  record ConnectionClosed(Refusal refusal) implements Output {}

  /// An address was made for a link, which may be opened now.
  record TemporaryMade(int link, String address) implements Output {}

  /// Something that a link watches is there, or is not any more.
  record News(int link, Notice notice) implements Output {}

  /// A producing link stands.
  ///
  /// @param credit number of messages that it may send
  record ProducerOpened(int link, int credit) implements Output {}

  /// A consuming link stands.
  ///
  /// @param address that it was attached to, with the name of the queue where that differs
  record ConsumerOpened(int link, String address) implements Output {}

  /// A link was not opened.
  record LinkRefused(int link, Refusal refusal) implements Output {}

  /// A link is closed, by the peer's wish (no refusal) or by the broker's.
  record LinkClosed(int link, @Nullable Refusal refusal) implements Output {}

  /// A producing link may send that many messages more.
  record Grant(int link, int credit) implements Output {}

  /// A producing link is to give back the credit that it has not used: what it has sent is still taken, and
  /// more is not asked for. Answered by [Command.Withdrawn].
  record Withdraw(int link) implements Output {}

  /// The fate of a message is committed: accepted (no refusal), or refused and not kept.
  record Sent(int link, long delivery, @Nullable Refusal refusal) implements Output {}

  /// A message for a consumer. What follows it, if it has a tail, is asked for by [Command.Fetch].
  ///
  /// @param delivery its number on this link, counted from 0 without gaps
  /// @param deliveryCount earlier attempts to deliver it, as AMQP 1.0 §3.2.1 counts them
  /// @param firstAcquirer false if it may have been delivered before
  /// @param origin for a dead-lettered or expired message, where it came from
  /// @param groupFirst annotation to add, which says that it is the first one of its group for this
  ///     consumer; null for none
  record Delivered(
      int link,
      long delivery,
      Message message,
      int deliveryCount,
      boolean firstAcquirer,
      boolean settled,
      @Nullable Origin origin,
      @Nullable String groupFirst)
      implements Output {
    /// One that begins nothing.
    public Delivered(
        int link,
        long delivery,
        Message message,
        int deliveryCount,
        boolean firstAcquirer,
        boolean settled,
        @Nullable Origin origin) {
      this(link, delivery, message, deliveryCount, firstAcquirer, settled, origin, null);
    }
  }

  /// A part of what follows a message that was delivered.
  ///
  /// @param bytes null if it is gone: whoever only looks at a message does not keep it
  record Fragment(int link, long delivery, int index, byte @Nullable [] bytes) implements Output {}

  /// Where a moved message came from.
  ///
  /// @param queue the name of a divert, if one brought it; empty if no queue took it where it was sent to
  /// @param expired moved because it expired, otherwise because delivery failed
  record Origin(String address, String queue, boolean expired) {}

  /// There is nothing more now, and the credit of the consuming link is used up by word.
  record Drained(int link) implements Output {}

  /// A settlement that asked for an answer is committed, or refused.
  record Settled(int link, long first, long last, @Nullable Refusal refusal) implements Output {}

  /// A link has a delivery again that it took in a branch which was prepared, and is rolled back now. It has a new
  /// number, which counts as one delivery more.
  ///
  /// @param before the number that it was taken under
  record Restored(int link, long before, long delivery) implements Output {}

  /// A transaction has begun.
  record Begun(long request, long transaction) implements Output {}

  /// A transaction has ended as asked, or a destination was made or deleted; or not (refusal).
  record Ended(long request, @Nullable Refusal refusal) implements Output {}

  /// A branch that was to be prepared had nothing in it: it is over (XA_RDONLY).
  record ReadOnly(long request) implements Output {}

  /// Prepared branches.
  ///
  /// @param more whether others come after these
  record Recovered(long request, List<Xid> xids, boolean more) implements Output {
    public Recovered {
      xids = List.copyOf(xids);
    }
  }

  /// What an operator asked for is committed, or refused.
  ///
  /// @param messages that went with it
  record Managed(@Nullable Refusal refusal, long messages) implements Output {}
}
