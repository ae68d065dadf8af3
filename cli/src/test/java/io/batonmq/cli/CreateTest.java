package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.RoutingType;
import io.batonmq.server.config.AddressConfig;
import io.batonmq.server.config.AddressSettings.FullPolicy;
import io.batonmq.server.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateTest {
  @TempDir private Path home;

  @Test
  void theLinesOfTheLabMakeTwoInstances() throws IOException {
    var master = home.resolve("brokers/master");
    var slave = home.resolve("brokers/slave");
    var first =
        Command.run(
            "create",
            master,
            "--name",
            "master",
            "--user",
            "admin",
            "--password",
            "admin",
            "--allow-anonymous");
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(first.out())
        .contains("You can now start the broker by executing:")
        .contains("\"" + master.resolve("bin/baton") + "\" run");
    var second =
        Command.run(
            "create",
            slave,
            "--name",
            "slave",
            "--user",
            "admin",
            "--password",
            "admin",
            "--allow-anonymous",
            "--port-offset",
            1);
    assertThat(second.exit()).as(second.err()).isZero();
    assertThat(master.resolve("bin/artemis")).isExecutable();
    assertThat(Files.readString(slave.resolve("etc/broker.xml")))
        .contains("<name>slave</name>")
        .contains(":61617");
    assertThat(Command.run("check", "config", slave.resolve("etc/broker.xml")).exit()).isZero();
    assertThat(Command.run("status", "--instance", master).exit())
        .isEqualTo(Exit.NOT_RUNNING.code());
  }

  @Test
  void aPairNeedsNoEditor() throws IOException {
    var backup = home.resolve("backup");
    var made =
        Command.run(
            "create",
            backup,
            "--silent",
            "--password",
            "secret",
            "--shared-store",
            "--slave",
            "--failover-on-shutdown",
            "--host",
            "localhost",
            "--cluster-user",
            "c",
            "--cluster-password",
            "d",
            "--static-cluster",
            "tcp://localhost:61616",
            "--data",
            "../shared");
    assertThat(made.exit()).as(made.err()).isZero();
    assertThat(Files.readString(backup.resolve("etc/broker.xml")))
        .contains("<backup>")
        .contains("<failover-on-shutdown>true</failover-on-shutdown>")
        .contains("../shared/journal");
    assertThat(Command.run("check", "config", "--instance", backup).exit()).isZero();
  }

  @Test
  void silenceNeedsAPassword() {
    var refused = Command.run("create", home.resolve("x"), "--silent");
    assertThat(refused.exit()).isEqualTo(Exit.USAGE.code());
    assertThat(refused.err()).contains("--password must be given with --silent");
    assertThat(home.resolve("x")).doesNotExist();
  }

  @Test
  void anInstanceIsNotOverwritten() {
    var words = new Object[] {"create", home.resolve("x"), "--silent", "--password", "p"};
    assertThat(Command.run(words).exit()).isZero();
    var again = Command.run(words);
    assertThat(again.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(again.err()).contains("--force").doesNotContain("Try:");
  }

  @Test
  void optionsOfOtherBrokersThatMakeNoDifferenceArePassedOver() {
    var made =
        Command.run(
            "create", home.resolve("x"), "--silent", "--password", "p", "--nio", "--no-web");
    assertThat(made.exit()).isZero();
    assertThat(made.out())
        .contains("--nio: no difference to Baton, passed over.", "the admin listener stays");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--replicated|--replicated and --arbiter need each other",
        "--arbiter=x|--replicated and --arbiter need each other",
        "--disable-persistence|Baton always writes its log",
        "--windows|POSIX shells",
        "--ssl-key=x|the admin listener has no TLS",
        "--journal-retention=7|not kept",
        "--global-max-messages=7|use --global-max-size",
        "--etc=x|DIR/etc",
        "--jdbc|there is no database store yet",
        "--queues=a:both|is none of NAME, NAME:anycast and NAME:multicast",
        "--global-max-size=much|is not a size",
        "--queues=DLQ|stands in line",
      })
  void whatWouldBeMissedIsRefusedByName(String option, String reason) {
    var refused = Command.run("create", home.resolve("x"), "--silent", "--password", "p", option);
    assertThat(refused.exit()).isIn(Exit.USAGE.code(), Exit.FAILED.code());
    assertThat(refused.err()).contains(reason);
    assertThat(home.resolve("x")).doesNotExist();
  }

  @Test
  void whatIsInTheBrokerIsChosen() throws IOException {
    var made =
        Command.run(
            "create",
            home.resolve("x"),
            "--silent",
            "--password",
            "p",
            "--role",
            "chiefs",
            "--queues",
            "a,b:multicast",
            "--addresses",
            "news",
            "--no-autocreate",
            "--autodelete",
            "--blocking",
            "--global-max-size",
            "100M",
            "--java-options",
            "-XX:+AlwaysPreTouch -Dwho='me'");
    assertThat(made.exit()).as(made.err()).isZero();
    var instance = home.resolve("x");
    var config =
        ConfigReader.read(instance.resolve("etc/broker.xml"), instance).config().orElseThrow();
    assertThat(config.addresses())
        .extracting(AddressConfig::name)
        .containsExactly("DLQ", "ExpiryQueue", "a", "b", "news");
    assertThat(config.addresses().get(3).queues().getFirst().routingType())
        .isEqualTo(RoutingType.MULTICAST);
    assertThat(config.settings("any").autoCreateQueues()).isFalse();
    assertThat(config.settings("any").autoCreateAddresses()).isFalse();
    assertThat(config.settings("any").autoDelete().queues()).contains(true);
    assertThat(config.settings("any").autoDelete().addresses()).contains(true);
    assertThat(config.settings("any").fullPolicy()).isEqualTo(FullPolicy.BLOCK);
    assertThat(config.limits().globalMaxSize()).isEqualTo(100 << 20);
    assertThat(config.settings("any").maxSizeBytes()).isEqualTo(100 << 20);
    assertThat(Files.readString(instance.resolve("etc/baton.profile")))
        .contains("-Xmx2G -XX:+UseG1GC -XX:+AlwaysPreTouch -Dwho=");
    assertThat(Files.readString(instance.resolve("etc/admin.properties")))
        .contains("role = chiefs");
  }

  /// An address that has no limit is never full, and nobody would ever wait.
  @ParameterizedTest
  @CsvSource({"--paging, -1", "--blocking, 157286400"})
  void aFullAddressIsOneThatHasHalfOfTheHeapUnlessItIsSaid(String policy, long size)
      throws IOException {
    var instance = home.resolve("x");
    Command.run("create", instance, "--silent", "--password=p", policy, "--java-memory=300M")
        .good();
    var config =
        ConfigReader.read(instance.resolve("etc/broker.xml"), instance).config().orElseThrow();
    assertThat(config.settings("any").maxSizeBytes()).isEqualTo(size);
  }

  @Test
  void problemsOfAConfigurationAreFoundAtTheirPlace() throws IOException {
    var file = home.resolve("broker.xml");
    Files.writeString(
        file,
        """
        <configuration xmlns="urn:activemq">
          <core xmlns="urn:activemq:core">
            <name>x</name>
            <no-such-element/>
          </core>
        </configuration>
        """);
    var told = Command.run("check", "config", file);
    assertThat(told.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(told.out()).contains(file + ":4:5: error: ").contains("1 errors");
    assertThat(Command.run("check", "config", "--json", file).out())
        .contains("\"usable\": false", "\"severity\": \"ERROR\"", "\"line\": 4");
    assertThat(Command.run("check", "config", home.resolve("nowhere.xml")).exit())
        .isEqualTo(Exit.FAILED.code());
  }
}
