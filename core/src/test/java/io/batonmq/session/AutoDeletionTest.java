package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.AutoDelete;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Xid;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.Identity;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Queues and addresses that go by themselves.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AutoDeletionTest {
  private static final long SCAN_MILLIS = 30_000;

  private TestBroker broker = new TestBroker();
  private TestPeer peer = broker.connect();

  private static AutoDelete.Overrides messages(long count) {
    return new AutoDelete.Overrides(null, null, null, count, null, null, null, null);
  }

  private static AutoDelete.Overrides delay(long queues, long addresses) {
    return new AutoDelete.Overrides(null, null, queues, null, null, null, addresses, null);
  }

  private static AutoDelete.Overrides neverUsed() {
    return new AutoDelete.Overrides(null, null, null, null, true, null, null, true);
  }

  private static AutoDelete.Overrides created() {
    return new AutoDelete.Overrides(null, true, null, null, true, null, null, null);
  }

  private void says(AutoDelete.Overrides autoDelete) {
    broker = new TestBroker(TestSettings.rule(AddressSettings.Overrides.NONE.with(autoDelete)));
    peer = broker.connect();
  }

  /// So many passes go by.
  private static void scans(TestBroker of, int passes) {
    for (int i = 0; i < passes; i++) {
      of.pass(SCAN_MILLIS);
      of.rest();
    }
    assertThat(of.bytes()).isEqualTo(of.foldedBytes());
  }

  private void scans(int passes) {
    scans(broker, passes);
  }

  private static List<String> queues(TestBroker of) {
    return of.sessions.queueStats().stream().map(QueueStat::name).toList();
  }

  private static List<String> addresses(TestBroker of) {
    return of.sessions.addressStats().stream().map(AddressStat::name).toList();
  }

  private void hasNothing() {
    assertThat(queues(broker)).isEmpty();
    assertThat(addresses(broker)).isEmpty();
  }

  /// Somebody consumes from a queue and leaves.
  private void use(String queue) {
    peer.close(peer.consumer(queue, 1));
  }

  @Test
  void anEmptyQueueThatNobodyConsumesAnyMoreGoesAndThenItsAddress() {
    use("q");
    scans(1);
    assertThat(queues(broker)).containsExactly("q");
    scans(1);
    assertThat(queues(broker)).isEmpty();
    assertThat(addresses(broker)).containsExactly("q");
    scans(1);
    hasNothing();
    assertThat(broker.takeOver().sessions.queueStats()).isEmpty();
  }

  @Test
  void whoComesBackBetweenTwoLooksFindsItThere() {
    use("q");
    scans(1);
    use("q");
    scans(1);
    assertThat(queues(broker)).containsExactly("q");
    scans(1);
    assertThat(queues(broker)).isEmpty();
  }

  @Test
  void aQueueWithAConsumerOrABrowserStays() {
    use("q");
    use("b");
    int consumer = peer.consumer("q", 1);
    int browser = peer.browser("b", 1);
    scans(3);
    assertThat(queues(broker)).containsExactly("q", "b");
    peer.close(consumer);
    scans(2);
    assertThat(queues(broker)).containsExactly("b");
    peer.close(browser);
    scans(3);
    hasNothing();
  }

  @Test
  void aQueueWithMessagesStaysUntilTheyAreGone() {
    peer.send(peer.producer("q"), "m");
    use("q");
    scans(3);
    assertThat(broker.stat("q").messageCount()).isEqualTo(1);
    int consumer = peer.consumer("q", 1);
    peer.accept(consumer, 0);
    peer.close(consumer);
    scans(3);
    hasNothing();
  }

  @Test
  void aMessageThatWaitsForItsTimeKeepsItsQueue() {
    int producer = peer.producer("q");
    use("q");
    peer.sendLater(producer, "later", 100 * SCAN_MILLIS);
    scans(3);
    assertThat(broker.stat("q").scheduledCount()).isEqualTo(1);
  }

  @Test
  void aQueueThatWasNeverUsedStaysUnlessTheFileSaysThatItGoes() {
    peer.producer("q");
    peer.producer("t", RoutingType.MULTICAST, null);
    scans(3);
    assertThat(queues(broker)).containsExactly("q");
    assertThat(addresses(broker)).containsExactly("q", "t");
    says(neverUsed());
    peer.producer("q");
    peer.producer("t", RoutingType.MULTICAST, null);
    scans(3);
    hasNothing();
  }

  @Test
  void whatExpiredIsUseEnough() {
    int producer = peer.producer("q");
    peer.send(producer, TestPeer.message("m", true, 4, broker.wall + 1_000, null), 0);
    scans(4);
    hasNothing();
  }

  @Test
  void theDelaysCountFromTheFirstLookThatFindsNobody() {
    says(delay(2 * SCAN_MILLIS, SCAN_MILLIS + 1));
    use("q");
    scans(2);
    assertThat(queues(broker)).containsExactly("q");
    scans(1);
    assertThat(queues(broker)).isEmpty();
    scans(1);
    assertThat(addresses(broker)).containsExactly("q");
    scans(1);
    hasNothing();
  }

  @Test
  void soManyMessagesMayGoWithTheirQueue() {
    says(messages(2));
    int producer = peer.producer("q");
    for (int i = 0; i < 3; i++) {
      peer.send(producer, "m" + i);
    }
    use("q");
    scans(3);
    assertThat(broker.stat("q").messageCount()).isEqualTo(3);
    int consumer = peer.consumer("q", 1);
    peer.accept(consumer, 0);
    peer.close(consumer);
    scans(3);
    hasNothing();
  }

  @Test
  void aDeepQueueGoesInPieces() {
    says(messages(AutoDelete.ANY_COUNT));
    int producer = peer.producer("q");
    long transaction = peer.begin();
    for (int i = 0; i < 9_000; i++) {
      peer.send(producer, TestPeer.message("m" + i), transaction);
    }
    peer.end(transaction, true);
    use("q");
    scans(1);
    broker.holdCommits = true;
    broker.pass(SCAN_MILLIS);
    assertThat(broker.stat("q").messageCount()).isBetween(9_000 - 4_000, 8_999);
    broker.holdCommits = false;
    broker.settle();
    broker.rest();
    assertThat(broker.stat("q").messageCount()).isZero();
    scans(2);
    hasNothing();
  }

  @Test
  void whatATransactionHasForAQueueKeepsIt() {
    int producer = peer.producer("q");
    use("q");
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("durable"), transaction);
    scans(4);
    peer.end(transaction, true);
    assertThat(peer.bodies(peer.consumer("q", 9))).containsExactly("durable");
    TestPeer other = broker.connect();
    int sender = other.producer("v");
    other.close(other.consumer("v", 1));
    long second = other.begin();
    other.send(sender, TestPeer.message("fleeting", false, 4, 0, null), second);
    scans(4);
    other.end(second, true);
    assertThat(other.bodies(other.consumer("v", 9))).containsExactly("fleeting");
  }

  @Test
  void aTransactionThatIsRolledBackKeepsItNoLonger() {
    int producer = peer.producer("q");
    use("q");
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("m"), transaction);
    peer.end(transaction, false);
    long lost = peer.begin();
    peer.send(producer, TestPeer.message("m"), lost);
    peer.disconnect(false);
    scans(3);
    hasNothing();
  }

  @Test
  void whatAPreparedTransactionHasForAQueueKeepsItOnTheNextNodeToo() {
    Xid xid = new Xid(1, new byte[] {1}, new byte[] {1});
    int producer = peer.producer("q");
    use("q");
    long branch = peer.begin(xid);
    peer.send(producer, TestPeer.message("m"), branch);
    peer.end(xid, Command.Step.PREPARE);
    scans(4);
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    scans(next, 4);
    again.end(xid, Command.Step.COMMIT);
    int consumer = again.consumer("q", 9);
    assertThat(again.bodies(consumer)).containsExactly("m");
    again.accept(consumer, 0);
    again.close(consumer);
    scans(next, 3);
    assertThat(queues(next)).isEmpty();
  }

  @Test
  void whatIsTakenInATransactionKeepsItsQueue() {
    says(messages(AutoDelete.ANY_COUNT));
    peer.send(peer.producer("q"), "m");
    int consumer = peer.consumer("q", 1);
    long transaction = peer.begin();
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    peer.close(consumer);
    scans(3);
    peer.end(transaction, false);
    assertThat(peer.bodies(peer.consumer("q", 1))).containsExactly("m");
  }

  @Test
  void anAddressThatRemembersNamesOfMessagesStays() {
    int producer = peer.producer("q");
    var named = TestPeer.message("m", true, 4, 0, new Identity.Named("id"));
    var fleeting = TestPeer.message("m", false, 4, 0, new Identity.Named("id"));
    peer.send(producer, named, 0);
    peer.send(peer.producer("v"), fleeting, 0);
    for (String queue : List.of("q", "v")) {
      int consumer = peer.consumer(queue, 1);
      peer.accept(consumer, 0);
      peer.close(consumer);
    }
    scans(4);
    assertThat(queues(broker)).isEmpty();
    assertThat(addresses(broker)).containsExactly("q", "v");
    peer.send(producer, named, 0);
    peer.send(peer.producer("v"), fleeting, 0);
    assertThat(peer.bodies(peer.consumer("q", 9))).isEmpty();
    assertThat(peer.bodies(peer.consumer("v", 9))).isEmpty();
  }

  @Test
  void aProducerFindsItsQueueMadeAgain() {
    int producer = peer.producer("q");
    use("q");
    scans(3);
    hasNothing();
    assertThat(peer.accepted(peer.send(producer, "m"))).isTrue();
    assertThat(peer.bodies(peer.consumer("q", 1))).containsExactly("m");
  }

  @Test
  void theNextNodeCountsAnew() {
    use("q");
    scans(1);
    TestBroker next = broker.takeOver();
    scans(next, 1);
    assertThat(queues(next)).containsExactly("q");
    scans(next, 1);
    assertThat(queues(next)).isEmpty();
  }

  @Test
  void whatWasAskedForStays() {
    BrokerSettings defaults = TestSettings.rule(AddressSettings.Overrides.NONE.with(created()));
    broker =
        new TestBroker(
            new BrokerSettings(
                defaults.limits(),
                defaults.addressRules(),
                List.of(
                    new BrokerSettings.Predefined(
                        "file",
                        List.of(new BrokerSettings.Predefined.Queue("file", RoutingType.ANYCAST)))),
                defaults.producerRetentionNanos(),
                defaults.expiryScanNanos(),
                defaults.snapshotLogBytes()));
    peer = broker.connect("me");
    broker.sessions.manage(
        new Management.CreateQueue("command", "command", RoutingType.ANYCAST, 0, true), _ -> {});
    peer.close(
        peer.consumer(
            new Source(
                "topic",
                new Source.Kind.Subscription("s", "me", false, true),
                false,
                null,
                false)));
    use("file");
    scans(4);
    assertThat(queues(broker)).containsExactly("file", "me.s");
    assertThat(addresses(broker)).containsExactly("file", "command", "topic");
  }

  @Test
  void whatWasMadeByCommandGoesOnlyIfTheFileSaysSo() {
    broker.sessions.manage(
        new Management.CreateQueue("command", "command", RoutingType.ANYCAST, 0, true), _ -> {});
    broker.settle();
    use("command");
    scans(4);
    assertThat(queues(broker)).containsExactly("command");
  }

  @Test
  void nothingGoesWhereTheFileSaysNever() {
    says(AutoDelete.Overrides.NEVER);
    use("q");
    scans(4);
    assertThat(queues(broker)).containsExactly("q");
    broker = new TestBroker(BrokerSettings.DEFAULTS.withQueueScan(0));
    peer = broker.connect();
    use("q");
    scans(4);
    assertThat(queues(broker)).containsExactly("q");
  }

  @Test
  void oneTurnLooksAtSoManyAndNoMore() {
    for (int i = 0; i < 2_500; i++) {
      use("q" + i);
    }
    scans(1);
    assertThat(queues(broker)).hasSize(2_500);
    broker.pass(SCAN_MILLIS);
    assertThat(queues(broker)).hasSize(1_500);
    broker.rest();
    assertThat(queues(broker)).isEmpty();
    scans(1);
    hasNothing();
  }

  @Test
  void eachAddressMaySayItForItself() {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    broker =
        new TestBroker(
            new BrokerSettings(
                defaults.limits(),
                List.of(
                    new AddressSettings.Rule(
                        new AddressPattern("keep.#"),
                        AddressSettings.Overrides.NONE.with(AutoDelete.Overrides.NEVER))),
                List.of(),
                defaults.producerRetentionNanos(),
                defaults.expiryScanNanos(),
                defaults.snapshotLogBytes()));
    peer = broker.connect();
    use("keep.q");
    use("q");
    scans(3);
    assertThat(queues(broker)).containsExactly("keep.q");
    assertThat(addresses(broker)).containsExactly("keep.q");
  }
}
