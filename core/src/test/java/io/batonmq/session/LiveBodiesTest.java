package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Events;
import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.log.LiveBodies;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Every record whose body somebody may yet ask for is told of: what is not may be thrown away.
class LiveBodiesTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();

  private Map<String, Integer> live() {
    return live(broker.state.freeze().bodies().orElseThrow());
  }

  /// Bodies, and how often each is told of.
  private Map<String, Integer> live(LiveBodies bodies) {
    Map<String, Integer> live = new TreeMap<>();
    boolean more;
    do {
      more =
          bodies.next((position, size) -> {
            var record = broker.log.at(position);
            assertThat(record.end() - record.position()).isEqualTo(size);
            live.merge(TestPeer.body(Events.message(record.buffer())), 1, Integer::sum);
          });
    } while (more);
    return live;
  }

  @Test
  void whatIsInAQueueAndWhatIsOut() {
    int producer = peer.producer("orders");
    for (int i = 0; i < 5; i++) {
      peer.send(producer, "m" + i);
    }
    peer.send(producer, TestPeer.message("in memory only", false, 4, 0, null), 0);
    int consumer = peer.consumer("orders", 3);
    peer.accept(consumer, 0);
    assertThat(live()).containsOnlyKeys("m1", "m2", "m3", "m4");
  }

  @Test
  void whatWasSentInATransactionThatIsOpen() {
    int producer = peer.producer("orders");
    long transaction = peer.begin();
    for (int i = 0; i < 1_000; i++) {
      peer.send(producer, TestPeer.message("t" + i), transaction);
    }
    assertThat(live()).hasSize(1_000);
    peer.end(transaction, false);
    assertThat(live()).isEmpty();
  }

  @Test
  void whatAPreparedTransactionHasSentAndTaken() {
    int producer = peer.producer("orders");
    peer.send(producer, "taken");
    int consumer = peer.consumer("orders", 10);
    Xid xid = new Xid(1, new byte[] {1}, new byte[] {2});
    long transaction = peer.begin(xid);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    peer.send(producer, TestPeer.message("sent"), transaction);
    peer.end(xid, Command.Step.PREPARE);
    TestBroker next = broker.takeOver();
    assertThat(live(next.state.freeze().bodies().orElseThrow())).containsOnlyKeys("taken", "sent");
    assertThat(StateBytes.extents(next.state)).hasSize(1);
    next.connect().end(xid, Command.Step.COMMIT);
    assertThat(live(next.state.freeze().bodies().orElseThrow())).containsOnlyKeys("sent");
  }

  @Test
  void whatOnlyAFleetingSubscriptionStillNeeds() {
    var durable =
        new Source("news", new Source.Kind.Subscription("s", "c", false, true), false, null, false);
    int lasting = peer.consumer(durable);
    peer.credit(lasting, 10);
    int fleeting =
        peer.consumer(new Source("news", new Source.Kind.Volatile(), false, null, false));
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    peer.send(producer, "1");
    assertThat(live()).isEqualTo(Map.of("1", 2));
    peer.accept(lasting, 0);
    assertThat(live()).isEqualTo(Map.of("1", 1));
    peer.close(fleeting);
    assertThat(live()).isEmpty();
  }

  @Test
  void itIsOfTheMomentWhenItWasFrozen() {
    int producer = peer.producer("orders");
    peer.send(producer, "before");
    var frozen = broker.state.freeze();
    peer.send(producer, "after");
    int consumer = peer.consumer("orders", 10);
    peer.accept(consumer, 0);
    assertThat(live(frozen.bodies().orElseThrow())).containsOnlyKeys("before");
    assertThat(live()).containsOnlyKeys("after");
  }
}
