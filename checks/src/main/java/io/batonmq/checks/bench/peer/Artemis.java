package io.batonmq.checks.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// ActiveMQ Artemis, from its distribution, over AMQP.
public final class Artemis extends AmqpPeer {
  private static final String VERSION = "2.44.0";

  private final Path fetched;
  private final String heap;
  private final Path javaHome;

  /// @param fetched where distributions are kept
  public Artemis(Path fetched, List<Path> clientPath, String heap, Path javaHome) {
    super(clientPath);
    this.fetched = fetched;
    this.heap = heap;
    this.javaHome = javaHome;
  }

  @Override
  public String name() {
    return "artemis";
  }

  @Override
  public String standbySays() {
    return "AMQ221109"; // Backup Server started
  }

  private Path home() throws IOException, InterruptedException {
    Path home = fetched.resolve("apache-artemis-" + VERSION);
    if (!Files.exists(home.resolve("bin/artemis"))) {
      Tools.run(
          fetched,
          "mvn",
          "-q",
          "-B",
          "-ntp",
          "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy",
          "-Dartifact=org.apache.activemq:apache-artemis:" + VERSION + ":tar.gz:bin",
          "-DoutputDirectory=" + fetched);
      Tools.run(fetched, "tar", "xzf", "apache-artemis-" + VERSION + "-bin.tar.gz");
    }
    return home;
  }

  @Override
  public Broker single(Path directory) throws IOException, InterruptedException {
    return create(directory, "single", Tools.freePorts(1).getFirst(), List.of());
  }

  @Override
  public Pair pair(Path directory) throws IOException, InterruptedException {
    List<Integer> ports = Tools.freePorts(2);
    List<String> both =
        List.of(
            "--clustered",
            "--cluster-user",
            "node",
            "--cluster-password",
            "node",
            "--shared-store",
            "--failover-on-shutdown",
            "--data",
            directory.resolve("store").toString());
    List<String> backup = new ArrayList<>(both);
    backup.add("--backup");
    return new Pair(
        create(directory, "primary", ports.get(0), with(both, ports.get(1))),
        create(directory, "backup", ports.get(1), with(backup, ports.get(0))));
  }

  private static List<String> with(List<String> words, int other) {
    List<String> more = new ArrayList<>(words);
    more.add("--static-cluster");
    more.add("tcp://127.0.0.1:" + other);
    return more;
  }

  private Broker create(Path directory, String name, int port, List<String> more)
      throws IOException, InterruptedException {
    Path instance = directory.resolve(name);
    List<String> words =
        new ArrayList<>(
            List.of(
                home().resolve("bin/artemis").toString(),
                "create",
                instance.toString(),
                "--name",
                name,
                "--user",
                "admin",
                "--password",
                "admin",
                "--require-login",
                "--silent",
                "--host",
                "127.0.0.1",
                "--default-port",
                Integer.toString(port),
                "--no-web",
                "--no-amqp-acceptor",
                "--no-hornetq-acceptor",
                "--no-mqtt-acceptor",
                "--no-stomp-acceptor"));
    words.addAll(more);
    Tools.run(directory, Map.of("JAVA_HOME", javaHome.toString()), words);
    Path profile = instance.resolve("etc/artemis.profile");
    Files.writeString(
        profile,
        Files.readString(profile)
            .replaceAll("-Xms\\w+", "-Xms" + heap)
            .replaceAll("-Xmx\\w+", "-Xmx" + heap)
            .replace("-Dhawtio.", "-Dnone."));
    return new Broker(
        List.of("env", "JAVA_HOME=" + javaHome, instance.resolve("bin/artemis").toString(), "run"),
        instance,
        port);
  }
}
