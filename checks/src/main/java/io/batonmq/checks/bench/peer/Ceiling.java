package io.batonmq.checks.bench.peer;

import io.batonmq.checks.bench.ceiling.AnswersMain;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// No broker: a server over the same protocol library that accepts every message at once and forgets it. What
/// it does is what client, sockets and AMQP cost; a broker that keeps messages can come near, and not above.
public final class Ceiling extends AmqpPeer {
  private static final Set<String> SCENARIOS = Set.of("sends", "async");

  private final List<Path> ours;
  private final String heap;
  private final Path javaHome;

  /// @param ours class path with [AnswersMain] and what it needs
  public Ceiling(List<Path> clientPath, List<Path> ours, String heap, Path javaHome) {
    super(clientPath);
    this.ours = ours;
    this.heap = heap;
    this.javaHome = javaHome;
  }

  @Override
  public String name() {
    return "ceiling";
  }

  @Override
  public boolean takesPart(String scenario) {
    return SCENARIOS.contains(scenario);
  }

  @Override
  public String standbySays() {
    throw alone();
  }

  @Override
  public Pair pair(Path directory) {
    throw alone();
  }

  private static IllegalStateException alone() {
    return new IllegalStateException("the ceiling keeps nothing, so nobody can stand by");
  }

  @Override
  public Broker single(Path directory) throws IOException {
    int port = Tools.freePorts(1).getFirst();
    return new Broker(
        List.of(
            javaHome.resolve("bin/java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseG1GC",
            "-Xms" + heap,
            "-Xmx" + heap,
            "-cp",
            ours.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
            AnswersMain.class.getName(),
            Integer.toString(port)),
        directory,
        port);
  }
}
