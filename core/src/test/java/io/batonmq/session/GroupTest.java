package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.QueueSettings;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.queue.Disposition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Message groups: who gets their messages, and what must not overtake what.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupTest {
  /// More than is looked at in some turns, and what one turn may look at; see `Looks`.
  private static final int DEEP = 40_000;

  private static final int TURN = 2_000;

  private TestBroker broker = new TestBroker();
  private TestPeer peer = broker.connect();

  private void groups(int buckets, boolean rebalance, boolean pause, @Nullable String firstKey) {
    broker =
        new TestBroker(
            settings(
                new QueueSettings.Overrides(
                    null, null, buckets, rebalance, pause, firstKey, null, null)));
    peer = broker.connect();
  }

  private static BrokerSettings settings(QueueSettings.Overrides queues) {
    return TestSettings.rule(AddressSettings.Overrides.NONE.with(queues));
  }

  static Message message(String body, @Nullable String group, int sequence) {
    return message(body, group, sequence, 4);
  }

  static Message message(String body, @Nullable String group, int sequence, int priority) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new Message(Format.AMQP, true, priority, 0, null, group, sequence, bytes);
  }

  private void send(int producer, String body, @Nullable String group) {
    peer.send(producer, message(body, group, 0), 0);
  }

  private static List<String> firsts(TestPeer by, int link) {
    return by.delivered(link).stream()
        .filter(delivered -> delivered.groupFirst() != null)
        .map(delivered -> TestPeer.body(delivered.message()) + " " + delivered.groupFirst())
        .toList();
  }

  @Test
  void allOfAGroupGoToOneConsumerInOrderAndGroupsAreSpread() {
    int a = peer.consumer("q", 100);
    int b = peer.consumer("q", 100);
    int producer = peer.producer("q");
    for (int i = 0; i < 30; i++) {
      send(producer, (i % 4) + ":" + i, "g" + i % 4);
    }
    assertThat(peer.bodies(a)).hasSizeBetween(14, 16);
    assertThat(peer.bodies(b)).hasSizeBetween(14, 16);
    for (int link : new int[] {a, b}) {
      for (int group = 0; group < 4; group++) {
        String prefix = group + ":";
        List<Integer> numbers =
            peer.bodies(link).stream()
                .filter(body -> body.startsWith(prefix))
                .map(body -> Integer.valueOf(body.substring(2)))
                .toList();
        assertThat(numbers.size()).isIn(0, 7, 8);
        assertThat(numbers).isSorted();
      }
    }
    assertThat(broker.stat("q").groupCount()).isEqualTo(4);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatIsInNoGroupGoesToWhoeverIsThere() {
    int a = peer.consumer("q", 100);
    int b = peer.consumer("q", 100);
    int producer = peer.producer("q");
    send(producer, "g", "g");
    for (int i = 0; i < 10; i++) {
      send(producer, "n" + i, null);
    }
    assertThat(peer.bodies(a)).hasSizeBetween(5, 6);
    assertThat(peer.bodies(b)).hasSizeBetween(5, 6);
  }

  @Test
  void aGroupWhoseOwnerHasNoCreditDoesNotHoldUpOthers() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 1);
    send(producer, "g0", "g");
    int b = peer.consumer("q", 10);
    send(producer, "g1", "g");
    send(producer, "h0", "h");
    send(producer, "n", null);
    send(producer, "g2", "g");
    assertThat(peer.bodies(a)).containsExactly("g0");
    assertThat(peer.bodies(b)).containsExactly("h0", "n");
    peer.credit(a, 10);
    assertThat(peer.bodies(a)).containsExactly("g0", "g1", "g2");
  }

  @Test
  void passingOverAGroupTakesSoManyLooksInATurnAndNoMore() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 1);
    for (int i = 0; i < DEEP; i++) {
      send(producer, "g" + i, "g");
    }
    send(producer, "h", "h");
    int other = peer.consumer("other", 10);
    int toOther = peer.producer("other");
    int b = peer.consumer("q", 10);
    assertThat(peer.bodies(b)).isEmpty();
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(broker.nanos);
    send(toOther, "there", null);
    assertThat(peer.bodies(other)).containsExactly("there");
    int turns = 0;
    while (peer.bodies(b).isEmpty() && turns < DEEP) {
      broker.sessions.dispatch(broker.now());
      broker.settle();
      turns++;
    }
    // Commands and commits before it were turns too.
    assertThat(turns).isBetween(3, DEEP / TURN);
    assertThat(peer.bodies(b)).containsExactly("h");
    assertThat(peer.bodies(a)).containsExactly("g0");
  }

  @Test
  void aClosedGroupGoesOnWhenAllOfItIsSettled() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 2);
    peer.send(producer, message("g0", "g", 1), 0);
    peer.send(producer, message("g1", "g", -1), 0);
    int b = peer.consumer("q", 10);
    peer.send(producer, message("g2", "g", 1), 0);
    peer.send(producer, message("g3", "g", 2), 0);
    assertThat(peer.bodies(a)).containsExactly("g0", "g1");
    assertThat(peer.bodies(b)).isEmpty();
    peer.accept(a, 0);
    assertThat(peer.bodies(b)).isEmpty();
    peer.accept(a, 1);
    assertThat(peer.bodies(b)).containsExactly("g2", "g3");
    peer.credit(a, 10);
    peer.send(producer, message("g4", "g", 3), 0);
    assertThat(peer.bodies(b)).containsExactly("g2", "g3", "g4");
    assertThat(peer.bodies(a)).hasSize(2);
  }

  @Test
  void aClosedGroupIsForgotten() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 10);
    for (int i = 0; i < 5; i++) {
      peer.send(producer, message("m" + i, "g" + i, -1), 0);
    }
    assertThat(broker.stat("q").groupCount()).isEqualTo(5);
    peer.settle(a, 0, 4, Disposition.ACCEPTED, 0);
    assertThat(broker.stat("q").groupCount()).isZero();
  }

  @Test
  void theGroupsOfAConsumerThatLeavesAreGivenAwayInOrder() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 3);
    for (int i = 0; i < 3; i++) {
      send(producer, "g" + i, "g");
    }
    int b = peer.consumer("q", 10);
    send(producer, "g3", "g");
    send(producer, "g4", "g");
    peer.accept(a, 0);
    assertThat(peer.bodies(b)).isEmpty();
    peer.close(a);
    assertThat(peer.bodies(b)).containsExactly("g1", "g2", "g3", "g4");
    send(producer, "g5", "g");
    assertThat(peer.bodies(b)).endsWith("g5");
  }

  @Test
  void whatATransactionHasTakenIsNotOvertaken() {
    int producer = peer.producer("q");
    for (boolean commit : new boolean[] {true, false}) {
      int a = peer.consumer("q", 10);
      send(producer, "g0", "g");
      send(producer, "g1", "g");
      long transaction = peer.begin();
      peer.settle(a, 0, 0, Disposition.ACCEPTED, transaction);
      peer.close(a);
      int b = peer.consumer("q", 10);
      send(producer, "g2", "g");
      assertThat(peer.bodies(b)).isEmpty();
      peer.end(transaction, commit);
      assertThat(peer.bodies(b))
          .containsExactlyElementsOf(commit ? List.of("g1", "g2") : List.of("g0", "g1", "g2"));
      peer.settle(b, 0, 9, Disposition.ACCEPTED, 0);
      peer.close(b);
    }
  }

  @Test
  void whatItsOwnerGivesBackComesToItAgain() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 10);
    int b = peer.consumer("q", 10);
    for (int i = 0; i < 3; i++) {
      send(producer, "g" + i, "g");
    }
    int owner = peer.bodies(a).isEmpty() ? b : a;
    peer.settle(owner, 0, 1, Disposition.RELEASED, 0);
    assertThat(peer.bodies(owner)).containsExactly("g0", "g1", "g2", "g0", "g1");
    peer.settle(owner, 3, 3, Disposition.FAILED, 0);
    assertThat(peer.bodies(owner)).hasSize(6).endsWith("g0");
    assertThat(peer.bodies(owner == a ? b : a)).isEmpty();
  }

  @Test
  void aNewConsumerMakesAllGroupsFreeWhereTheyAreRebalanced() {
    groups(-1, true, false, null);
    int producer = peer.producer("q");
    int a = peer.consumer("q", 3);
    send(producer, "g0", "g");
    send(producer, "h0", "h");
    peer.accept(a, 1);
    int b = peer.consumer("q", 10);
    send(producer, "g1", "g");
    send(producer, "n", null);
    assertThat(peer.bodies(b)).doesNotContain("g1");
    peer.credit(a, 2);
    send(producer, "h1", "h");
    assertThat(peer.bodies(b)).contains("h1").doesNotContain("g1");
    peer.accept(a, 0);
    assertThat(peer.bodies(b)).contains("g1");
  }

  @Test
  void withoutRebalancingAGroupStaysWhereItIs() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 1);
    send(producer, "g0", "g");
    peer.accept(a, 0);
    int b = peer.consumer("q", 10);
    send(producer, "g1", "g");
    assertThat(peer.bodies(b)).isEmpty();
    peer.credit(a, 2);
    assertThat(peer.bodies(a)).containsExactly("g0", "g1");
  }

  @Test
  void aPauseLastsUntilEverythingIsSettled() {
    groups(-1, true, true, null);
    int producer = peer.producer("q");
    int a = peer.consumer("q", 10);
    send(producer, "g0", "g");
    send(producer, "h0", "h");
    int b = peer.consumer("q", 10);
    send(producer, "n", null);
    peer.accept(a, 0);
    assertThat(peer.bodies(b)).isEmpty();
    assertThat(peer.bodies(a)).containsExactly("g0", "h0");
    peer.drain(b, 10);
    assertThat(peer.heard(Output.Drained.class)).hasSize(1);
    peer.accept(a, 1);
    List<String> all = new ArrayList<>(peer.bodies(a));
    all.addAll(peer.bodies(b));
    assertThat(all).containsExactly("g0", "h0", "n");
  }

  @Test
  void groupsInOneBucketAreOne() {
    groups(1, false, false, null);
    int producer = peer.producer("q");
    int a = peer.consumer("q", 10);
    int b = peer.consumer("q", 10);
    for (int i = 0; i < 6; i++) {
      send(producer, "m" + i, "g" + i);
    }
    assertThat(peer.bodies(peer.bodies(a).isEmpty() ? b : a)).hasSize(6);
    assertThat(broker.stat("q").groupCount()).isEqualTo(1);
  }

  @Test
  void withoutBucketsGroupsMeanNothing() {
    groups(0, false, false, "first");
    int producer = peer.producer("q");
    int a = peer.consumer("q", 10);
    int b = peer.consumer("q", 10);
    for (int i = 0; i < 6; i++) {
      send(producer, "m" + i, "g");
    }
    assertThat(peer.bodies(a)).hasSize(3);
    assertThat(peer.bodies(b)).hasSize(3);
    assertThat(firsts(peer, a)).isEmpty();
  }

  @Test
  void theFirstMessageForAnOwnerIsMarked() {
    groups(-1, false, false, "first");
    int producer = peer.producer("q");
    int a = peer.consumer("q", 10);
    send(producer, "g0", "g");
    send(producer, "g1", "g");
    send(producer, "n", null);
    send(producer, "h0", "h");
    assertThat(firsts(peer, a)).containsExactly("g0 first", "h0 first");
    int b = peer.consumer("q", 10);
    peer.settle(a, 0, 3, Disposition.ACCEPTED, 0);
    peer.close(a);
    send(producer, "g2", "g");
    send(producer, "g3", "g");
    assertThat(firsts(peer, b)).containsExactly("g2 first");
  }

  @Test
  void consumersWithSelectorsHaveGroupsToo() {
    int producer = peer.producer("q");
    int a = peer.consumer(new Source("q", new Source.Kind.Queue(), false, "n < 3", false));
    peer.credit(a, 10);
    send(producer, "n=0", "g");
    int b = peer.consumer("q", 10);
    send(producer, "n=1", "g");
    send(producer, "n=3", "g");
    send(producer, "n=2", "g");
    send(producer, "n=4", "h");
    assertThat(peer.bodies(a)).containsExactly("n=0", "n=1", "n=2");
    assertThat(peer.bodies(b)).containsExactly("n=4");
    peer.settle(a, 0, 2, Disposition.ACCEPTED, 0);
    peer.close(a);
    assertThat(peer.bodies(b)).containsExactly("n=4", "n=3");
  }

  @Test
  void whatItsOwnerDoesNotWantIsForTheNextOne() {
    int producer = peer.producer("q");
    int a = peer.consumer(new Source("q", new Source.Kind.Queue(), false, "n < 3", false));
    peer.credit(a, 10);
    send(producer, "n=0", "g");
    int b = peer.consumer("q", 10);
    send(producer, "n=5", "g");
    send(producer, "n=1", "g");
    peer.send(producer, message("n=2", "g", -1), 0);
    assertThat(peer.bodies(a)).containsExactly("n=0", "n=1", "n=2");
    assertThat(peer.bodies(b)).isEmpty();
    peer.settle(a, 0, 2, Disposition.ACCEPTED, 0);
    assertThat(peer.bodies(b)).containsExactly("n=5");
  }

  @Test
  void higherPrioritiesOfAGroupComeFirstAndStayWithIt() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 1);
    send(producer, "g0", "g");
    int b = peer.consumer("q", 10);
    for (int priority : new int[] {4, 9, 1}) {
      peer.send(producer, message("p" + priority, "g", 0, priority), 0);
    }
    assertThat(peer.bodies(b)).isEmpty();
    peer.accept(a, 0);
    peer.close(a);
    assertThat(peer.bodies(b)).containsExactly("p9", "p4", "p1");
  }

  @Test
  void ownersAreForgottenWhereTheyTakeTooMuchMemoryAndNothingIsOvertaken() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 1);
    send(producer, "g0", "g");
    peer.accept(a, 0);
    int b = peer.consumer("q", 1_000_000);
    send(producer, "g1", "g");
    send(producer, "g2", "g");
    assertThat(peer.bodies(b)).isEmpty();
    String tail = "x".repeat(1_000);
    int most = 0;
    for (int i = 0; i < 8_000; i++) {
      send(producer, "m", i + tail);
      peer.accept(b, i);
      most = Math.max(most, broker.stat("q").groupCount());
      if (i % 500 == 0 && peer.bodies(b).contains("g1")) {
        break;
      }
    }
    assertThat(most).isBetween(5_000, 7_500);
    send(producer, "g3", "g");
    assertThat(peer.bodies(b).stream().filter(body -> body.startsWith("g")))
        .containsExactly("g1", "g2", "g3");
  }

  @Test
  void withoutConsumersNothingIsRemembered() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 10);
    send(producer, "g0", "g");
    send(producer, "h0", "h");
    peer.accept(a, 0);
    peer.close(a);
    assertThat(broker.stat("q").groupCount()).isZero();
    int b = peer.consumer("q", 10);
    assertThat(peer.bodies(b)).containsExactly("h0");
    broker.sessions.manage(new Management.DeleteQueue("q", true, false), _ -> {});
    broker.rest();
    assertThat(broker.sessions.queueStats()).isEmpty();
  }

  @Test
  void afterATakeOverOwnersAreFoundAfresh() {
    int producer = peer.producer("q");
    int a = peer.consumer("q", 2);
    for (int i = 0; i < 4; i++) {
      send(producer, "g" + i, "g");
    }
    peer.accept(a, 0);
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int b = again.consumer("q", 1);
    int c = again.consumer("q", 10);
    assertThat(again.bodies(b)).containsExactly("g1");
    assertThat(again.bodies(c)).isEmpty();
    again.credit(b, 10);
    assertThat(again.bodies(b)).containsExactly("g1", "g2", "g3");
  }

  @Test
  void bodiesThatAreNotInMemoryAreReadAndTheOrderStays() {
    broker = new TestBroker(TestSettings.snapshots(64L << 20, 2_000));
    peer = broker.connect();
    int producer = peer.producer("q");
    for (int i = 0; i < 1_000; i++) {
      send(producer, (i % 5) + ":" + i, "g" + i % 5);
    }
    int a = peer.consumer("q", 2);
    broker.rest();
    int b = peer.consumer("q", 2);
    broker.rest();
    int c = peer.consumer("q", 1_000);
    broker.rest();
    peer.credit(b, 1_000);
    broker.rest();
    peer.credit(a, 1_000);
    broker.rest();
    List<String> all = new ArrayList<>();
    for (int link : new int[] {a, b, c}) {
      List<String> bodies = peer.bodies(link);
      all.addAll(bodies);
      for (int group = 0; group < 5; group++) {
        String prefix = group + ":";
        List<Integer> numbers =
            bodies.stream()
                .filter(body -> body.startsWith(prefix))
                .map(body -> Integer.valueOf(body.substring(2)))
                .toList();
        assertThat(numbers.size()).isIn(0, 200);
        assertThat(numbers).isSorted();
      }
    }
    assertThat(all).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(peer.bodies(c)).hasSize(200);
    assertThat(broker.loadCount).isGreaterThan(500);
  }
}
