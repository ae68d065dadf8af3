package io.batonmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Keys;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The part of the state that is about transactions, as it is on every node alike.
class OpenTransactionsTest {
  private static final int SIZE = 10;
  private static final int ADDRESS = 1;
  private static final long WALL = 1_000;
  private static final Xid XID = new Xid(1, new byte[] {1}, new byte[] {1});

  private final BrokerState state = new BrokerState();
  private final OpenTransactions transactions = state.transactions();
  private long end;

  private BoundQueue queue(int id) {
    if (!state.hasAddress(ADDRESS)) {
      state.restoreAddress(new Event.AddressCreated(ADDRESS, "a", true, true, false));
    }
    state.restoreQueue(
        new Event.QueueCreated(
            id,
            ADDRESS,
            "q" + id,
            RoutingType.MULTICAST,
            QueueSettings.DEFAULTS,
            false,
            QueueFilter.NONE),
        0,
        0);
    return Objects.requireNonNull(state.queue(id));
  }

  private void send(long transaction, long sequence, long deliveryMillis, int priority) {
    Message message =
        new Message(
            Format.AMQP,
            true,
            priority,
            0,
            false,
            deliveryMillis,
            new Identity.Sequenced("p", sequence),
            null,
            0,
            new byte[0]);
    transactions.sent(
        end,
        SIZE,
        new Event.Enqueued(
            0,
            transaction,
            WALL,
            ProducerWindow.NO_FLOOR,
            ADDRESS,
            state.queues().stream().mapToInt(BoundQueue::id).toArray(),
            List.of(),
            message));
    end += SIZE;
  }

  private void commit(long transaction, long sequence) {
    transactions.commit(new Event.TransactionCommitted(transaction, sequence, 0, 0, "user", null));
  }

  /// Place by place, each searched from the front of those that wait, this took minutes: on every node, in one
  /// step, and whoever sends decides on it.
  @Test
  @Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manyThatWaitAreDroppedInOnePass() {
    BoundQueue queue = queue(1);
    int many = 500_000;
    for (long transaction = 1; transaction <= 2; transaction++) {
      for (int i = 0; i < many; i++) {
        send(transaction, i, WALL + 2 * many - i, 4);
      }
    }
    commit(1, 1);
    long[] first = state.extents().below(Long.MAX_VALUE >> 1);
    commit(2, many + 1);
    assertThat(queue.messages().waitingCount()).isEqualTo(many);
    assertThat(queue.messages().messageCount()).isEqualTo(many);
    assertThat(state.extents().below(Long.MAX_VALUE >> 1)).hasSizeLessThan(first.length);
  }

  @Test
  void whatIsDroppedIsOfEachQueueAndKind() {
    List<BoundQueue> queues = List.of(queue(1), queue(2));
    for (int i = 0; i < 3_000; i += 2) {
      send(1, i, 0, 4);
    }
    for (int i = 0; i < 3_000; i++) {
      send(2, i, i % 3 == 0 ? WALL + 10_000 - i : 0, i % 5);
    }
    commit(1, 1);
    long[] kept = transactions.existing(2).extents().below(Long.MAX_VALUE >> 1);
    assertThat(kept).isNotEmpty();
    transactions.prepare(new Event.TransactionPrepared(2, XID, "user"));
    OpenTransaction prepared = transactions.existing(2);
    prepared
        .staged()
        .values()
        .forEach(staged -> {
          assertThat(staged.messageCount()).isEqualTo(1_500);
          assertThat(staged.waitingCount()).isEqualTo(500);
          staged.forEach(reference -> assertThat(Keys.sequence(reference.key()) % 2).isEqualTo(1));
        });
    commit(2, 10_000);
    for (BoundQueue queue : queues) {
      assertThat(queue.messages().messageCount()).isEqualTo(3_000);
      assertThat(queue.messages().waitingCount()).isEqualTo(500);
      queue
          .messages()
          .forEach(reference -> state.extents().remove(reference.position(), reference.size()));
    }
    assertThat(state.extents().below(Long.MAX_VALUE >> 1)).isEmpty();
  }

  /// A transaction takes all that a queue has, more than leaves with a commit at once.
  private void taken(BoundQueue queue) {
    int many = 2 * LeavingMessages.AT_ONCE;
    for (int i = 0; i < many; i++) {
      send(1, i, 0, 4);
    }
    commit(1, 1);
    long[] keys = new long[many];
    for (int i = 0; i < many; i++) {
      keys[i] = queue.messages().firstAvailable();
      queue.messages().deliver(keys[i]);
    }
    transactions.existing(2).acknowledge(queue.id(), keys);
  }

  @Test
  void whatIsHeldGoesWithItsQueue() {
    BoundQueue gone = queue(1);
    taken(gone);
    transactions.prepare(new Event.TransactionPrepared(2, XID, "user"));
    assertThat(state.underWay().out()).isZero();
    state.deleteQueue(gone);
    assertThat(state.underWay().out()).isZero();
    BoundQueue other = queue(2);
    send(3, 10_000, 0, 4);
    commit(3, 10_000);
    other.messages().deliver(other.messages().firstAvailable());
    assertThat(state.underWay().out()).isEqualTo(1);
  }

  @Test
  void whatIsLeavingGoesWithItsQueue() {
    BoundQueue gone = queue(1);
    taken(gone);
    commit(2, 10_000);
    assertThat(transactions.leaving().count()).isPositive();
    assertThat(state.underWay().out()).isZero();
    transactions.proceed(100);
    assertThat(state.underWay().out()).isZero();
    state.deleteQueue(gone);
    assertThat(state.underWay().out()).isZero();
  }
}
