package io.batonmq.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The "Master/Slave - Shared Store" lab of AMQ 7, with its commands, its XML and its ports.
class SharedStoreLabTest {
  private static final String DIRECTORIES =
      """
      <paging-directory>../sharedstore/data/paging</paging-directory>
      <bindings-directory>../sharedstore/data/bindings</bindings-directory>
      <journal-directory>../sharedstore/data/journal</journal-directory>
      <large-messages-directory>../sharedstore/data/large-messages</large-messages-directory>
      """;

  private static final String PAIR =
      """
      <connectors>
        <connector name="master-connector">tcp://localhost:61616</connector>
        <connector name="slave-connector">tcp://localhost:61617</connector>
      </connectors>

      <cluster-user>admin</cluster-user>
      <cluster-password>admin</cluster-password>

      <cluster-connections>
        <cluster-connection name="static-cluster">
          <connector-ref>%s-connector</connector-ref>
          <static-connectors>
            <connector-ref>%s-connector</connector-ref>
          </static-connectors>
        </cluster-connection>
      </cluster-connections>

      <ha-policy>
        <shared-store>
      %s
        </shared-store>
      </ha-policy>
      """;

  private static final String MASTER =
      """
      <master>
        <failover-on-shutdown>true</failover-on-shutdown>
      </master>
      """;

  private static final String SLAVE =
      """
      <slave>
        <failover-on-shutdown>true</failover-on-shutdown>
        <allow-failback>true</allow-failback>
      </slave>
      """;

  @RegisterExtension final Stage stage = new Stage();

  private final Lab lab = new Lab(stage);

  @Test
  void theLabGoesAsItIsPrinted() throws Exception {
    lab.ports(61616, 61617, 5672, 5673, 8161, 8162);
    var artemis = lab.distribution().resolve("bin/artemis").toString();
    lab.command(
        artemis,
        "create",
        "brokers/master",
        "--name",
        "master",
        "--user",
        "admin",
        "--password",
        "admin",
        "--allow-anonymous");
    lab.command(
        artemis,
        "create",
        "brokers/slave",
        "--name",
        "slave",
        "--user",
        "admin",
        "--password",
        "admin",
        "--allow-anonymous",
        "--port-offset",
        "1");
    edit("brokers/master", PAIR.formatted("master", "slave", MASTER));
    edit("brokers/slave", PAIR.formatted("slave", "master", SLAVE));

    var master = lab.run("master", "master.out");
    lab.printed("master.out", "active: this node has the baton");
    lab.printed("master.out", "listener open");
    lab.run("slave", "slave.out");
    lab.printed("slave.out", "standby: following the log");

    var sent =
        lab.command(
            artemis,
            "producer",
            "--verbose",
            "--user",
            "admin",
            "--password",
            "admin",
            "--message-count",
            "100",
            "--url",
            "tcp://localhost:61616");
    assertThat(sent).contains("100");

    Shell.run("kill", "-INT", Long.toString(master.pid()));
    assertThat(master.waitFor(60, TimeUnit.SECONDS)).isTrue();
    lab.printed("slave.out", "active: this node has the baton");
    lab.printed("slave.out", "listener open");

    var received =
        lab.command(
            artemis,
            "consumer",
            "--verbose",
            "--user",
            "admin",
            "--password",
            "admin",
            "--message-count",
            "100",
            "--url",
            "tcp://localhost:61617");
    assertThat(received).contains("100");

    lab.run("master", "master-again.out");
    lab.printed("master-again.out", "active: this node has the baton");
    lab.printed("slave.out", "handing over to master");
    lab.printed("slave.out", "(?s)gave the baton up.*standby: following the log");
  }

  private void edit(String instance, String added) throws IOException {
    var file = stage.path(instance).resolve("etc/broker.xml");
    var xml = Files.readString(file);
    for (var line : DIRECTORIES.lines().toList()) {
      var name = line.substring(1, line.indexOf('>'));
      var edited = xml.replaceFirst("<" + name + ">.*</" + name + ">", line);
      assertThat(edited).as(name).isNotEqualTo(xml);
      xml = edited;
    }
    var core = "<core xmlns=\"urn:activemq:core\">";
    assertThat(xml).contains(core);
    Files.writeString(file, xml.replace(core, core + "\n" + added));
  }
}
