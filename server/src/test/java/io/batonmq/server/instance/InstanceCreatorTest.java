package io.batonmq.server.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.message.RoutingType;
import io.batonmq.server.config.Acceptor;
import io.batonmq.server.config.AddressConfig;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.Cluster.Credentials;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.config.Connector;
import io.batonmq.server.config.HaPolicy;
import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.config.HaPolicy.SharedStore;
import io.batonmq.server.config.Permission;
import io.batonmq.server.config.Problem;
import io.batonmq.server.config.Problem.Severity;
import io.batonmq.server.instance.CreateOptions.Access;
import io.batonmq.server.instance.CreateOptions.Cluster;
import io.batonmq.server.instance.CreateOptions.Ports;
import io.batonmq.server.instance.CreateOutcome.Created;
import io.batonmq.server.instance.CreateOutcome.InUse;
import io.batonmq.server.instance.CreateOutcome.Missing;
import io.batonmq.server.instance.CreateOutcome.Question;
import io.batonmq.server.instance.CreateOutcome.Refused;
import io.batonmq.server.security.LoginPolicy;
import io.batonmq.server.security.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceCreatorTest {
  private static final Access ADMIN =
      new Access(Optional.of("admin"), Optional.of("admin"), Access.ROLE, true);

  @TempDir Path temp;
  private Path root;
  private Path home;

  @BeforeEach
  void aDistributionThatSaysWhatItIsGiven() throws IOException {
    root = temp.toRealPath();
    home = root.resolve("it's a home");
    Files.createDirectories(home.resolve("bin"));
    var launcher = home.resolve("bin/baton");
    Files.writeString(
        launcher,
        """
        #!/bin/sh
        printf '%s\\n' "$BATON_INSTANCE" "$JAVA_ARGS" "$@"
        """);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// `artemis create brokers/master --name master --user admin --password admin --allow-anonymous`, the
  /// same for the slave with `--port-offset 1`, and then the edits by hand that the lab asks for.
  @Test
  void thePrintedLab() throws IOException {
    var master = edited(created("master", 0), "master-connector", "slave-connector", MASTER);
    var slave = edited(created("slave", 1), "slave-connector", "master-connector", SLAVE);

    assertThat(master.name()).isEqualTo("master");
    assertThat(slave.name()).isEqualTo("slave");
    var store = root.resolve("brokers/sharedstore/data");
    for (var config : List.of(master, slave)) {
      assertThat(config.directories().journal()).isEqualTo(store.resolve("journal"));
      assertThat(config.directories().paging()).isEqualTo(store.resolve("paging"));
      assertThat(config.directories().bindings()).isEqualTo(store.resolve("bindings"));
      assertThat(config.directories().largeMessages()).isEqualTo(store.resolve("large-messages"));
      assertThat(config.cluster().credentials()).contains(new Credentials("admin", "admin"));
    }
    var masterAt = new Connector("master-connector", "localhost", 61616);
    var slaveAt = new Connector("slave-connector", "localhost", 61617);
    assertThat(master.cluster().announced()).contains(masterAt);
    assertThat(master.cluster().peers()).containsExactly(slaveAt);
    assertThat(slave.cluster().announced()).contains(slaveAt);
    assertThat(slave.cluster().peers()).containsExactly(masterAt);
    assertThat(master.ha())
        .isEqualTo(new SharedStore(Role.PRIMARY, true, false, Duration.ofSeconds(10)));
    assertThat(slave.ha())
        .isEqualTo(new SharedStore(Role.BACKUP, true, true, Duration.ofSeconds(10)));
    assertThat(master.acceptors()).extracting(Acceptor::port).containsExactly(61616, 5672);
    assertThat(slave.acceptors()).extracting(Acceptor::port).containsExactly(61617, 5673);
  }

  @Test
  void whatIsMadeIsReadWithoutAComplaint() throws IOException {
    var instance = created("one", 0);
    var result = ConfigReader.read(instance.brokerXml(), instance.dir());
    assertThat(result.problems()).extracting(Problem::severity).containsExactly(Severity.INFO);
    var config = result.config().orElseThrow();
    assertThat(config.ha()).isEqualTo(new HaPolicy.Single());
    assertThat(config.cluster().connections()).isEmpty();
    assertThat(config.connectors()).isEmpty();
    assertThat(config.directories().journal()).isEqualTo(instance.dir().resolve("data/journal"));
    assertThat(config.journal().datasync()).isTrue();
    assertThat(config.settings("any").deadLetterAddress()).contains("DLQ");
    assertThat(config.settings("any").expiryAddress()).contains("ExpiryQueue");
    assertThat(config.settings("any").autoDelete().queues()).contains(false);
    assertThat(config.roles("any", Permission.SEND)).containsExactly("amq");
    assertThat(config.addresses())
        .extracting(AddressConfig::name)
        .containsExactly("DLQ", "ExpiryQueue");
    assertThat(config.addresses().getFirst().queues())
        .singleElement()
        .satisfies(queue -> {
          assertThat(queue.name()).isEqualTo("DLQ");
          assertThat(queue.routingType()).isEqualTo(RoutingType.ANYCAST);
          assertThat(queue.durable()).isTrue();
          assertThat(queue.filter()).isEmpty();
        });
    assertThat(instance.brokerXml())
        .content()
        .contains("<paging-directory>data/paging</paging-directory>")
        .contains("<bindings-directory>data/bindings</bindings-directory>")
        .contains("<journal-directory>data/journal</journal-directory>")
        .contains("<large-messages-directory>data/large-messages</large-messages-directory>");
  }

  @Test
  void anInstanceHasItsFoldersUsersAndSecrets() throws IOException {
    var instance = created("one", 1);
    assertThat(instance.dir().resolve("data")).isDirectory();
    assertThat(instance.log()).isDirectory();
    assertThat(instance.tmp()).isDirectory();
    var users = Users.open(instance.users(), instance.roles());
    assertThat(users.login("admin", "admin").orElseThrow().roles()).containsExactly("amq");
    assertThat(LoginPolicy.read(instance.login())).isEqualTo(new LoginPolicy(true, "amq"));
    assertThat(AdminEndpoint.read(instance.admin()))
        .isEqualTo(new AdminEndpoint("localhost", 8162, "amq"));
    for (var secret : List.of(instance.brokerXml(), instance.users(), instance.roles())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
          .isEqualTo("rw-------");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port = x|port: \"x\" is not a whole number from 0 to 65535",
        "port = 65536|port: \"65536\" is not a whole number from 0 to 65535",
        "prt = 1|prt is not known here; it may have host, port, role",
        "host =|host is empty: write the address to listen at, or remove it",
        "role =|role is empty: write the role of those who may command this node",
      })
  void aWrongEndpointIsToldByFileKeyAndValue(String line, String said) throws IOException {
    var file = temp.resolve("admin.properties");
    Files.writeString(file, line + "\n");
    assertThatThrownBy(() -> AdminEndpoint.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ": " + said);
  }

  /// `create --clustered --shared-store --host localhost --data ../shared-store [--slave --port-offset 100]`
  @Test
  void aPairByOptionsAlone() throws IOException {
    var live = config(pair("live", Role.PRIMARY, 0, List.of("tcp://localhost:61716")));
    var slave = config(pair("slave", Role.BACKUP, 100, List.of()));
    assertThat(live.directories().journal())
        .isEqualTo(slave.directories().journal())
        .isEqualTo(root.resolve("brokers/shared-store/journal"));
    assertThat(live.ha())
        .isEqualTo(new SharedStore(Role.PRIMARY, true, false, Duration.ofSeconds(10)));
    assertThat(slave.ha())
        .isEqualTo(new SharedStore(Role.BACKUP, true, true, Duration.ofSeconds(10)));
    assertThat(live.cluster().announced()).contains(new Connector("artemis", "localhost", 61616));
    assertThat(live.cluster().peers()).containsExactly(new Connector("node0", "localhost", 61716));
    assertThat(slave.cluster().announced()).contains(new Connector("artemis", "localhost", 61716));
    assertThat(slave.cluster().peers()).isEmpty();
    assertThat(live.cluster().credentials()).contains(new Credentials("cl<us>ter", "p&\"w"));
    assertThat(Files.isDirectory(root.resolve("brokers/shared-store"))).isTrue();
  }

  @Test
  void whatHasNoDefaultIsAskedFor() throws IOException {
    var nobody = new Access(Optional.empty(), Optional.of(""), Access.ROLE, false);
    var options =
        new CreateOptions(
            Optional.empty(),
            nobody,
            onLocalhost(0),
            CreateOptions.DATA,
            true,
            CreateOptions.JAVA_MEMORY,
            Optional.of(new Cluster(Optional.of("c"), Optional.empty(), List.of())),
            Optional.empty(),
            false);
    var dir = root.resolve("brokers/asked");
    assertThat(InstanceCreator.create(options, dir, home))
        .isEqualTo(
            new Missing(Set.of(Question.USER, Question.PASSWORD, Question.CLUSTER_PASSWORD)));
    assertThat(dir).doesNotExist();
    assertThat(options.toString()).doesNotContain("password");
  }

  @Test
  void whatMakesNoSenseIsRefusedAndLeavesNothing() throws IOException {
    refused(options("${x}", ADMIN, Ports.DEFAULT, "data"), "name: ");
    refused(options("a", ADMIN, new Ports("no host", 1, 0, true, "h", 2), "data"), "acceptor: ");
    refused(options("a", ADMIN, onLocalhost(60_000), "data"), "--port-offset");
    refused(options("a", ADMIN, new Ports("h", 5672, 0, true, "h", 2), "data"), "name or port");
    refused(
        options(
            "a",
            new Access(Optional.of("a b"), Optional.of("x"), "amq", false),
            Ports.DEFAULT,
            "data"),
        "a user has");
    var cluster = new Cluster(Optional.of("c"), Optional.of("c"), List.of());
    refused(
        new CreateOptions(
            Optional.empty(),
            ADMIN,
            Ports.DEFAULT,
            "data",
            true,
            "2G",
            Optional.of(cluster),
            Optional.empty(),
            false),
        "--host");
    refused(
        new CreateOptions(
            Optional.empty(),
            ADMIN,
            Ports.DEFAULT,
            "data",
            true,
            "$(id)",
            Optional.empty(),
            Optional.empty(),
            false),
        "--java-memory");
  }

  @Test
  void anInstanceIsReplacedByForceOnlyAndKeepsItsData() throws IOException {
    var instance = created("one", 0);
    var message = instance.dir().resolve("data/journal/segment");
    Files.createDirectories(message.getParent());
    Files.writeString(message, "kept");
    var again = options("two", ADMIN, Ports.DEFAULT, "data");
    assertThat(InstanceCreator.create(again, instance.dir(), home))
        .isInstanceOfSatisfying(
            InUse.class, refused -> assertThat(refused.reason()).contains("--force"));
    var forced =
        new CreateOptions(
            again.name(),
            ADMIN,
            Ports.DEFAULT,
            "data",
            false,
            "2G",
            Optional.empty(),
            Optional.empty(),
            true);
    assertThat(InstanceCreator.create(forced, instance.dir(), home)).isInstanceOf(Created.class);
    assertThat(config(instance).name()).isEqualTo("two");
    assertThat(config(instance).journal().datasync()).isFalse();
    assertThat(message).hasContent("kept");
  }

  @Test
  void bothScriptsStartTheDistributionFromAnywhere() throws Exception {
    var made = created("a broker", 0);
    assertThat(run(made.bin().resolve("baton"), "run", "two words"))
        .containsExactly(made.dir().toString(), "-Xmx2G -XX:+UseG1GC", "run", "two words");
    var link = Files.createSymbolicLink(root.resolve("link"), made.bin().resolve("artemis"));
    assertThat(run(link, "stop"))
        .containsExactly(made.dir().toString(), "-Xmx2G -XX:+UseG1GC", "stop");

    var moved = Files.move(made.dir(), root.resolve("moved away"));
    assertThat(run(moved.resolve("bin/artemis"), "run")).startsWith(moved.toString());

    Files.move(home, root.resolve("gone"));
    assertThat(run(moved.resolve("bin/baton"), "run"))
        .singleElement()
        .asString()
        .contains("no Baton in " + home)
        .contains("correct BATON_HOME in " + moved.resolve("etc/baton.profile"));
  }

  private static List<String> run(Path script, String... arguments) throws Exception {
    var command = new java.util.ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(Set.of("BATON_HOME", "BATON_INSTANCE", "JAVA_ARGS"));
    var process = builder.start();
    var lines = process.inputReader().lines().toList();
    process.waitFor();
    return lines;
  }

  private Instance created(String name, int offset) throws IOException {
    var ports = new Ports("0.0.0.0", 61616, offset, true, "localhost", 8161);
    return make(options(name, ADMIN, ports, "data"), name);
  }

  private Instance pair(String name, Role role, int offset, List<String> peers) throws IOException {
    var cluster = new Cluster(Optional.of("cl<us>ter"), Optional.of("p&\"w"), peers);
    return make(
        new CreateOptions(
            Optional.empty(),
            ADMIN,
            onLocalhost(offset),
            "../shared-store",
            true,
            "512M",
            Optional.of(cluster),
            Optional.of(new CreateOptions.SharedStore(role, true)),
            false),
        name);
  }

  private Instance make(CreateOptions options, String name) throws IOException {
    var outcome = InstanceCreator.create(options, root.resolve("brokers").resolve(name), home);
    assertThat(outcome).isInstanceOf(Created.class);
    return ((Created) outcome).instance();
  }

  private void refused(CreateOptions options, String reason) throws IOException {
    var dir = root.resolve("brokers/refused");
    assertThat(InstanceCreator.create(options, dir, home))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).contains(reason));
    assertThat(dir).doesNotExist();
  }

  private static CreateOptions options(String name, Access access, Ports ports, String data) {
    return new CreateOptions(
        Optional.of(name),
        access,
        ports,
        data,
        true,
        CreateOptions.JAVA_MEMORY,
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private static Ports onLocalhost(int offset) {
    return new Ports("localhost", 61616, offset, true, "localhost", 8161);
  }

  /// Does to the file what the lab tells people to do to it, wherever under `core` the rest is put.
  private static BrokerConfig edited(Instance instance, String own, String other, String policy)
      throws IOException {
    var xml = Files.readString(instance.brokerXml());
    for (var directory : List.of("paging", "bindings", "journal", "large-messages")) {
      var written = "<%1$s-directory>data/%1$s</%1$s-directory>".formatted(directory);
      assertThat(xml).contains(written);
      xml =
          xml.replace(
              written,
              "<%1$s-directory>../sharedstore/data/%1$s</%1$s-directory>".formatted(directory));
    }
    var added = ADDED.formatted(own, other) + policy;
    for (var place : List.of("<name>", "<acceptors>", "</core>")) {
      Files.writeString(instance.brokerXml(), xml.replace(place, added + place));
      assertThat(config(instance).ha()).isInstanceOf(SharedStore.class);
    }
    return config(instance);
  }

  private static BrokerConfig config(Instance instance) {
    var result = ConfigReader.read(instance.brokerXml(), instance.dir());
    assertThat(result.problems()).noneMatch(problem -> problem.severity() != Severity.INFO);
    return result.config().orElseThrow();
  }

  private static final String ADDED =
      """
      <connectors>
        <connector name="master-connector">tcp://localhost:61616</connector>
        <connector name="slave-connector">tcp://localhost:61617</connector>
      </connectors>

      <cluster-user>admin</cluster-user>
      <cluster-password>admin</cluster-password>

      <cluster-connections>
        <cluster-connection name="static-cluster">
          <connector-ref>%s</connector-ref>
          <static-connectors>
            <connector-ref>%s</connector-ref>
          </static-connectors>
        </cluster-connection>
      </cluster-connections>
      """;

  private static final String MASTER =
      """
      <ha-policy>
        <shared-store>
          <master>
            <failover-on-shutdown>true</failover-on-shutdown>
          </master>
        </shared-store>
      </ha-policy>
      """;

  private static final String SLAVE =
      """
      <ha-policy>
        <shared-store>
          <slave>
            <failover-on-shutdown>true</failover-on-shutdown>
            <allow-failback>true</allow-failback>
          </slave>
        </shared-store>
      </ha-policy>
      """;
}
