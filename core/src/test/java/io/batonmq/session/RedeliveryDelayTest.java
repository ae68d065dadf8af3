package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BoundQueue;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Redelivery;
import io.batonmq.queue.Disposition;
import io.batonmq.queue.MessageQueue;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// How long a message waits after an attempt that failed.
class RedeliveryDelayTest {
  private TestBroker broker = new TestBroker(delay(500L, 1.0, 0.0, -1L));
  private TestPeer peer = broker.connect();
  private int producer = peer.producer("orders");

  private static BrokerSettings delay(long delay, double multiplier, double collision, long max) {
    return TestSettings.retries(new Redelivery.Overrides(delay, multiplier, collision, max));
  }

  @Test
  void aFailedMessageWaitsAndOthersGoOn() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.send(producer, "good");
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    assertThat(broker.stat("orders").deliveringCount()).isEqualTo(1);
    peer.send(producer, "more");
    assertThat(peer.bodies(consumer)).containsExactly("bad", "good", "more");
    broker.pass(499);
    assertThat(peer.delivered(consumer)).hasSize(3);
    broker.pass(1);
    assertThat(peer.bodies(consumer)).containsExactly("bad", "good", "more", "bad");
    Output.Delivered again = peer.delivered(consumer).getLast();
    assertThat(again.deliveryCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aDelayOfForEverDoesNotRunOverIntoThePast() {
    for (boolean durable : new boolean[] {true, false}) {
      broker = new TestBroker(delay(Long.MAX_VALUE, 1.0, 0.0, Long.MAX_VALUE));
      peer = broker.connect();
      producer = peer.producer("orders");
      int consumer = peer.consumer("orders", 10);
      peer.send(producer, TestPeer.message("bad", durable, 4, 0, null), 0);
      peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
      // Looked at before time passes: what is due before all times was never found, and looked for
      // without end.
      BoundQueue queue = Objects.requireNonNull(broker.state.queue("orders"));
      assertThat(queue.messages().waitingMillisMin()).isEqualTo(MessageQueue.MILLIS_MAX);
      broker.pass(1_000_000);
      assertThat(peer.bodies(consumer)).containsExactly("bad");
      assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
      assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
    }
  }

  @Test
  void itComesBackToItsPlace() {
    int consumer = peer.consumer("orders", 1);
    peer.send(producer, "1");
    peer.send(producer, "2");
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    broker.pass(500);
    peer.credit(consumer, 3);
    assertThat(peer.bodies(consumer)).containsExactly("1", "1", "2");
  }

  @Test
  void theWaitAndTheCountSurviveATakeOver() {
    int consumer = peer.consumer("orders", 1);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    long wall = broker.wall;
    broker = broker.takeOver();
    broker.wall = wall + 499;
    peer = broker.connect();
    consumer = peer.consumer("orders", 10);
    broker.pass(0);
    assertThat(peer.delivered(consumer)).isEmpty();
    broker.pass(1);
    assertThat(peer.delivered(consumer).getFirst().deliveryCount()).isEqualTo(1);
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    broker.pass(500);
    peer.settle(consumer, 1, 1, Disposition.FAILED, 0);
    // Three attempts, over two nodes.
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(1);
    assertThat(broker.stat("orders").messageCount()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatIsReleasedDoesNotWait() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "m");
    peer.settle(consumer, 0, 0, Disposition.RELEASED, 0);
    assertThat(peer.delivered(consumer)).hasSize(2);
  }

  /// Of most of it nobody has said that it failed.
  @Test
  void whatAConsumerLeavesBehindDoesNotWait() {
    for (boolean clean : new boolean[] {true, false}) {
      peer.send(producer, "m");
      TestPeer other = broker.connect();
      other.consumer("orders", 10);
      other.disconnect(clean);
      assertThat(broker.stat("orders").scheduledCount()).isZero();
      int consumer = peer.consumer("orders", 10);
      assertThat(peer.delivered(consumer).getLast().deliveryCount()).isEqualTo(1);
      peer.accept(consumer, 0);
      peer.close(consumer);
    }
  }

  @Test
  void whatIsNotDurableWaitsToo() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, TestPeer.message("bad", false, 4, 0, null), 0);
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    broker.pass(500);
    assertThat(peer.delivered(consumer)).hasSize(2);
  }

  @Test
  void whatExpiresWhileItWaitsIsMovedThen() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, TestPeer.message("bad", true, 4, broker.wall + 100, null), 0);
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    broker.pass(100 + 256);
    assertThat(broker.stat("Expired").messageCount()).isEqualTo(1);
    assertThat(peer.delivered(consumer)).hasSize(1);
  }

  @Test
  void aConsumerThatWillNotHaveItAgainIsPassedOverAfterTheWait() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.UNDELIVERABLE, 0);
    broker.pass(500);
    assertThat(peer.delivered(consumer)).hasSize(1);
    int other = peer.consumer("orders", 10);
    assertThat(peer.bodies(other)).containsExactly("bad");
  }

  @Test
  void aTransactionThatIsRolledBackFailed() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "m");
    long transaction = peer.begin();
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    peer.end(transaction, false);
    assertThat(peer.delivered(consumer)).hasSize(1);
    broker.pass(500);
    assertThat(peer.delivered(consumer)).hasSize(2);
  }

  @Test
  void eachFailureMultipliesTheDelayUpToItsMaximum() {
    broker =
        new TestBroker(
            TestSettings.rule(attempts(new Redelivery.Overrides(100L, 3.0, null, 500L))));
    peer = broker.connect();
    producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 100);
    peer.send(producer, "bad");
    int attempt = 0;
    for (long delay : new long[] {100, 300, 500, 500}) {
      peer.settle(consumer, attempt, attempt, Disposition.FAILED, 0);
      attempt++;
      broker.pass(delay - 1);
      assertThat(peer.delivered(consumer)).hasSize(attempt);
      broker.pass(1);
      assertThat(peer.delivered(consumer)).hasSize(attempt + 1);
    }
  }

  private static AddressSettings.Overrides attempts(Redelivery.Overrides redelivery) {
    return new AddressSettings.Overrides(null, null, -1, null, null, null, null, null, null, null)
        .with(redelivery);
  }

  @Test
  void withoutAMaximumItIsTenTimesTheDelay() {
    broker =
        new TestBroker(
            TestSettings.rule(attempts(new Redelivery.Overrides(10L, 1000.0, null, null))));
    peer = broker.connect();
    producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 100);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    broker.pass(10);
    peer.settle(consumer, 1, 1, Disposition.FAILED, 0);
    broker.pass(99);
    assertThat(peer.delivered(consumer)).hasSize(2);
    broker.pass(1);
    assertThat(peer.delivered(consumer)).hasSize(3);
  }

  /// Messages that failed together do not come back together, and a run of the same events is the same.
  @Test
  void collisionAvoidanceSpreadsTheDelays() {
    broker = new TestBroker(delay(1_000, 1.0, 0.25, -1));
    peer = broker.connect();
    producer = peer.producer("orders");
    int all = 200;
    int consumer = peer.consumer("orders", 10 * all);
    for (int i = 0; i < all; i++) {
      peer.send(producer, "m" + i);
    }
    peer.settle(consumer, 0, all - 1, Disposition.FAILED, 0);
    broker.pass(749);
    assertThat(peer.delivered(consumer)).hasSize(all);
    broker.pass(251);
    int half = peer.delivered(consumer).size() - all;
    assertThat(half).isBetween(all / 4, all * 3 / 4);
    broker.pass(250);
    assertThat(peer.delivered(consumer)).hasSize(2 * all);
  }
}
