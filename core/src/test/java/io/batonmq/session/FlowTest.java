package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.Identity;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import org.junit.jupiter.api.Test;

/// Credit for producers, and what happens at each limit.
class FlowTest {
  private static int granted(TestPeer peer, int link) {
    return peer.heard(Output.ProducerOpened.class).stream()
            .filter(opened -> opened.link() == link)
            .mapToInt(Output.ProducerOpened::credit)
            .sum()
        + peer.heard(Output.Grant.class).stream()
            .filter(grant -> grant.link() == link)
            .mapToInt(Output.Grant::credit)
            .sum();
  }

  @Test
  void creditComesBackAsAnswersLeave() {
    TestBroker broker = new TestBroker();
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    assertThat(granted(peer, link)).isEqualTo(1_000);
    broker.holdCommits = true;
    for (int i = 0; i < 1_000; i++) {
      peer.send(link, "m" + i);
    }
    // Answers wait for the disk, and so does credit.
    assertThat(granted(peer, link)).isEqualTo(1_000);
    broker.commit();
    assertThat(granted(peer, link)).isEqualTo(2_000);
  }

  @Test
  void sendingWithoutCreditIsRefused() {
    TestBroker broker = new TestBroker(TestSettings.small());
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    broker.log.room(false);
    for (int i = 0; i < 4; i++) {
      peer.send(link, "m");
    }
    broker.log.room(true);
    assertThat(peer.refused(peer.send(link, "m"))).isEqualTo(Reason.LIMIT_REACHED);
  }

  @Test
  void whatWasSentBeforeCreditIsGivenBackIsTaken() {
    TestBroker broker = new TestBroker();
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    int consumer = peer.consumer("orders");
    peer.credit(consumer, 10);
    broker.sessions.withdraw();
    broker.settle();
    assertThat(peer.last(Output.Withdraw.class).link()).isEqualTo(link);
    assertThat(broker.sessions.withdrawn()).isFalse();
    long delivery = peer.send(link, "on its way");
    assertThat(peer.accepted(delivery)).isTrue();
    assertThat(peer.heard(Output.Delivered.class)).as("nothing leaves any more").isEmpty();
    int late = peer.producer("orders");
    assertThat(granted(peer, late)).isZero();
    broker.on(new Command.Withdrawn(peer.connection, link));
    assertThat(broker.sessions.withdrawn()).isTrue();
    assertThat(granted(peer, link)).as("and none comes back").isEqualTo(1_000);
    TestPeer other = broker.connect();
    assertThat(other.last(Output.ConnectionClosed.class).refusal().reason())
        .isEqualTo(Reason.HANDING_OVER);
  }

  @Test
  void allWindowsTogetherAreLimited() {
    TestBroker broker = new TestBroker(TestSettings.small());
    TestPeer peer = broker.connect();
    int first = peer.producer("orders");
    int second = peer.producer("orders");
    assertThat(granted(peer, first)).isEqualTo(4);
    assertThat(granted(peer, second)).isEqualTo(1);
    peer.close(first);
    assertThat(granted(peer, peer.producer("orders"))).isEqualTo(4);
  }

  @Test
  void aFullDiskRefusesMessagesAndTakesAcknowledgements() {
    TestBroker broker = new TestBroker();
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(link, "one");
    broker.log.room(false);
    assertThat(peer.refused(peer.send(link, "two"))).isEqualTo(Reason.LIMIT_REACHED);
    peer.accept(consumer, 0);
    assertThat(broker.stat("orders").messageCount()).isZero();

    int late = peer.producer("orders");
    assertThat(granted(peer, late)).isZero();
    broker.log.room(true);
    broker.pass(1_000);
    assertThat(granted(peer, late)).isEqualTo(1_000);
  }

  @Test
  void aFullQueueThatBlocksGivesNoCreditUntilThereIsRoom() {
    TestBroker broker = new TestBroker(TestSettings.full(FullPolicy.BLOCK, 3));
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    for (int i = 0; i < 3; i++) {
      peer.send(link, "m" + i);
    }
    int late = peer.producer("orders");
    assertThat(granted(peer, late)).isZero();
    int consumer = peer.consumer("orders", 10);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, 0);
    assertThat(granted(peer, late)).isEqualTo(1_000);
  }

  @Test
  void aFullQueueRefusesOrDropsWhereItIsToldTo() {
    TestBroker broker = new TestBroker(TestSettings.full(FullPolicy.FAIL, 1));
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    peer.send(link, "one");
    assertThat(peer.refused(peer.send(link, "two"))).isEqualTo(Reason.LIMIT_REACHED);

    TestBroker dropping = new TestBroker(TestSettings.full(FullPolicy.DROP, 1));
    TestPeer other = dropping.connect();
    int dropped = other.producer("orders");
    other.send(dropped, "one");
    assertThat(other.accepted(other.send(dropped, "two"))).isTrue();
    assertThat(dropping.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void bodiesThatAreOnlyInMemoryAreLimited() {
    TestBroker broker = new TestBroker(TestSettings.small());
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    var fleeting = TestPeer.message("x".repeat(300), false, 4, 0, null);
    for (int i = 0; i < 10; i++) {
      assertThat(peer.accepted(peer.send(link, fleeting, 0))).isTrue();
    }
    assertThat(broker.sessions.bodyBytes()).isLessThanOrEqualTo(1_000);
  }

  @Test
  void bodiesBesideTheLogAreLimited() {
    TestBroker broker = new TestBroker(TestSettings.small());
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    for (int i = 0; i < 50; i++) {
      assertThat(peer.accepted(peer.send(link, "x".repeat(300)))).isTrue();
    }
    assertThat(broker.sessions.bodyBytes()).isLessThanOrEqualTo(1_000);
    int consumer = peer.consumer("orders", 5);
    assertThat(peer.bodies(consumer)).hasSize(5);
    assertThat(broker.loadCount).isPositive();
  }

  @Test
  void linksConnectionsQueuesAndNamesAreLimited() {
    TestBroker broker = new TestBroker(TestSettings.small());
    TestPeer peer = broker.connect();
    peer.producer("a");
    peer.consumer("b");
    peer.consumer("c");
    assertThat(peer.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.LIMIT_REACHED);
    TestPeer second = broker.connect();
    second.consumer("x".repeat(21));
    assertThat(second.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.INVALID);
    second.consumer("c");
    second.consumer("d");
    assertThat(second.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.LIMIT_REACHED);
    TestPeer third = broker.connect();
    assertThat(third.last(Output.ConnectionClosed.class).refusal().reason())
        .isEqualTo(Reason.LIMIT_REACHED);
  }

  @Test
  void rememberedProducersAreLimited() {
    TestBroker broker = new TestBroker(TestSettings.small());
    TestPeer peer = broker.connect();
    int link = peer.producer("a");
    for (int i = 0; i < 3; i++) {
      peer.send(link, TestPeer.message("m", true, 4, 0, new Identity.Sequenced("p" + i, 1)), 0);
    }
    var one = TestPeer.message("m", true, 4, 0, new Identity.Sequenced("p3", 1));
    assertThat(peer.refused(peer.send(link, one, 0))).isEqualTo(Reason.LIMIT_REACHED);
    broker.pass(601_000);
    assertThat(peer.accepted(peer.send(link, one, 0))).isTrue();
  }

  @Test
  void aMessageThatIsLargerThanTheLogTakesIsRefused() {
    TestBroker broker = new TestBroker();
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    assertThat(peer.refused(peer.send(link, "x".repeat(1 << 20)))).isEqualTo(Reason.LIMIT_REACHED);
  }

  @Test
  void whenTheBatchIsFullDeliveriesWait() {
    TestBroker broker = new TestBroker();
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    for (int i = 0; i < 1_000; i++) {
      peer.send(link, "m" + i);
    }
    broker.pass(1_000);
    broker.log.batchMax(1);
    broker.holdCommits = true;
    int consumer = peer.consumer("orders", 1_000);
    int before = broker.log.records().size();
    assertThat(broker.log.full()).isTrue();
    assertThat(broker.sessions.nextDeadlineNanos()).isGreaterThan(broker.nanos);
    broker.log.flush();
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(broker.nanos);
    broker.sessions.tick(broker.now());
    assertThat(broker.log.records()).hasSize(before + 1);
    broker.holdCommits = false;
    broker.log.batchMax(Integer.MAX_VALUE);
    broker.settle();
    assertThat(peer.bodies(consumer)).hasSize(1_000);
  }

  @Test
  void anAnonymousLinkSendsAnywhere() {
    TestBroker broker = new TestBroker();
    TestPeer peer = broker.connect();
    int link = peer.producer(null, RoutingType.ANYCAST, null);
    broker.on(new Command.Send(peer.connection, link, 1, "a", TestPeer.message("1"), 0, false));
    broker.on(new Command.Send(peer.connection, link, 2, "b", TestPeer.message("2"), 0, false));
    broker.on(new Command.Send(peer.connection, link, 3, null, TestPeer.message("3"), 0, false));
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    assertThat(broker.stat("b").messageCount()).isEqualTo(1);
    assertThat(peer.refused(3)).isEqualTo(Reason.INVALID);
  }

  @Test
  void anExclusiveClientIdIsRefusedASecondTime() {
    TestBroker broker = new TestBroker();
    TestPeer first = broker.connect("me");
    TestPeer second = broker.connect("me");
    assertThat(second.last(Output.ConnectionClosed.class).refusal().reason())
        .isEqualTo(Reason.IN_USE);
    first.disconnect(false);
    TestPeer third = broker.connect("me");
    assertThat(third.heard).containsExactly(new Output.Connected());
  }

  @Test
  void handingOverClosesEveryConnectionAfterWhatWasSaidBefore() {
    TestBroker broker = new TestBroker();
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    broker.holdCommits = true;
    long sent = peer.send(link, "last");
    Refusal refusal = new Refusal(Reason.HANDING_OVER, "connect to the other node");
    broker.sessions.handOver(refusal, broker.now());
    peer.send(link, "too late");
    assertThat(broker.sessions.quiet()).isFalse();
    assertThat(peer.answer(sent)).isNull();
    broker.commit();
    assertThat(broker.sessions.quiet()).isTrue();
    assertThat(peer.accepted(sent)).isTrue();
    assertThat(peer.heard.getLast()).isEqualTo(new Output.ConnectionClosed(refusal));
    broker.holdCommits = false;
    TestPeer next = broker.connect();
    assertThat(next.heard).containsExactly(new Output.ConnectionClosed(refusal));
    assertThat(broker.takeOver().stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void aFencedNodeSaysNothingMore() {
    TestBroker broker = new TestBroker(BrokerSettings.DEFAULTS);
    TestPeer peer = broker.connect();
    int link = peer.producer("orders");
    broker.holdCommits = true;
    int heard = peer.heard.size();
    peer.send(link, "one");
    broker.log.fence();
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> peer.send(link, "two"))
        .isInstanceOf(io.batonmq.log.FencedException.class);
    assertThat(peer.heard).hasSize(heard);
  }
}
