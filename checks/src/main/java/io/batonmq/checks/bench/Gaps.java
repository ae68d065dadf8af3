package io.batonmq.checks.bench;

import io.batonmq.checks.bench.peer.Broker;
import io.batonmq.checks.bench.peer.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// How long the clients of a pair stand still when the active node ends in one way or another, seen by
/// a producer that waits for each answer.
final class Gaps {
  /// How the active node ends.
  enum End {
    KILL,
    HANG,
    STOP
  }

  /// More than twice the idle time-out of a client whose broker hangs and keeps its connections.
  private static final int PATIENCE_SECONDS = 150;

  private Gaps() {}

  /// The active ends, the other takes over; then the first comes back and gets the baton, where the pair
  /// fails back by itself, or else because the other is stopped, as its operator would.
  ///
  /// @param backlog messages that wait meanwhile
  static Scenario gap(End end, int backlog) {
    return (setting, peer, directory) -> measure(setting, peer, directory, end, backlog);
  }

  private static Map<String, Double> measure(
      Setting setting, Peer peer, Path directory, End end, int backlog) throws Exception {
    try (Peer.Pair pair = peer.pair(directory)) {
      Broker primary = pair.primary();
      primary.start().awaitAnswers();
      pair.backup().start();
      String url = peer.failoverUrl(primary.port(), pair.backup().port());
      if (backlog > 0) {
        try (LoadProcess fill =
            new LoadProcess(
                setting,
                peer,
                url,
                "fill",
                "messages=" + backlog,
                "window=" + Scenario.fillWindow(peer),
                "queue=deep")) {
          fill.result();
        }
      }
      pair.backup().awaitPrinted(peer.standbySays());
      Map<String, Double> figures = new LinkedHashMap<>();
      try (LoadProcess load = gapLoad(setting, peer, url)) {
        load.await("ready");
        switch (end) {
          case KILL -> primary.kill();
          case HANG -> primary.hang();
          case STOP -> primary.stop();
        }
        load.tell();
        Map<String, Double> seen = load.result();
        figures.put("gap_ms", seen.getOrDefault("gap_ms", 0.0));
        figures.put("failures", seen.getOrDefault("failures", 0.0));
        figures.put("never", seen.getOrDefault("never", 0.0));
      }
      if (end == End.STOP) {
        try (LoadProcess load = gapLoad(setting, peer, url)) {
          load.await("ready");
          if (peer.failsBack()) {
            primary.start().awaitAnswers();
          } else {
            Files.deleteIfExists(primary.output());
            primary.start().awaitPrinted(peer.standbySays());
            pair.backup().stop();
          }
          load.tell();
          figures.put("failback_ms", load.result().getOrDefault("gap_ms", 0.0));
        }
      }
      return figures;
    }
  }

  /// Kills the primary of a pair of which both nodes run.
  ///
  /// @return how long a producer waited, in milliseconds
  static double killed(Setting setting, Peer peer, Peer.Pair pair) throws Exception {
    String url = peer.failoverUrl(pair.primary().port(), pair.backup().port());
    try (LoadProcess load = gapLoad(setting, peer, url)) {
      load.await("ready");
      pair.primary().kill();
      load.tell();
      return load.result().getOrDefault("gap_ms", Double.NaN);
    }
  }

  private static LoadProcess gapLoad(Setting setting, Peer peer, String url) throws Exception {
    return new LoadProcess(
        setting, peer, url, "gap", "producers=1", "seconds=" + PATIENCE_SECONDS, "queue=gap");
  }
}
