package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Divert;
import io.batonmq.broker.Divert.Kind;
import io.batonmq.broker.StateBytes;
import io.batonmq.message.AddressPattern;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Brokers with diverts between the addresses `a`, `b`, `c` and `d`, and what is in the queues there.
final class TestDiverts {
  private TestDiverts() {}

  static Divert divert(
      String from, String to, boolean exclusive, @Nullable String filter, Kind kind) {
    String name = from + ">" + to;
    return new Divert(name, new AddressPattern(from), to, name, exclusive, filter, kind);
  }

  static Divert copy(String from, String to) {
    return divert(from, to, false, null, Kind.STRIP);
  }

  static Divert only(String from, String to) {
    return divert(from, to, true, null, Kind.STRIP);
  }

  static TestBroker broker(Divert... diverts) {
    return new TestBroker(BrokerSettings.DEFAULTS.withDiverts(List.of(diverts)));
  }

  static long count(TestBroker broker, String queue) {
    return broker.sessions.queueStats().stream()
        .filter(stat -> stat.name().equals(queue))
        .mapToLong(QueueStat::messageCount)
        .sum();
  }

  /// What is in the queues `a`, `b`, `c` and `d`.
  static List<Long> counts(TestBroker broker) {
    return List.of(count(broker, "a"), count(broker, "b"), count(broker, "c"), count(broker, "d"));
  }

  static void sent(TestPeer peer, int producer, String body) {
    assertThat(peer.accepted(peer.send(producer, body))).as(body).isTrue();
  }

  static List<Output.@Nullable Origin> origins(TestPeer peer, int link) {
    List<Output.@Nullable Origin> origins = new ArrayList<>();
    peer.delivered(link).forEach(delivered -> origins.add(delivered.origin()));
    return origins;
  }

  static void drain(TestBroker broker, String... queues) {
    TestPeer peer = broker.connect();
    for (String queue : queues) {
      int consumer = peer.consumer(queue, 100);
      int many = peer.delivered(consumer).size();
      if (many > 0) {
        peer.settle(consumer, 0, many - 1, Disposition.ACCEPTED, 0);
      }
      peer.close(consumer);
    }
  }

  /// Nothing holds a body or the name of a place, and each node comes to the same.
  static void nothingIsLeft(TestBroker broker) {
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.state.origins().place(1)).isNull();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }
}
