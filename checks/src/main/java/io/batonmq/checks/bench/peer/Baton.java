package io.batonmq.checks.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Ourselves, from a distribution, as a user makes it.
public final class Baton extends AmqpPeer {
  private final Path distribution;
  private final String heap;
  private final boolean cached;

  /// @param distribution what `baton dist` made
  /// @param heap for example `512m`
  /// @param cached with the JVM's cache that was made with the distribution, as users have it
  public Baton(Path distribution, List<Path> clientPath, String heap, boolean cached) {
    super(clientPath);
    this.distribution = distribution;
    this.heap = heap;
    this.cached = cached;
  }

  @Override
  public String name() {
    return cached ? "baton" : "uncached";
  }

  /// The words that run a command of ours.
  public List<String> command(String... words) {
    List<String> command = new ArrayList<>();
    if (!cached) {
      command.addAll(List.of("env", "BATON_NO_CACHE=yes"));
    }
    command.add(distribution.resolve("bin/baton").toString());
    command.addAll(List.of(words));
    return command;
  }

  @Override
  public boolean takesPart(String scenario) {
    // The cache is about starts; under load both are the same program.
    return cached || scenario.equals("start") || scenario.equals("command");
  }

  @Override
  public String standbySays() {
    return "standby: following the log";
  }

  @Override
  public Broker single(Path directory) throws IOException, InterruptedException {
    List<Integer> ports = Tools.freePorts(2);
    return create(directory, "single", ports);
  }

  @Override
  public Pair pair(Path directory) throws IOException, InterruptedException {
    List<Integer> ports = Tools.freePorts(4);
    String data = directory.resolve("store").toString();
    Broker primary =
        create(directory, "primary", ports.subList(0, 2), "--shared-store", "--data", data);
    Broker backup =
        create(
            directory, "backup", ports.subList(2, 4), "--shared-store", "--backup", "--data", data);
    return new Pair(primary, backup);
  }

  /// The same broker, to which the stock client of ActiveMQ talks in its own protocol.
  ///
  /// @param client whose users have that client
  public Peer overOpenWire(Classic client) {
    return new OverOpenWire(this, client);
  }

  private record OverOpenWire(Baton baton, Classic client) implements Peer {
    private static final String LOGIN = "?jms.userName=admin&jms.password=admin";

    @Override
    public String name() {
      return "openwire";
    }

    @Override
    public String factory() {
      return client.factory();
    }

    @Override
    public List<Path> clientPath() {
      return client.clientPath();
    }

    @Override
    public String url(int port) {
      return client.url(port) + LOGIN;
    }

    @Override
    public String failoverUrl(int primary, int backup) {
      return client.failoverUrl(primary, backup) + "&" + LOGIN.substring(1);
    }

    /// What has nothing to do with the protocol is measured of the broker once.
    @Override
    public boolean takesPart(String scenario) {
      return List.of("sends", "flow", "fixed", "gap").contains(scenario);
    }

    @Override
    public boolean answersLater() {
      return client.answersLater();
    }

    @Override
    public String standbySays() {
      return baton.standbySays();
    }

    @Override
    public Broker single(Path directory) throws IOException, InterruptedException {
      return baton.single(directory);
    }

    @Override
    public Pair pair(Path directory) throws IOException, InterruptedException {
      return baton.pair(directory);
    }
  }

  private Broker create(Path directory, String name, List<Integer> ports, String... more)
      throws IOException, InterruptedException {
    Path instance = directory.resolve(name);
    var words =
        new ArrayList<>(
            List.of(
                distribution.resolve("bin/baton").toString(),
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
                ports.getFirst().toString(),
                "--http-port",
                ports.get(1).toString(),
                "--no-amqp-acceptor",
                "--java-memory",
                heap));
    words.addAll(List.of(more));
    if (more.length > 0) {
      words.addAll(
          List.of(
              "--failover-on-shutdown",
              "--clustered",
              "--cluster-user",
              "node",
              "--cluster-password",
              "node"));
    }
    Tools.run(directory, words.toArray(String[]::new));
    List<String> run = new ArrayList<>();
    if (!cached) {
      run.addAll(List.of("env", "BATON_NO_CACHE=yes"));
    }
    run.addAll(List.of(instance.resolve("bin/baton").toString(), "run"));
    return new Broker(run, instance, ports.getFirst());
  }
}
