package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.QueueKeeping;
import io.batonmq.broker.QueueSettings;
import io.batonmq.log.ListLog;
import io.batonmq.message.AddressPattern;
import io.batonmq.queue.Disposition;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What stays in a queue: rings, last values, and what is not taken away.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeepingTest {
  private static final String VALUE = QueueKeeping.LAST_VALUE_KEY;

  private TestBroker broker = new TestBroker();
  private TestPeer peer = broker.connect();

  private static AddressSettings.Overrides overrides(QueueKeeping.Overrides keeping) {
    return AddressSettings.Overrides.NONE.with(QueueSettings.Overrides.NONE.with(keeping));
  }

  private void keeps(QueueKeeping.Overrides keeping) {
    broker = new TestBroker(TestSettings.rule(overrides(keeping)));
    peer = broker.connect();
  }

  private void ring(long size) {
    keeps(new QueueKeeping.Overrides(size, null, null, null));
  }

  private void lastValues() {
    keeps(new QueueKeeping.Overrides(null, true, null, null));
  }

  private void nonDestructive() {
    keeps(new QueueKeeping.Overrides(null, null, null, true));
  }

  private void send(TestPeer by, int from, int to) {
    int producer = by.producer("q");
    for (int i = from; i < to; i++) {
      by.send(producer, "m" + i);
    }
  }

  private static String value(String value, int n) {
    return VALUE + "=" + value + ";n=" + n;
  }

  private void same() {
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void theOldestGoesWhenARingIsFull() {
    ring(3);
    send(peer, 0, 5);
    assertThat(broker.stat("q").messageCount()).isEqualTo(3);
    int link = peer.consumer("q", 10);
    assertThat(peer.bodies(link)).containsExactly("m2", "m3", "m4");
    same();
  }

  @Test
  void theOldestGoesWhateverItsPriority() {
    ring(2);
    int producer = peer.producer("q");
    peer.send(producer, TestPeer.message("old", true, 9, 0, null), 0);
    peer.send(producer, TestPeer.message("mid", true, 0, 0, null), 0);
    peer.send(producer, TestPeer.message("new", true, 4, 0, null), 0);
    assertThat(peer.bodies(peer.consumer("q", 10))).containsExactly("new", "mid");
  }

  @Test
  void whatIsOutIsNotOfTheRingUntilItComesBack() {
    ring(2);
    int link = peer.consumer("q", 3);
    send(peer, 0, 5);
    assertThat(broker.stat("q").messageCount()).isEqualTo(5);
    send(peer, 5, 6);
    assertThat(broker.stat("q").messageCount()).isEqualTo(5);
    peer.settle(link, 1, 2, Disposition.RELEASED, 0);
    assertThat(broker.stat("q").messageCount()).isEqualTo(3);
    peer.accept(link, 0);
    peer.close(link);
    assertThat(peer.bodies(peer.consumer("q", 10))).containsExactly("m4", "m5");
    same();
  }

  @Test
  void whoHasCreditIsGivenWhatTheRingHasNoRoomFor() {
    ring(10);
    int link = peer.consumer("q", 100_000);
    int producer = peer.producer("q");
    long transaction = peer.begin();
    for (int i = 0; i < 2_000; i++) {
      peer.send(producer, TestPeer.message("m" + i), transaction);
    }
    peer.end(transaction, true);
    broker.rest();
    assertThat(peer.delivered(link)).hasSize(2_000);
  }

  @Test
  void oneTurnThrowsAwaySoManyAndNoMore() {
    ring(10);
    int producer = peer.producer("q");
    long transaction = peer.begin();
    for (int i = 0; i < 9_000; i++) {
      peer.send(producer, TestPeer.message("m" + i), transaction);
    }
    broker.holdCommits = true;
    peer.end(transaction, true);
    int before = broker.stat("q").messageCount();
    assertThat(before).isBetween(9_000 - 2_000, 8_999);
    broker.sessions.dispatch(broker.now());
    assertThat(before - broker.stat("q").messageCount()).isBetween(1, 2_000);
    broker.holdCommits = false;
    broker.settle();
    broker.rest();
    assertThat(broker.stat("q").messageCount()).isEqualTo(10);
    same();
  }

  @Test
  void messagesThatAreNotDurableAreOfTheRingToo() {
    ring(1);
    int producer = peer.producer("q");
    for (int i = 0; i < 3; i++) {
      peer.send(producer, TestPeer.message("v" + i, false, 4, 0, null), 0);
    }
    peer.send(producer, TestPeer.message("d", true, 4, 0, null), 0);
    assertThat(peer.bodies(peer.consumer("q", 10))).containsExactly("d");
  }

  @Test
  void theNextNodeThrowsAwayWhatItsPredecessorHadNoTimeFor() {
    send(peer, 0, 9);
    TestBroker next =
        new TestBroker(
            new ListLog(broker.log),
            predefined(new QueueKeeping.Overrides(4L, null, null, null)),
            AccessRules.OPEN,
            2);
    next.rest();
    assertThat(next.stat("q").messageCount()).isEqualTo(4);
    TestPeer again = next.connect();
    assertThat(again.bodies(again.consumer("q", 10))).containsExactly("m5", "m6", "m7", "m8");
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  private static BrokerSettings predefined(QueueKeeping.Overrides keeping) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        defaults.limits(),
        List.of(new AddressSettings.Rule(new AddressPattern("#"), overrides(keeping))),
        List.of(
            new BrokerSettings.Predefined(
                "q",
                List.of(
                    new BrokerSettings.Predefined.Queue(
                        "q", io.batonmq.message.RoutingType.ANYCAST)))),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        defaults.snapshotLogBytes());
  }

  @Test
  void aNewerMessageReplacesTheOneThatWaits() {
    lastValues();
    int producer = peer.producer("q");
    peer.send(producer, value("a", 0));
    peer.send(producer, value("b", 1));
    peer.send(producer, "without");
    peer.send(producer, value("a", 2));
    peer.send(producer, "without");
    assertThat(broker.stat("q").messageCount()).isEqualTo(4);
    int link = peer.consumer("q", 10);
    assertThat(peer.bodies(link))
        .containsExactly(value("b", 1), "without", value("a", 2), "without");
    same();
  }

  @Test
  void whatIsBeingDeliveredStaysUntilItIsSettled() {
    lastValues();
    int producer = peer.producer("q");
    int link = peer.consumer("q", 1);
    peer.send(producer, value("a", 0));
    peer.send(producer, value("a", 1));
    assertThat(broker.stat("q").messageCount()).isEqualTo(2);
    peer.send(producer, value("a", 2));
    assertThat(broker.stat("q").messageCount()).isEqualTo(2);
    peer.settle(link, 0, 0, Disposition.RELEASED, 0);
    assertThat(broker.stat("q").messageCount()).isEqualTo(1);
    peer.credit(link, 10);
    assertThat(peer.bodies(link)).containsExactly(value("a", 0), value("a", 2));
    peer.send(producer, value("a", 3));
    assertThat(peer.bodies(link)).endsWith(value("a", 3));
    same();
  }

  @Test
  void anotherPropertyMayHaveTheValue() {
    keeps(new QueueKeeping.Overrides(null, null, "price", null));
    int producer = peer.producer("q");
    peer.send(producer, "price=5;n=0");
    peer.send(producer, value("a", 1));
    peer.send(producer, value("a", 2));
    peer.send(producer, "price=5;n=3");
    peer.send(producer, "price=" + "x".repeat(2_000));
    peer.send(producer, "price=" + "x".repeat(2_000));
    int link = peer.consumer("q", 10);
    assertThat(peer.bodies(link))
        .startsWith(value("a", 1), value("a", 2), "price=5;n=3")
        .hasSize(5);
  }

  @Test
  void theNextNodeReadsWhatIsThereBeforeItGivesAnything() {
    broker = new TestBroker(TestSettings.snapshots(64L << 20, 2_000));
    peer = broker.connect();
    int producer = peer.producer("q");
    for (int i = 0; i < 3_000; i++) {
      peer.send(producer, value("v" + i % 100, i));
    }
    TestBroker next =
        new TestBroker(
            new ListLog(broker.log),
            predefined(new QueueKeeping.Overrides(null, true, null, null)),
            AccessRules.OPEN,
            2);
    TestPeer again = next.connect();
    int link = again.consumer("q", 1_000);
    next.rest();
    assertThat(again.bodies(link))
        .containsExactlyElementsOf(
            IntStream.range(2_900, 3_000).mapToObj(i -> value("v" + i % 100, i)).toList());
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void oneTurnReadsSoManyValuesAndNoMore() {
    lastValues();
    int producer = peer.producer("q");
    long transaction = peer.begin();
    for (int i = 0; i < 9_000; i++) {
      peer.send(producer, TestPeer.message(value("v" + i, i)), transaction);
    }
    broker.holdCommits = true;
    peer.end(transaction, true);
    assertThat(broker.looks).isBetween(1, 2_000);
    int before = broker.looks;
    broker.sessions.dispatch(broker.now());
    assertThat(broker.looks - before).isBetween(1, 2_000);
    broker.holdCommits = false;
    broker.settle();
    broker.rest();
    assertThat(broker.looks).isEqualTo(9_000);
    assertThat(peer.delivered(peer.consumer("q", 9_500))).hasSize(9_000);
  }

  @Test
  void nobodyIsGivenWhatIsReplacedFurtherOn() {
    lastValues();
    int link = peer.consumer("q", 9_000);
    int producer = peer.producer("q");
    long transaction = peer.begin();
    for (int i = 0; i < 6_000; i++) {
      peer.send(producer, TestPeer.message(value("v" + i % 1_000, i)), transaction);
    }
    peer.end(transaction, true);
    broker.rest();
    assertThat(peer.bodies(link)).hasSize(1_000).startsWith(value("v0", 5_000));
    same();
  }

  @Test
  void whatEachConsumerOfANonDestructiveQueueTakesStays() {
    nonDestructive();
    send(peer, 0, 3);
    int a = peer.consumer("q", 10);
    int b = peer.consumer("q", 2);
    assertThat(peer.bodies(a)).containsExactly("m0", "m1", "m2");
    assertThat(peer.bodies(b)).containsExactly("m0", "m1");
    peer.settle(a, 0, 2, Disposition.ACCEPTED, 0);
    long transaction = peer.begin();
    peer.settle(b, 0, 1, Disposition.ACCEPTED, transaction);
    peer.end(transaction, true);
    int producer = peer.producer("q");
    peer.send(producer, TestPeer.message("high", true, 9, 0, null), 0);
    assertThat(peer.bodies(a)).containsExactly("m0", "m1", "m2", "high");
    peer.close(a);
    peer.credit(b, 10);
    assertThat(peer.bodies(b)).containsExactly("m0", "m1", "high", "m2");
    assertThat(peer.bodies(peer.consumer("q", 10))).containsExactly("high", "m0", "m1", "m2");
    assertThat(broker.stat("q").messageCount()).isEqualTo(4);
    same();
  }

  @Test
  void aNonDestructiveQueueOfLastValuesIsATableForEverybody() {
    keeps(new QueueKeeping.Overrides(null, true, null, true));
    int producer = peer.producer("q");
    peer.send(producer, value("a", 0));
    peer.send(producer, value("b", 1));
    int link = peer.consumer("q", 10);
    peer.send(producer, value("a", 2));
    assertThat(peer.bodies(link)).containsExactly(value("a", 0), value("b", 1), value("a", 2));
    assertThat(peer.bodies(peer.consumer("q", 10))).containsExactly(value("b", 1), value("a", 2));
  }

  @Test
  void aNonDestructiveQueueMayHaveAsManyConsumersAsItIsSaid() {
    broker =
        new TestBroker(
            TestSettings.rule(
                AddressSettings.Overrides.NONE.with(
                    QueueSettings.Overrides.consumers(1)
                        .with(new QueueKeeping.Overrides(null, null, null, true)))));
    peer = broker.connect();
    peer.consumer("q", 1);
    peer.consumer("q", 1);
    assertThat(peer.heard(Output.LinkRefused.class)).hasSize(1);
  }
}
