package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Event;
import io.batonmq.broker.Events;
import io.batonmq.broker.StateBytes;
import io.batonmq.log.SnapshotContent;
import io.batonmq.queue.Disposition;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private final TestBroker broker = new TestBroker(TestSettings.snapshots(100_000, 1_000));
  private final TestPeer peer = broker.connect();
  private final int producer = peer.producer("orders");

  private SnapshotContent snapshot() {
    while (broker.snapshots.isEmpty()) {
      peer.send(producer, "x".repeat(10_000));
      broker.pass(1_000);
    }
    return broker.snapshots.getLast();
  }

  @Test
  void aSnapshotIsAskedForWhenTheLogHasGrownAndOnlyOneAtATime() {
    SnapshotContent content = snapshot();
    for (int i = 0; i < 50; i++) {
      peer.send(producer, "x".repeat(10_000));
      broker.pass(1_000);
    }
    assertThat(broker.snapshots).hasSize(1);
    broker.sessions.snapshotWritten("one", 7, content.position(), 1_000, broker.now());
    broker.settle();
    broker.pass(1_000);
    assertThat(broker.snapshots).hasSize(2);
    assertThat(broker.state.snapshot().name()).isEqualTo("one");
  }

  @Test
  void aSnapshotThatFailedIsTriedAgainLater() {
    snapshot();
    broker.sessions.snapshotFailed(broker.now());
    broker.pass(1_000);
    assertThat(broker.snapshots).hasSize(1);
    for (int i = 0; i < 12; i++) {
      peer.send(producer, "x".repeat(10_000));
    }
    broker.pass(1_000);
    assertThat(broker.snapshots).hasSize(2);
  }

  @Test
  void spaceIsGivenBackOnlyWhenAllThatItRestsOnIsCommitted() {
    int consumer = peer.consumer("orders", 1_000);
    SnapshotContent content = snapshot();
    int messages = peer.delivered(consumer).size();
    broker.holdCommits = true;
    broker.sessions.snapshotWritten("one", 7, content.position(), 1_000, broker.now());
    // Taken, but not committed: a node that takes over now still has them, and needs their bodies.
    peer.settle(consumer, 0, messages, Disposition.ACCEPTED, 0);
    var records = broker.log.records();
    broker.log.commit(records.get(records.size() - 3).end());
    broker.sessions.committed(broker.log.committed(), broker.now());
    // The snapshot is not named by anything that is sure to survive.
    assertThat(broker.reclaims).isEmpty();
    broker.log.commit(records.get(records.size() - 2).end());
    broker.sessions.committed(broker.log.committed(), broker.now());

    assertThat(broker.reclaims).hasSize(1);
    TestBroker.Reclaim reclaim = broker.reclaims.getFirst();
    assertThat(reclaim.position()).isEqualTo(content.position());
    BrokerState next = new BrokerState();
    for (var record : records) {
      if (record.end() <= broker.log.committed()) {
        next.apply(record.position(), record.end(), record.type(), record.buffer());
      }
    }
    assertThat(next.queue("orders").messages().messageCount()).isEqualTo(messages);
    assertThat(reclaim.liveExtents()).contains(StateBytes.extents(next));
  }

  @Test
  void theOwnerGoesOnWhileASnapshotIsWritten() {
    SnapshotContent content = snapshot();
    byte[] before = StateBytes.of(content);
    int consumer = peer.consumer("orders", 1_000);
    peer.settle(consumer, 0, 5, Disposition.ACCEPTED, 0);
    peer.send(producer, "more");
    assertThat(StateBytes.of(content)).isEqualTo(before);
    assertThat(broker.bytes()).isNotEqualTo(before);
  }

  @Test
  void blocksAreBounded() {
    for (int i = 0; i < 60_000; i++) {
      broker.sessions.on(
          new Command.Send(peer.connection, producer, i, null, TestPeer.message("m"), 0, true),
          broker.now());
    }
    List<ByteBuffer> blocks = StateBytes.blocks(broker.state.freeze());
    assertThat(blocks.size()).isGreaterThan(1);
    assertThat(blocks).allMatch(block -> block.remaining() <= 1 << 20);
    BrokerState restored = BrokerState.restore(blocks.iterator());
    assertThat(restored.queue("orders").messages().messageCount()).isEqualTo(60_000);
  }

  @Test
  void aDamagedSnapshotIsAnErrorAndNothingElse() {
    peer.consumer("orders", 3);
    peer.begin();
    peer.send(producer, "one");
    byte[] bytes = StateBytes.of(snapshot());
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      byte[] damaged = bytes.clone();
      if (i % 2 == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(bytes.length));
      } else {
        damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        BrokerState.restore(List.of(ByteBuffer.wrap(damaged)).iterator());
      } catch (IllegalArgumentException | IllegalStateException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_500);
    assertThatThrownBy(() -> BrokerState.restore(List.<ByteBuffer>of().iterator()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRecordThatDoesNotFitStopsTheNode() {
    BrokerState state = new BrokerState();
    int delivered = Events.type(new Event.Delivered(9, new long[0]));
    ByteBuffer payload = ByteBuffer.wrap(new byte[] {(byte) Events.VERSION, 9, 0, 0});
    assertThatThrownBy(() -> state.apply(64, 100, delivered, payload))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("position 64")
        .hasMessageContaining("no queue 9");
  }
}
