package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.OwnQueues;
import io.batonmq.broker.Redelivery;
import io.batonmq.broker.StateBytes;
import io.batonmq.log.SnapshotContent;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.Identity;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Everything at once, from a seed: sends in and out of transactions, every disposition, lost
/// connections, expiry, dead letters, snapshots, and nodes that are lost with a part of their log.
class WorkloadTest {
  /// Every other seed waits after failures, and every third has own queues at its dead ends.
  private static BrokerSettings settings(long seed) {
    var overrides =
        new AddressSettings.Overrides(
            "DLQ", "Expired", 3, null, null, null, null, null, null, null);
    if (seed % 2 == 0) {
      overrides = overrides.with(new Redelivery.Overrides(100L, 2.0, 0.5, 1_000L));
    }
    if (seed % 3 == 0) {
      var own = new OwnQueues.Overrides(true, null, null);
      overrides = overrides.with(own, own);
    }
    return new BrokerSettings(
        DeliveryTest.limits(600, 50),
        List.of(new AddressSettings.Rule(new AddressPattern("#"), overrides)),
        List.of(),
        600_000_000_000L,
        100_000_000L,
        4_096);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theStateIsTheFoldOfItsEventsAndNothingIsLost(long seed) {
    new Workload(seed).run();
  }

  private static final class Workload {
    final long seed;
    final Random random;
    TestBroker broker;
    final List<Peer> peers = new ArrayList<>();
    int lastBody;
    int heard;

    /// Bodies whose sending was answered: they must be somewhere until somebody takes them.
    final Set<String> confirmed = new HashSet<>();

    /// Bodies that somebody said were taken, whether or not that was heard.
    final Set<String> taken = new HashSet<>();

    /// Bodies of which it was confirmed that they were taken: nobody may see them again.
    final Set<String> takenForGood = new HashSet<>();

    final Set<String> seen = new HashSet<>();

    /// Bodies with an expiry.
    final Set<String> mortal = new HashSet<>();

    Workload(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.broker = new TestBroker(settings(seed));
    }

    void run() {
      for (int step = 0; step < 400; step++) {
        step();
        if (step % 40 == 0) {
          check();
        }
      }
      broker.holdCommits = false;
      broker.holdLoads = false;
      broker.settle();
      listen();
      check();
      end();
    }

    void step() {
      int dice = random.nextInt(100);
      if (peers.isEmpty() || dice < 3) {
        if (peers.size() < 6) {
          peers.add(new Peer(this));
        }
      } else if (dice < 4) {
        lose();
      } else if (dice < 6) {
        Peer peer = any();
        peer.peer.disconnect(random.nextBoolean());
        listen();
        peers.remove(peer);
      } else if (dice < 10) {
        broker.pass(random.nextInt(200));
      } else if (dice < 16) {
        broker.holdCommits = !broker.holdCommits;
        broker.settle();
      } else if (dice < 20) {
        broker.holdLoads = !broker.holdLoads;
        broker.settle();
      } else if (dice < 24 && broker.holdCommits) {
        var records = broker.log.records();
        broker.log.commit(records.get(random.nextInt(records.size())).end());
        broker.sessions.committed(broker.log.committed(), broker.now());
      } else {
        any().act();
      }
      listen();
    }

    /// Takes note of what was heard since the last time, in the order in which it left.
    void listen() {
      for (; heard < broker.emissions.size(); heard++) {
        TestBroker.Emission emission = broker.emissions.get(heard);
        for (Peer peer : peers) {
          if (peer.peer == emission.peer()) {
            peer.hear(emission.output());
          }
        }
      }
    }

    Peer any() {
      return peers.get(random.nextInt(peers.size()));
    }

    /// The node is lost, with whatever was not committed.
    void lose() {
      broker = broker.takeOver();
      heard = 0;
      peers.clear();
    }

    void check() {
      assertThat(broker.bytes()).as("seed " + seed).isEqualTo(broker.foldedBytes());
      restoreFromSnapshots();
    }

    void restoreFromSnapshots() {
      for (SnapshotContent content : broker.snapshots) {
        BrokerState restored = BrokerState.restore(StateBytes.blocks(content).iterator());
        assertThat(StateBytes.of(restored)).as("seed " + seed).isEqualTo(StateBytes.of(content));
        BrokerState inParts = BrokerState.restore(StateBytes.inParts(content).iterator());
        assertThat(StateBytes.of(inParts)).as("seed " + seed).isEqualTo(StateBytes.of(content));
        broker.log.records().stream()
            .filter(record -> record.position() >= content.position())
            .forEach(record ->
                restored.apply(record.position(), record.end(), record.type(), record.buffer()));
        assertThat(StateBytes.of(restored)).as("seed " + seed).isEqualTo(broker.bytes());
        BrokerState folded = new BrokerState();
        broker
            .log
            .records()
            .forEach(r -> folded.apply(r.position(), r.end(), r.type(), r.buffer()));
        assertThat(StateBytes.extents(restored)).isEqualTo(StateBytes.extents(folded));
        broker.sessions.snapshotWritten("s", 1, content.position(), 1_000, broker.now());
      }
      broker.snapshots.clear();
      broker.settle();
    }

    /// Takes everything that is left, from a node that knows only what was committed.
    void end() {
      TestBroker last = broker.takeOver();
      TestPeer peer = last.connect();
      Map<String, Integer> found = new HashMap<>();
      for (int round = 0;
          last.sessions.queueStats().stream().anyMatch(stat -> stat.messageCount() > 0);
          round++) {
        assertThat(round).as("seed " + seed + ": messages that cannot be had").isLessThan(100);
        for (QueueStat stat : last.sessions.queueStats()) {
          int link = peer.consumer(stat.address() + "::" + stat.name());
          peer.credit(link, 100_000);
          for (int i = 0; i < peer.delivered(link).size(); i++) {
            Output.Delivered delivered = peer.delivered(link).get(i);
            marked(delivered);
            onTime(delivered, last);
            found.merge(stat.routingType() + TestPeer.body(delivered.message()), 1, Integer::sum);
            peer.accept(link, i);
          }
          peer.close(link);
        }
        last.pass(300);
      }
      found.forEach(
          (body, times) -> assertThat(times).as("seed " + seed + ": " + body).isEqualTo(1));
      Set<String> bodies = new HashSet<>();
      found.keySet().forEach(key -> bodies.add(key.substring(RoutingType.ANYCAST.name().length())));
      for (String body : confirmed) {
        assertThat(bodies.contains(body) || taken.contains(body))
            .as("seed " + seed + ": confirmed and lost: " + body)
            .isTrue();
      }
      for (String body : takenForGood) {
        assertThat(bodies).as("seed " + seed).doesNotContain(body);
      }
      // Nothing is left, so nothing of the log is live.
      assertThat(StateBytes.extents(last.state)).as("seed " + seed).isEmpty();
    }

    /// Nothing is seen before its time, by the clock of the node or, if that is ahead, of one before it; unless
    /// it expired while it waited.
    void onTime(Output.Delivered delivered, TestBroker by) {
      if (delivered.origin() != null && mortal.contains(TestPeer.body(delivered.message()))) {
        return;
      }
      assertThat(delivered.message().deliveryMillis())
          .as("seed " + seed + ": too early")
          .isLessThanOrEqualTo(Math.max(by.wall, by.state.wallMillis()));
    }

    void marked(Output.Delivered delivered) {
      String body = TestPeer.body(delivered.message());
      if (body.startsWith("m")
          && delivered.message().durable()
          && delivered.origin() == null
          && !seen.add(body)) {
        assertThat(delivered.firstAcquirer() && delivered.deliveryCount() == 0)
            .as("seed " + seed + ": delivered again without saying so: " + body)
            .isFalse();
      }
    }
  }

  private static final class Peer {
    private static final String[] QUEUES = {"a", "b", "c.d"};

    final Workload workload;
    final TestPeer peer;
    final String producerName;
    final Map<String, Integer> producers = new HashMap<>();
    final List<Integer> consumers = new ArrayList<>();
    final Map<Long, List<String>> sentIn = new HashMap<>();
    final Map<Long, List<String>> takenIn = new HashMap<>();
    final Map<Long, Long> ending = new HashMap<>();
    final Map<Long, String> sent = new HashMap<>();
    final Map<String, String> settling = new HashMap<>();
    final List<Long> open = new ArrayList<>();
    final List<Output.Delivered> outstanding = new ArrayList<>();
    long sequence;

    Peer(Workload workload) {
      this.workload = workload;
      this.peer = workload.broker.connect();
      this.producerName = "p" + peer.connection + "-" + workload.broker.state.epoch();
    }

    void act() {
      Random random = workload.random;
      int dice = random.nextInt(100);
      if (dice < 45) {
        send();
      } else if (dice < 55 && consumers.size() < 3) {
        consumers.add(peer.consumer(QUEUES[random.nextInt(QUEUES.length)]));
      } else if (dice < 66 && !consumers.isEmpty()) {
        int link = consumers.get(random.nextInt(consumers.size()));
        long limit = peer.delivered(link).size() + random.nextInt(10);
        if (random.nextInt(4) == 0) {
          peer.drain(link, limit);
        } else {
          peer.credit(link, limit);
        }
      } else if (dice < 85 && !outstanding.isEmpty()) {
        settle();
      } else if (dice < 88) {
        if (open.size() < 2) {
          peer.broker.on(new Command.Begin(peer.connection, 1_000_000 + random.nextInt(1_000_000)));
        }
      } else if (dice < 94 && !open.isEmpty()) {
        long transaction = open.remove(random.nextInt(open.size()));
        boolean commit = random.nextInt(3) > 0;
        long request = random.nextLong();
        if (commit) {
          ending.put(request, transaction);
          workload.taken.addAll(takenIn.getOrDefault(transaction, List.of()));
        }
        peer.broker.on(new Command.End(peer.connection, request, transaction, commit));
      } else if (dice < 97 && !consumers.isEmpty()) {
        int link = consumers.remove(random.nextInt(consumers.size()));
        outstanding.removeIf(delivered -> delivered.link() == link);
        peer.close(link);
      } else if (dice < 99) {
        consumers.add(
            peer.consumer(new Source("topic", new Source.Kind.Volatile(), false, null, false)));
      } else if (workload.random.nextInt(3) == 0) {
        consumers.add(
            peer.consumer(
                new Source(
                    "topic",
                    new Source.Kind.Subscription("s", "", true, true),
                    false,
                    null,
                    false)));
      }
    }

    void send() {
      Random random = workload.random;
      boolean topic = random.nextInt(8) == 0;
      String address = topic ? "topic" : QUEUES[random.nextInt(QUEUES.length)];
      RoutingType routing = topic ? RoutingType.MULTICAST : RoutingType.ANYCAST;
      Integer link = producers.get(address);
      if (link == null) {
        link = peer.producer(address, routing, producerName);
        producers.put(address, link);
      }
      String body = (topic ? "t" : "m") + ++workload.lastBody + "x".repeat(random.nextInt(200));
      boolean durable = random.nextInt(5) > 0;
      long transaction =
          open.isEmpty() || random.nextBoolean() ? 0 : open.get(random.nextInt(open.size()));
      long expiry = random.nextInt(6) == 0 ? workload.broker.wall + random.nextInt(1_000) : 0;
      if (expiry != 0) {
        workload.mortal.add(body);
      }
      Identity identity =
          random.nextBoolean() ? new Identity.Sequenced(producerName, ++sequence) : null;
      var message = TestPeer.message(body, durable, random.nextInt(3) + 3, expiry, identity);
      if (random.nextInt(4) == 0) {
        message = message.deliveredFrom(workload.broker.wall - 100 + random.nextInt(1_000));
      }
      long delivery = peer.send(link, message, transaction);
      if (durable && !topic) {
        if (transaction == 0) {
          sent.put(delivery, body);
        } else {
          sentIn.computeIfAbsent(transaction, _ -> new ArrayList<>()).add(body);
        }
      }
      if (identity != null && random.nextInt(4) == 0) {
        peer.send(link, message, 0);
      }
    }

    void settle() {
      Random random = workload.random;
      Output.Delivered delivered = outstanding.remove(random.nextInt(outstanding.size()));
      String body = TestPeer.body(delivered.message());
      Disposition disposition =
          random.nextInt(3) > 0
              ? Disposition.ACCEPTED
              : Disposition.values()[random.nextInt(Disposition.values().length)];
      long transaction =
          open.isEmpty() || random.nextBoolean() ? 0 : open.get(random.nextInt(open.size()));
      boolean answer = random.nextBoolean();
      if (disposition == Disposition.ACCEPTED && body.startsWith("m")) {
        if (transaction != 0) {
          takenIn.computeIfAbsent(transaction, _ -> new ArrayList<>()).add(body);
        } else {
          workload.taken.add(body);
          settling.put(delivered.link() + "/" + delivered.delivery(), body);
        }
      }
      peer.broker.on(
          new Command.Settle(
              peer.connection,
              delivered.link(),
              delivered.delivery(),
              delivered.delivery(),
              disposition,
              transaction,
              answer));
    }

    void hear(Output output) {
      switch (output) {
        case Output.Sent(int _, long delivery, var refusal) -> {
          String body = sent.remove(delivery);
          if (body != null && refusal == null) {
            workload.confirmed.add(body);
          }
        }
        case Output.Delivered delivered -> {
          workload.marked(delivered);
          workload.onTime(delivered, workload.broker);
          assertThat(workload.takenForGood)
              .as("seed " + workload.seed)
              .doesNotContain(TestPeer.body(delivered.message()));
          if (consumers.contains(delivered.link())) {
            outstanding.add(delivered);
          }
        }
        case Output.Begun(long _, long transaction) -> open.add(transaction);
        case Output.Ended(long request, var refusal) -> {
          Long transaction = ending.remove(request);
          if (transaction != null && refusal == null) {
            workload.confirmed.addAll(sentIn.getOrDefault(transaction, List.of()));
            workload.takenForGood.addAll(takenIn.getOrDefault(transaction, List.of()));
          }
        }
        case Output.Settled(int link, long first, long _, var refusal) -> {
          String body = settling.remove(link + "/" + first);
          if (body != null && refusal == null) {
            workload.takenForGood.add(body);
          }
        }
        default -> {}
      }
    }
  }
}
