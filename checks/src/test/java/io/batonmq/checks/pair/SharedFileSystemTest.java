package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.ha.ExitCode;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.node.ServerMain;
import io.batonmq.server.platform.DiskStorage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Shared file system master/slave as its page tells it: brokers that run one identical file, with one name and one
/// port, on one machine.
class SharedFileSystemTest {
  /// `-Dbaton.takeovers=30` is the long form: `scripts/long-checks`.
  private static final int TAKEOVERS = Integer.getInteger("baton.takeovers", 4);

  private static final int PROGRESS = 200;

  @RegisterExtension final Stage stage = new Stage();

  private int port;
  private Path store;

  @BeforeEach
  void place() {
    port = Ports.free();
    store = stage.path("sharedFileSystem").resolve("sharedBrokerData");
  }

  private List<Broker> brokers(int count, String attributes, String locker) {
    return stage.classic(
        count,
        port,
        store,
        """
        <beans>
          <broker xmlns="http://activemq.apache.org/schema/core" brokerName="shared" %s>
            <persistenceAdapter>
              <kahaDB directory="%s">%s</kahaDB>
            </persistenceAdapter>
            <transportConnectors>
              <transportConnector name="openwire" uri="tcp://127.0.0.1:%d"/>
            </transportConnectors>
          </broker>
        </beans>
        """
            .formatted(attributes, store, locker, port));
  }

  private String url(String options) {
    return "failover:(amqp://127.0.0.1:%d)?failover.maxReconnectDelay=500%s"
        .formatted(port, options);
  }

  /// As the stock ActiveMQ client connects.
  private Connection stockConnection() throws JMSException {
    var url = "failover:(tcp://127.0.0.1:%d)?maxReconnectDelay=500".formatted(port);
    return new ActiveMQConnectionFactory(url).createConnection();
  }

  @Test
  void theFirstIsMasterAndWhoeverOfTheOthersIsLeftTakesOver() throws Exception {
    var brokers = brokers(3, "", "");
    brokers.get(0).start().awaitActive();
    brokers.get(1).start().awaitStandby();
    brokers.get(2).start().awaitStandby();
    for (var slave : brokers.subList(1, 3)) {
      assertThat(slave.printed())
          .contains("Tried again when this node is to serve")
          .contains("Baton's own log")
          .doesNotContain("listener open name");
      slave.awaitPrinted("standby: following the log");
    }
    var ledger = new Ledger();
    var load = stage.keep(new Load(url(""), ledger));
    load.producer("plain").consumer("plain");
    load.transactedProducer("tx").transactedConsumer("tx");
    var stock = stage.keep(new Load(ledger, this::stockConnection));
    stock.producer("wire").consumer("wire");
    stock.transactedProducer("wiretx").transactedConsumer("wiretx");

    for (int i = 0; i < TAKEOVERS; i++) {
      awaitProgress(ledger);
      var master = master(brokers);
      master.kill();
      var next = awaitMaster(brokers, master);
      assertThat(next.printed()).contains("listener open name=openwire");
      // At any time a broker is started again, and joins as a slave.
      master.start().awaitStandby();
    }

    awaitProgress(ledger);
    load.stopProducers();
    stock.stopProducers();
    load.drain(master(brokers), "plain", "tx", "wire", "wiretx");
    load.close();
    stock.close();
    var account = ledger.account();
    assertThat(account.clean()).as(account.toString()).isTrue();
    assertThat(account.confirmed()).isPositive();
    for (var broker : brokers) {
      assertThat(broker.stop()).isZero();
    }
    assertThat(LogVerify.verify(DiskStorage.open(store)).damages()).isEmpty();
  }

  /// All at once, as a supervisor does it: one of them has the port.
  @Test
  void ofThreeThatAreStartedAtOnceOneIsMaster() {
    var brokers = brokers(3, "", "");
    brokers.forEach(Broker::start);
    Until.holds("one of them listens", () -> Ports.answers(port));
    Until.holds(
        "the others stand by",
        () ->
            count(brokers, "active: this node has the baton") == 1
                && count(brokers, "standby: following the log") == 2);
    assertThat(brokers).allMatch(Broker::running);
    for (int left = 3; left > 1; left--) {
      var master = withBaton(brokers);
      master.kill();
      var rest = brokers.stream().filter(Broker::running).toList();
      Until.holds("another is master", () -> count(rest, "active: this node has the baton") >= 1);
    }
  }

  @Test
  void aMasterThatLosesItsLockClosesEverythingAndEndsAndASlaveTakesOver() throws Exception {
    var brokers = brokers(2, "", "");
    brokers.get(0).start().awaitActive();
    brokers.get(1).start().awaitStandby();
    try (var client = Client.to(url(""))) {
      client.send("q", "before");
      Files.delete(lock());
      assertThat(brokers.get(0).awaitExit())
          .isIn(ExitCode.LOCK_LOST.code(), ExitCode.SUPERSEDED.code());
      brokers.get(1).awaitActive();
      client.send("q", "after");
      assertThat(client.receive("q", 2)).containsExactly("before", "after");
    }
  }

  @Test
  void aMasterThatLosesItsLockStandsByAgainWhereTheFileSaysSo() throws Exception {
    var brokers = brokers(2, "restartAllowed=\"true\"", "");
    brokers.get(0).start().awaitActive();
    brokers.get(1).start().awaitStandby();
    long pid = brokers.get(0).pid();
    try (var client = Client.to(url(""))) {
      client.send("q", "before");
      Files.delete(lock());
      brokers.get(0).awaitPrinted("standing by again in the same process");
      brokers.get(1).awaitActive();
      client.send("q", "after");
      assertThat(client.receive("q", 2)).containsExactly("before", "after");
    }
    brokers.get(0).awaitStandby();
    assertThat(brokers.get(0).pid()).isEqualTo(pid);
    brokers.get(1).kill();
    brokers.get(0).awaitActive();
    try (var client = Client.to(url(""))) {
      client.send("q", "by the first again");
      assertThat(client.receive("q", 1)).containsExactly("by the first again");
    }
    assertThat(brokers.get(0).stop()).isZero();
  }

  @Test
  void aBrokerThatIsToFailIfTheStoreIsLockedEnds() {
    var brokers = brokers(2, "", "<locker><shared-file-locker failIfLocked=\"true\"/></locker>");
    brokers.get(0).start().awaitActive();
    assertThat(brokers.get(1).start().awaitExit()).isEqualTo(ServerMain.EXIT_STORE_IN_USE);
    assertThat(brokers.get(1).printed()).contains("failIfLocked");
    assertThat(brokers.get(0).role()).isEqualTo("active");
  }

  @Test
  void aStoreIsEmptiedOnlyWhereNobodyElseHasIt() throws Exception {
    var brokers = brokers(2, "deleteAllMessagesOnStartup=\"true\"", "");
    var first = brokers.get(0).start().awaitActive();
    try (var client = Client.to(url(""))) {
      client.send("q", "to be deleted");
    }
    assertThat(brokers.get(1).start().awaitExit()).isEqualTo(ServerMain.EXIT_STORE_IN_USE);
    assertThat(brokers.get(1).printed())
        .contains("the store is not emptied, a node named shared has it");
    assertThat(first.queue("q").orElseThrow().messageCount()).isEqualTo(1);
    assertThat(first.stop()).isZero();
    Files.writeString(store.resolve("db-1.log"), "of another broker");

    first.start().awaitActive();

    assertThat(first.printed()).contains("the store is emptied");
    assertThat(first.queue("q")).isEmpty();
    assertThat(store.resolve("db-1.log")).hasContent("of another broker");
  }

  /// A process that stands still keeps its port, which whoever takes over on this machine needs: it waits for that,
  /// and clients go on when an operator has ended the other.
  @Test
  void aMasterThatStandsStillKeepsItsPortAndItsSuccessorWaitsForIt() throws Exception {
    var brokers = brokers(2, "", "");
    var frozen = brokers.get(0).start().awaitActive();
    var next = brokers.get(1).start().awaitStandby();
    Until.holds(
        "they know each other",
        () -> frozen.status().peers().stream().anyMatch(peer -> peer.fresh()));
    try (var client = Client.to(url(""))) {
      client.send("q", "before");
      frozen.freeze();
      var words = "port %d is held by process %d".formatted(port, frozen.pid());
      next.awaitPrinted("no client can come in: " + words);
      assertThat(next.role()).isEqualTo("active");
      assertThat(next.status().nobody()).startsWith(words);
      assertThat(next.command("status").out()).contains("cannot come in: " + words);
      // Longer than a stranger's port is waited for.
      next.awaitPrinted("(?s)no client can come in: port .*no client can come in: port ");

      frozen.kill();

      next.awaitPrinted("clients can come in").awaitActive();
      assertThat(next.status().nobody()).isEmpty();
      client.send("q", "after");
      assertThat(client.receive("q", 2)).containsExactly("before", "after");
    }
    frozen.start().awaitStandby();
    assertThat(next.stop()).isZero();
  }

  /// The same, and the one that stood still goes on: it has lost the baton, and ends.
  @Test
  void aMasterThatGoesOnAfterATakeOverGivesItsPortUp() throws Exception {
    var brokers = brokers(2, "", "");
    var frozen = brokers.get(0).start().awaitActive();
    var next = brokers.get(1).start().awaitStandby();
    Until.holds(
        "they know each other",
        () -> frozen.status().peers().stream().anyMatch(peer -> peer.fresh()));
    frozen.freeze();
    next.awaitPrinted("no client can come in: port ");
    frozen.thaw();
    assertThat(frozen.awaitExit()).isEqualTo(ExitCode.SUPERSEDED.code());
    next.awaitPrinted("clients can come in").awaitActive();
  }

  /// A port that a stranger has is nothing to wait for, once it is needed.
  @Test
  void aMasterWhosePortAStrangerHasEnds() throws IOException {
    var broker = brokers(1, "", "").getFirst();
    try (var stranger = new ServerSocket(port)) {
      assertThat(broker.start().awaitExit())
          .as(stranger.toString())
          .isEqualTo(ServerMain.EXIT_CANNOT_LISTEN);
    }
    broker.start().awaitActive();
  }

  private Path lock() throws IOException {
    try (var epochs = Files.newDirectoryStream(store, "epoch-*")) {
      return epochs.iterator().next().resolve("lock");
    }
  }

  private static long count(List<Broker> brokers, String printed) {
    return brokers.stream().filter(broker -> broker.printed().contains(printed)).count();
  }

  private static Broker withBaton(List<Broker> brokers) {
    return brokers.stream()
        .filter(Broker::running)
        .filter(broker -> broker.printed().contains("active: this node has the baton"))
        .findFirst()
        .orElseThrow();
  }

  private static Broker master(List<Broker> brokers) {
    return brokers.stream()
        .filter(Broker::running)
        .filter(broker -> broker.role().equals("active"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody is master"));
  }

  private static Broker awaitMaster(List<Broker> brokers, Broker but) {
    Until.holds(
        "another is master",
        () ->
            brokers.stream()
                .anyMatch(
                    broker -> broker != but && broker.running() && broker.role().equals("active")));
    return master(brokers).awaitActive();
  }

  private static void awaitProgress(Ledger ledger) {
    long before = ledger.deliveredCount();
    long sent = ledger.confirmedCount();
    Until.holds(
        () -> "messages flow; " + ledger.account(),
        Until.PATIENCE,
        () ->
            ledger.deliveredCount() - before >= PROGRESS
                && ledger.confirmedCount() - sent >= PROGRESS);
  }
}
