package io.batonmq.checks.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// ActiveMQ Classic with KahaDB, over OpenWire with its own client.
public final class Classic implements Peer {
  private static final String VERSION = "6.3.1";

  private final Path fetched;
  private final Path own;
  private final String heap;
  private final Path javaHome;

  /// @param fetched where libraries are kept
  /// @param own class path entry that has [ClassicMain]
  public Classic(Path fetched, Path own, String heap, Path javaHome) {
    this.fetched = fetched;
    this.own = own;
    this.heap = heap;
    this.javaHome = javaHome;
  }

  @Override
  public String name() {
    return "classic";
  }

  @Override
  public String factory() {
    return "org.apache.activemq.ActiveMQConnectionFactory";
  }

  @Override
  public List<Path> clientPath() {
    try {
      return Tools.jars(libraries());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path libraries() throws IOException, InterruptedException {
    return Tools.fetched(
        fetched.resolve("classic-" + VERSION + "-said"),
        "org.apache.activemq:activemq-broker:" + VERSION,
        "org.apache.activemq:activemq-kahadb-store:" + VERSION,
        "org.slf4j:slf4j-simple:2.0.17");
  }

  @Override
  public boolean takesPart(String scenario) {
    return !scenario.equals("async") && !scenario.equals(COMMAND);
  }

  /// It knows the method and refuses it.
  @Override
  public boolean answersLater() {
    return false;
  }

  @Override
  public String standbySays() {
    return "in slave mode waiting";
  }

  /// Whoever has the lock of the store keeps it.
  @Override
  public boolean failsBack() {
    return false;
  }

  @Override
  public String url(int port) {
    return "tcp://127.0.0.1:" + port;
  }

  @Override
  public String failoverUrl(int primary, int backup) {
    return "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false"
        .formatted(primary, backup);
  }

  @Override
  public Broker single(Path directory) throws IOException, InterruptedException {
    return broker(directory, "single", Tools.freePorts(1).getFirst(), directory.resolve("store"));
  }

  @Override
  public Pair pair(Path directory) throws IOException, InterruptedException {
    List<Integer> ports = Tools.freePorts(2);
    Path store = directory.resolve("store");
    return new Pair(
        broker(directory, "primary", ports.get(0), store),
        broker(directory, "backup", ports.get(1), store));
  }

  private Broker broker(Path directory, String name, int port, Path store)
      throws IOException, InterruptedException {
    Path instance = directory.resolve(name);
    Files.createDirectories(instance);
    String path =
        Stream.concat(Tools.jars(libraries()).stream(), Stream.of(own))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    return new Broker(
        List.of(
            javaHome.resolve("bin/java").toString(),
            "-Xms" + heap,
            "-Xmx" + heap,
            "-cp",
            path,
            ClassicMain.class.getName(),
            store.toString(),
            Integer.toString(port)),
        instance,
        port);
  }
}
