package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.Identity;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ManagingTest {
  private static final String LIMIT = "there are 3 queues already: delete some";

  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();
  private final List<Output.Managed> told = new ArrayList<>();

  private void ask(TestBroker of, Management request) {
    of.sessions.manage(request, output -> told.add((Output.Managed) output));
    of.settle();
    while (of.sessions.nextDeadlineNanos() - of.nanos <= 0) {
      of.pass(0);
    }
  }

  /// Asks, and answers the refusal; null if it was done.
  private @Nullable Refusal manage(Management request) {
    int before = told.size();
    ask(broker, request);
    assertThat(told).hasSize(before + 1);
    return told.getLast().refusal();
  }

  private void done(Management request) {
    assertThat(manage(request)).isNull();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  private void refused(Management request, Reason reason, String text) {
    Refusal refusal = manage(request);
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.text()).contains(text);
  }

  private static Management queue(String name) {
    return new Management.CreateQueue(name, name, RoutingType.ANYCAST, 0, true);
  }

  @Test
  void aQueueIsMadeAndIsThereAfterATakeOver() {
    done(new Management.CreateQueue("q", "a", RoutingType.ANYCAST, 1, true));
    peer.send(peer.producer("a"), "one");
    TestBroker next = broker.takeOver();
    assertThat(next.stat("q").messageCount()).isEqualTo(1);
    TestPeer again = next.connect();
    again.consumer("q", 1);
    again.consumer("q");
    assertThat(again.last(Output.LinkRefused.class).refusal().text()).contains("1 consumers");
    assertThat(next.sessions.addressStats())
        .containsExactly(new AddressStat("a", true, false, false, List.of("q"), 1));
  }

  @Test
  void aQueueThatIsDeletedStaysDeleted() {
    done(queue("q"));
    int consumer = peer.consumer("q", 1);
    int producer = peer.producer("q");
    for (int i = 0; i < 3; i++) {
      peer.send(producer, "m" + i);
    }
    refused(new Management.DeleteQueue("q", false, true), Reason.IN_USE, "has 1 consumer");
    done(new Management.DeleteQueue("q", true, true));
    assertThat(told.getLast().messages()).isEqualTo(2);
    assertThat(peer.last(Output.LinkClosed.class).link()).isEqualTo(consumer);
    assertThat(broker.sessions.queueStats()).isEmpty();
    assertThat(broker.sessions.addressStats()).isEmpty();
    // What the consumer had comes too late, and the producer gets a new queue.
    peer.accept(consumer, 0);
    assertThat(peer.accepted(peer.send(producer, "new"))).isTrue();
    assertThat(broker.takeOver().stat("q").messageCount()).isEqualTo(1);
    refused(new Management.DeleteQueue("none", false, false), Reason.NOT_FOUND, "no queue none");
  }

  @Test
  void whoeverMadeAQueueBySendingThereSendsToItsAddress() {
    int producer = peer.producer("a");
    done(new Management.CreateQueue("second", "a", RoutingType.ANYCAST, 0, false));
    peer.send(producer, "one");
    peer.send(producer, "two");
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    assertThat(broker.stat("second").messageCount()).isEqualTo(1);
  }

  @Test
  void aPurgeTakesWhatNobodyHasAndNotWhatComesLater() {
    done(queue("q"));
    int producer = peer.producer("q");
    int consumer = peer.consumer("q", 2);
    for (int i = 0; i < 2_500; i++) {
      peer.send(producer, TestPeer.message("m" + i, i % 3 != 0, i % 2 + 3, 0, null), 0);
    }
    told.clear();
    broker.holdCommits = true;
    broker.sessions.manage(
        new Management.PurgeQueue("q"), output -> told.add((Output.Managed) output));
    // Others are served between its turns.
    peer.send(producer, TestPeer.message("later", true, 9, 0, null), 0);
    assertThat(broker.stat("q").messageCount()).isEqualTo(1_501);
    broker.holdCommits = false;
    broker.settle();
    while (broker.sessions.nextDeadlineNanos() - broker.nanos <= 0) {
      broker.pass(0);
    }
    assertThat(told).containsExactly(new Output.Managed(null, 2_498));
    assertThat(broker.stat("q").messageCount()).isEqualTo(3);
    assertThat(broker.stat("q").messagesAcked()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
    // What was out is still the consumer's to settle.
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, 0);
    peer.settle(consumer, 1, 1, Disposition.RELEASED, 0);
    assertThat(broker.stat("q").messageCount()).isEqualTo(2);
    assertThat(broker.sessions.bodyBytes()).isLessThan(1_000_000);
    assertThat(broker.takeOver().stat("q").messageCount()).isBetween(1, 2);
    refused(new Management.PurgeQueue("none"), Reason.NOT_FOUND, "no queue none");
  }

  @Test
  void theAnswerWaitsForTheCommit() {
    broker.holdCommits = true;
    ask(broker, queue("q"));
    assertThat(told).isEmpty();
    assertThat(broker.takeOver().sessions.queueStats()).isEmpty();
    broker.commit();
    assertThat(told).containsExactly(new Output.Managed(null, 0));
  }

  @Test
  void addressesAreMadeAndDeleted() {
    done(new Management.CreateAddress("news", false, true));
    refused(new Management.CreateAddress("news", true, false), Reason.IN_USE, "there already");
    refused(new Management.CreateAddress("x", false, false), Reason.INVALID, "anycast, multicast");
    refused(new Management.CreateAddress("a::b", true, false), Reason.INVALID, "::");
    refused(new Management.CreateAddress("", true, false), Reason.INVALID, "empty");
    refused(
        new Management.CreateQueue("q", "news", RoutingType.ANYCAST, 0, true),
        Reason.NOT_ALLOWED,
        "for multicast only");
    refused(
        new Management.CreateQueue("q", "none", RoutingType.ANYCAST, 0, false),
        Reason.NOT_FOUND,
        "no address none");
    done(new Management.CreateQueue("q", "news", RoutingType.MULTICAST, 0, false));
    refused(
        new Management.CreateQueue("q", "other", RoutingType.MULTICAST, 0, true),
        Reason.IN_USE,
        "there already");
    refused(new Management.DeleteAddress("news", false), Reason.IN_USE, "has 1 queue");
    done(new Management.DeleteAddress("news", true));
    refused(new Management.DeleteAddress("news", true), Reason.NOT_FOUND, "no address news");
    assertThat(broker.takeOver().sessions.addressStats()).isEmpty();
  }

  @Test
  void anAddressWithDeepQueuesGoesInPieces() {
    for (var name : List.of("one", "two")) {
      done(new Management.CreateQueue(name, "news", RoutingType.MULTICAST, 0, true));
    }
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    for (int i = 0; i < 1_500; i++) {
      peer.send(producer, "m" + i);
    }
    told.clear();
    broker.holdCommits = true;
    broker.sessions.manage(
        new Management.DeleteAddress("news", true), output -> told.add((Output.Managed) output));
    broker.pass(0);
    assertThat(broker.stat("one").messageCount()).isBetween(1, 1_499);
    // Somebody makes a queue of it between two turns.
    broker.sessions.manage(
        new Management.CreateQueue("three", "news", RoutingType.MULTICAST, 0, true), _ -> {});
    broker.holdCommits = false;
    broker.settle();
    while (broker.sessions.nextDeadlineNanos() - broker.nanos <= 0) {
      broker.pass(0);
    }
    assertThat(told).containsExactly(new Output.Managed(null, 3_000));
    assertThat(broker.sessions.queueStats()).isEmpty();
    assertThat(broker.sessions.addressStats()).isEmpty();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  /// A producer that is attached to a topic which is deleted and made again must reach the new one.
  @Test
  void aProducerFindsTheTopicThatWasMadeAgain() {
    done(new Management.CreateAddress("news", false, true));
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    done(new Management.DeleteAddress("news", false));
    done(new Management.CreateQueue("archive", "news", RoutingType.MULTICAST, 0, true));
    assertThat(peer.accepted(peer.send(producer, "one"))).isTrue();
    assertThat(broker.stat("archive").messageCount()).isEqualTo(1);
  }

  /// A message that is sent in a transaction, to an address that is gone when it commits.
  @Test
  void whatIsCommittedForAnAddressThatIsGoneGoesNowhere() {
    done(queue("q"));
    int producer = peer.producer("q");
    long transaction = peer.begin();
    peer.send(
        producer, TestPeer.message("one", true, 4, 0, new Identity.Named("id-1")), transaction);
    done(new Management.DeleteQueue("q", false, true));
    peer.end(transaction, true);
    assertThat(broker.state.openTransactions()).isZero();
    // Nobody would ever forget it: names go with their address, and that is gone already.
    assertThat(broker.state.identities().contains(new Identity.Named("id-1"), 1)).isFalse();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
    done(queue("q"));
    assertThat(broker.stat("q").messageCount()).isZero();
    assertThat(broker.takeOver().stat("q").messageCount()).isZero();
  }

  @Test
  void limitsAreKept() {
    TestBroker small = new TestBroker(TestSettings.small());
    for (String name : List.of("a", "b", "c", "d", "a-name-of-more-than-20")) {
      ask(small, queue(name));
    }
    assertThat(small.sessions.queueStats()).hasSize(3);
    assertThat(told.get(3).refusal()).isEqualTo(new Refusal(Reason.LIMIT_REACHED, LIMIT));
    assertThat(told.get(4).refusal()).extracting(Refusal::reason).isEqualTo(Reason.INVALID);
    ask(small, new Management.CreateAddress("d", true, false));
    assertThat(told.get(5).refusal()).extracting(Refusal::reason).isEqualTo(Reason.LIMIT_REACHED);
  }

  @Test
  void aHandOverEndsWhatIsUnderWay() {
    done(queue("q"));
    peer.send(peer.producer("q"), "one");
    broker.sessions.manage(
        new Management.PurgeQueue("q"), output -> told.add((Output.Managed) output));
    Refusal refusal = new Refusal(Reason.HANDING_OVER, "handing over");
    broker.sessions.handOver(refusal, broker.now());
    broker.sessions.manage(queue("r"), output -> told.add((Output.Managed) output));
    broker.commit();
    assertThat(told.subList(1, 3))
        .containsExactly(new Output.Managed(refusal, 0), new Output.Managed(refusal, 0));
  }
}
