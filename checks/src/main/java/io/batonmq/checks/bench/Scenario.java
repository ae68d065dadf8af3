package io.batonmq.checks.bench;

import io.batonmq.checks.bench.peer.Baton;
import io.batonmq.checks.bench.peer.Broker;
import io.batonmq.checks.bench.peer.Peer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Something that is measured of a broker.
interface Scenario {
  /// How long a broker has been idle when its memory is looked at.
  long IDLE_MILLIS = 5000;

  /// Unanswered sends of each producer in a flow.
  int WINDOW = 100;

  /// The same where a queue is filled.
  int FILL_WINDOW = 1000;

  /// What is measured, once.
  Map<String, Double> measure(Setting setting, Peer peer, Path directory) throws Exception;

  /// Persistent sends, each answered.
  static Scenario sends(int producers, int window) {
    return (setting, peer, directory) ->
        loaded(
            setting,
            peer,
            directory,
            "sends",
            "producers=" + producers,
            "window=" + window,
            "queue=bench");
  }

  /// Through the broker, from producers to consumers.
  ///
  /// @param rate messages a second; 0: as fast as they can
  static Scenario flow(int pairs, int rate) {
    return (setting, peer, directory) ->
        loaded(
            setting,
            peer,
            directory,
            "flow",
            "producers=" + pairs,
            "consumers=" + pairs,
            "window=" + (peer.answersLater() ? WINDOW : 0),
            "rate=" + rate,
            "queue=bench");
  }

  private static Map<String, Double> loaded(
      Setting setting, Peer peer, Path directory, String work, String... arguments)
      throws Exception {
    try (Broker broker = peer.single(directory).start()) {
      broker.awaitAnswers();
      List<String> all = new ArrayList<>(List.of(arguments));
      all.add("seconds=" + setting.seconds());
      all.add("warmup=" + setting.warmup());
      try (LoadProcess load =
          new LoadProcess(
              setting, peer, peer.url(broker.port()), work, all.toArray(String[]::new))) {
        load.await("window begin");
        long cpu = broker.cpuNanos();
        load.await("window end");
        long used = broker.cpuNanos() - cpu;
        Map<String, Double> figures = new LinkedHashMap<>(load.result());
        figures.put("broker_cpu_us", used / 1e3 / Math.max(1, figures.getOrDefault("count", 1.0)));
        figures.put("broker_rss_mib", broker.residentKib() / 1024.0);
        return figures;
      }
    }
  }

  /// With how many unanswered sends a queue is filled; 0 for transactions.
  static int fillWindow(Peer peer) {
    return peer.answersLater() ? FILL_WINDOW : 0;
  }

  /// Until a client is answered, and what the process needs then.
  static Scenario start() {
    return (setting, peer, directory) -> {
      try (Broker broker = peer.single(directory)) {
        // The first start makes files; the second is what people wait for.
        broker.start().awaitAnswers();
        broker.stop();
        broker.start();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("start_ms", broker.awaitAnswers());
        figures.put("start_cpu_ms", broker.cpuNanos() / 1e6);
        // Part of what is measured: what is needed after a while of doing nothing.
        Thread.sleep(IDLE_MILLIS);
        broker.collect(setting.javaHome());
        // A second collection gives back what the first has made free, which would be counted as
        // negative below.
        broker.collect(setting.javaHome());
        figures.put("idle_mib", broker.residentKib() / 1024.0);
        double before = broker.residentKib();
        int connections = 500;
        try (LoadProcess idle =
            new LoadProcess(
                setting,
                peer,
                peer.url(broker.port()),
                "idle",
                "connections=" + connections,
                "queue=bench")) {
          idle.await("ready");
          broker.collect(setting.javaHome());
          broker.collect(setting.javaHome());
          figures.put("connection_kib", (broker.residentKib() - before) / connections);
          idle.tell();
          idle.result();
        }
        return figures;
      }
    };
  }

  /// A command that does nothing but start; only of ourselves.
  static Scenario command() {
    return (setting, peer, directory) -> {
      if (!(peer instanceof Baton baton)) {
        return Map.of();
      }
      double[] millis = new double[10];
      for (int i = 0; i < millis.length; i++) {
        long began = System.nanoTime();
        new ProcessBuilder(baton.command("version"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
        millis[i] = (System.nanoTime() - began) / 1e6;
      }
      Arrays.sort(millis);
      return Map.of("median_ms", millis[millis.length / 2]);
    };
  }
}
