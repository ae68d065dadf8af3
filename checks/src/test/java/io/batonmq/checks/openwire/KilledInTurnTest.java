package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Three brokers of ActiveMQ's own file in one directory, with one name and one port, killed in turn under the load
/// of stock clients in five kinds.
class KilledInTurnTest {
  /// `-Dbaton.kills=30` is the long form: `scripts/long-checks`.
  private static final int KILLS = Integer.getInteger("baton.kills", 4);

  private static final long SEED = Long.getLong("baton.seed", 1);

  /// In which every client has to have come round again after a take-over, and so often.
  private static final Duration STUCK = Duration.ofSeconds(30);

  private static final int ROUNDS = 3;

  /// Take-overs lose the replies that are in temporary queues; more than these are lost by something else.
  private static final int UNANSWERED_EACH = 2;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void nothingIsLostOrThereTwiceAndNobodyIsStuck() throws Exception {
    int port = Ports.free();
    var store = stage.path("sharedFileSystem").resolve("sharedBrokerData");
    var brokers =
        stage.classic(
            3,
            port,
            store,
            """
            <broker xmlns="http://activemq.apache.org/schema/core" brokerName="broker">
              <persistenceAdapter>
                <kahaDB directory="%s"/>
              </persistenceAdapter>
              <transportConnectors>
                <transportConnector name="openwire" uri="tcp://0.0.0.0:%d"/>
              </transportConnectors>
            </broker>
            """
                .formatted(store, port));
    brokers.get(0).start().awaitActive();
    brokers.get(1).start().awaitStandby();
    brokers.get(2).start().awaitStandby();
    var load =
        stage.keep(
            new StockLoad(
                "failover:(tcp://127.0.0.1:%1$d,tcp://127.0.0.2:%1$d,tcp://127.0.0.3:%1$d)"
                    .formatted(port)));
    load.start();
    var random = new Random(SEED);
    var goingOn = new ArrayList<Long>();
    var master = brokers.getFirst();
    allGoOn(load, load.steps());
    for (int kill = 1; kill <= KILLS; kill++) {
      // Somewhere in what they are doing.
      long until = sum(load) + random.nextInt(2_000);
      Until.holds("they go on", () -> sum(load) >= until);
      var before = load.steps();
      master.kill();
      long killed = System.nanoTime();
      var next = awaitMaster(brokers, master);
      long answered = millisSince(killed);
      allGoOn(load, before);
      goingOn.add(millisSince(killed));
      System.out.printf(
          "kill %d of %s: %s is master after_ms=%d all_clients_go_on_after_ms=%d%n",
          kill, master.name(), next.name(), answered, goingOn.getLast());
      master.start().awaitStandby();
      master = next;
    }

    var reckoning = load.finish(master, "ActiveMQ.DLQ");
    Collections.sort(goingOn);
    System.out.printf(
        "kills=%d seed=%d go_on_ms median=%d worst=%d%n%s%n",
        KILLS, SEED, goingOn.get(goingOn.size() / 2), goingOn.getLast(), reckoning);
    reckoning.verify();
    assertThat(load.unanswered.get()).isLessThanOrEqualTo(KILLS * UNANSWERED_EACH);
    for (var broker : brokers) {
      assertThat(broker.stop()).isZero();
    }
    assertThat(LogVerify.verify(DiskStorage.open(store)).damages()).isEmpty();
  }

  private static long sum(StockLoad load) {
    return load.steps().values().stream().mapToLong(Long::longValue).sum();
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private static void allGoOn(StockLoad load, Map<String, Long> before) {
    Until.holds(
        () -> "stuck: " + load.behind(before, ROUNDS) + "; " + load.seen.account(),
        STUCK,
        () -> load.behind(before, ROUNDS).isEmpty());
  }

  private static Broker awaitMaster(List<Broker> brokers, Broker but) {
    var found = new ArrayList<Broker>();
    Until.holds(
        "another is master",
        () ->
            brokers.stream()
                .filter(it -> it != but && it.running() && it.role().equals("active"))
                .findFirst()
                .map(found::add)
                .orElse(false));
    return found.getFirst().awaitActive();
  }
}
