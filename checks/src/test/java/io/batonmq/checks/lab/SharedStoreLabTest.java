package io.batonmq.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The "Master/Slave - Shared Store" lab of AMQ 7, with its commands, its XML and its ports.
class SharedStoreLabTest {
  private static final List<Integer> PORTS = List.of(61616, 61617, 5672, 5673, 8161, 8162);

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

  private List<String> prefix = List.of();

  @Test
  void theLabGoesAsItIsPrinted() throws Exception {
    portsOfTheLab();
    var home = distribution();
    var artemis = home.resolve("bin/artemis").toString();
    command(
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
    command(
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

    var master = run("master", "master.out");
    printed("master.out", "active: this node has the baton");
    printed("master.out", "listener open");
    run("slave", "slave.out");
    printed("slave.out", "standby: following the log");

    var sent =
        command(
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
    printed("slave.out", "active: this node has the baton");
    printed("slave.out", "listener open");

    var received =
        command(
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

    run("master", "master-again.out");
    printed("master-again.out", "active: this node has the baton");
    printed("slave.out", "handing over to master");
    printed("slave.out", "(?s)gave the baton up.*standby: following the log");
  }

  /// A name space of its own has all ports to itself.
  private void portsOfTheLab() throws IOException {
    if (Shell.noMounts().isEmpty()) {
      var holder =
          new ProcessBuilder("unshare", "-n", "sh", "-c", "ip link set lo up && echo up && cat")
              .start();
      Shell.endWithThisProcess(holder);
      stage.keep(holder::destroy);
      if (holder.inputReader().readLine() != null) {
        prefix = List.of("nsenter", "-t", Long.toString(holder.pid()), "-n", "--");
        return;
      }
    }
    assumeTrue(
        PORTS.stream().allMatch(Ports::isFree),
        "the ports of the lab, " + PORTS + ", are taken, and only root can have others of its own");
  }

  /// A distribution as `./baton dist` lays it out, but that its one library names the class path of this
  /// test.
  private Path distribution() throws IOException {
    var home = stage.path("a distribution");
    var scripts = Path.of("..", "scripts").toAbsolutePath().normalize();
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    var launcher = home.resolve("bin/baton");
    Files.copy(scripts.resolve("dist-baton"), launcher);
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(home.resolve("bin/artemis"), Path.of("baton"));
    Files.copy(scripts.resolve("launch.sh"), home.resolve("lib/launch.sh"));
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    var jar = home.resolve("lib/baton.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return home;
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

  private ProcessBuilder builder(List<String> words) {
    var command = new ArrayList<>(prefix);
    command.addAll(words);
    return new ProcessBuilder(command).directory(stage.path("").toFile()).redirectErrorStream(true);
  }

  /// Runs a command to its good end.
  private String command(String... words) throws Exception {
    var out = stage.path("command.out");
    var process = builder(List.of(words)).redirectOutput(out.toFile()).start();
    Shell.endWithThisProcess(process);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(String.join(" ", words)).isTrue();
    var text = Files.readString(out);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  /// What a shell starts in the background ignores SIGINT, and so does all that it starts: these tests too,
  /// if that is how they were started. The person of the lab has a terminal.
  private static final List<String> AS_FROM_A_TERMINAL = List.of("env", "--default-signal=INT");

  private Process run(String instance, String out) throws IOException {
    var line = new ArrayList<>(AS_FROM_A_TERMINAL);
    line.addAll(List.of("./brokers/" + instance + "/bin/artemis", "run"));
    var process = builder(line).redirectOutput(stage.path(out).toFile()).start();
    Shell.endWithThisProcess(process);
    stage.keep(process::destroyForcibly);
    return process;
  }

  private void printed(String out, String regex) {
    var pattern = java.util.regex.Pattern.compile(regex);
    Until.holds(
        () -> out + " has " + regex + "; it has\n" + text(out),
        Until.PATIENCE,
        () -> pattern.matcher(text(out)).find());
  }

  private String text(String out) {
    try {
      return Files.readString(stage.path(out));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
