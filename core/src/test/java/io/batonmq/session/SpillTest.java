package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages that are not durable, more of them than memory has room for: the log has the bytes of the rest, and
/// nobody but this node knows of them.
class SpillTest {
  private static final int MEMORY = 10_000;
  private static final int MANY = 50;

  private TestBroker broker = new TestBroker(TestSettings.memory(MEMORY));
  private TestPeer peer = broker.connect();

  private static String body(int number) {
    return number + "x".repeat(1_000);
  }

  private static Message message(int number) {
    return TestPeer.message(body(number), false, 4, 0, new Identity.Sequenced("p", number));
  }

  private List<String> send(int producer, long transaction) {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      long delivery = peer.send(producer, message(i), transaction);
      assertThat(peer.accepted(delivery)).as("message " + i).isTrue();
      bodies.add(body(i));
    }
    return bodies;
  }

  private int producer() {
    return peer.producer("orders");
  }

  private void consumes(List<String> bodies) {
    int consumer = peer.consumer("orders", 2 * MANY);
    assertThat(peer.bodies(consumer)).isEqualTo(bodies);
    for (int i = 0; i < bodies.size(); i++) {
      peer.accept(consumer, i);
    }
    nothingIsLeft();
  }

  private void nothingIsLeft() {
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.sessions.bodyBytes()).isLessThan(2 * MEMORY);
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
    assertThat(broker.stat("orders").messageCount()).isZero();
  }

  @Test
  void noneIsRefusedAndAllComeOutInOrder() {
    List<String> bodies = send(producer(), 0);
    assertThat(broker.sessions.bodyBytes()).isLessThan(2 * MEMORY);
    assertThat(StateBytes.extents(broker.state)).isNotEmpty();
    // What is not durable was in no state, and is not now.
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
    consumes(bodies);
  }

  @Test
  void oneThatComesAgainIsRecognised() {
    int producer = producer();
    List<String> bodies = send(producer, 0);
    assertThat(peer.accepted(peer.send(producer, message(MANY - 1), 0))).isTrue();
    assertThat(broker.sessions.resends()).isEqualTo(1);
    consumes(bodies);
  }

  @Test
  void aTakeOverEndsThemAndNothingIsRememberedOfThem() {
    send(producer(), 0);
    broker = broker.takeOver();
    peer = broker.connect();
    int producer = producer();
    nothingIsLeft();
    // It was lost, so it is new.
    assertThat(peer.accepted(peer.send(producer, message(MANY - 1), 0))).isTrue();
    assertThat(broker.sessions.resends()).isZero();
    consumes(List.of(body(MANY - 1)));
  }

  @Test
  void inATransactionTheyAreRefusedWhenMemoryIsFull() {
    send(producer(), 0);
    int producer = producer();
    long transaction = peer.begin();
    long delivery = peer.send(producer, message(MANY), transaction);
    assertThat(peer.refused(delivery)).isEqualTo(Reason.LIMIT_REACHED);
  }
}
