package io.batonmq.checks.bench;

import io.batonmq.checks.bench.peer.Broker;
import io.batonmq.checks.bench.peer.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What a deep queue costs: memory, disk, restarts and take-overs beside those of an empty one, and how fast it
/// is drained beside a shallow one.
final class Deep {
  /// How often a restart and a take-over are measured, with the empty queue and with the deep one.
  private static final int TIMES = 3;

  /// Turns of a drain, for each queue.
  private static final int TURNS = 20;

  /// Messages of the shallow queue.
  private static final int SHALLOW = 20_000;

  /// A node that stands by again may have to read all the log.
  private static final Duration STANDBY_MAX = Duration.ofMinutes(10);

  private static final String QUEUE = "queue=bench";

  private final Setting setting;
  private final Peer peer;
  private final Path directory;

  private Deep(Setting setting, Peer peer, Path directory) {
    this.setting = setting;
    this.peer = peer;
    this.directory = directory;
  }

  /// A pair whose queue is filled, whose nodes are restarted and killed, and whose queue is drained in order.
  static Scenario backlog() {
    return (setting, peer, directory) -> new Deep(setting, peer, directory).backlogged();
  }

  private Map<String, Double> backlogged() throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    try (Peer.Pair pair = peer.pair(directory)) {
      pair.primary().keepCollections();
      pair.backup().keepCollections();
      pair.primary().start().awaitAnswers();
      standBy(pair);
      takeOvers(pair, "empty_takeover_ms", figures);
      figures.put("empty_restart_ms", restarts(pair));
      standBy(pair);
      figures.put("fill_rate", filled(pair.primary()));
      figures.put("heap_mib", pair.primary().heapMib(setting.javaHome()));
      figures.put("standby_heap_mib", pair.backup().heapMib(setting.javaHome()));
      figures.put("rss_mib", pair.primary().residentKib() / 1024.0);
      figures.put("store_mib", bytes(directory) / 1048576.0);
      takeOvers(pair, "takeover_ms", figures);
      figures.put("restart_ms", restarts(pair));
      standBy(pair);
      figures.putAll(
          load(
              pair.primary(),
              "turns",
              "messages=" + setting.backlog(),
              "turns=" + TURNS,
              "shallow=" + Math.min(SHALLOW, setting.backlog() / TURNS)));
      figures.remove("count");
      figures.put("drained_heap_mib", pair.primary().heapMib(setting.javaHome()));
      figures.put("heap_most_mib", (double) most(pair));
      figures.put("drained_store_mib", atRestBytes(directory) / 1048576.0);
    }
    return figures;
  }

  /// One queue, filled and drained again and again.
  ///
  /// @return what is left after each cycle
  static List<Map<String, Double>> cycles(
      Setting setting, Peer peer, Path directory, int cycles, int messages) throws Exception {
    Deep deep = new Deep(setting.withBacklog(messages), peer, directory);
    List<Map<String, Double>> all = new ArrayList<>();
    try (Broker broker = peer.single(directory).start()) {
      broker.awaitAnswers();
      for (int i = 0; i < cycles; i++) {
        all.add(deep.cycle(broker));
      }
    }
    return all;
  }

  private Map<String, Double> cycle(Broker broker) throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("fill_rate", filled(broker));
    figures.put("full_heap_mib", broker.heapMib(setting.javaHome()));
    figures.put("full_store_mib", bytes(directory) / 1048576.0);
    figures.put(
        "drain_rate",
        load(broker, "drain", "messages=" + setting.backlog()).getOrDefault("rate", 0.0));
    figures.put("heap_mib", broker.heapMib(setting.javaHome()));
    figures.put("store_mib", atRestBytes(directory) / 1048576.0);
    return figures;
  }

  private double filled(Broker broker) throws Exception {
    return load(
            broker, "fill", "messages=" + setting.backlog(), "window=" + Scenario.fillWindow(peer))
        .getOrDefault("rate", 0.0);
  }

  private Map<String, Double> load(Broker broker, String work, String... arguments)
      throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(QUEUE);
    all.add("bytes=" + setting.size());
    try (LoadProcess load =
        new LoadProcess(setting, peer, peer.url(broker.port()), work, all.toArray(String[]::new))) {
      return load.result();
    }
  }

  /// Starts the backup and waits until it follows.
  private void standBy(Peer.Pair pair) throws IOException {
    Broker backup = pair.backup();
    int before = Files.exists(backup.output()) ? backup.printed(peer.standbySays()) : 0;
    backup.start().awaitPrinted(peer.standbySays(), before + 1, STANDBY_MAX);
  }

  /// Kills the primary, lets it come back and get the baton back, several times; the figure is the median of what a
  /// producer waited. Both run then. Where a pair does not fail back by itself it is left out.
  private void takeOvers(Peer.Pair pair, String figure, Map<String, Double> figures)
      throws Exception {
    if (!peer.failsBack()) {
      return;
    }
    double[] millis = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      int before = pair.backup().printed(peer.standbySays());
      millis[i] = Gaps.killed(setting, peer, pair);
      pair.primary().start().awaitAnswers();
      pair.backup().awaitPrinted(peer.standbySays(), before + 1, STANDBY_MAX);
    }
    figures.put(figure, median(millis));
  }

  /// Stops both nodes and starts the primary alone, several times. The backup does not run then.
  ///
  /// @return the median from the start of the process to its first answer, in milliseconds
  private double restarts(Peer.Pair pair) throws Exception {
    pair.backup().stop();
    double[] millis = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      pair.primary().stop();
      millis[i] = pair.primary().start().awaitAnswers();
    }
    return median(millis);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static long most(Peer.Pair pair) throws IOException {
    return Math.max(pair.primary().heapMostMib(), pair.backup().heapMostMib());
  }

  /// What a folder holds when it has stopped to shrink: space comes back some time after messages go.
  private static long atRestBytes(Path directory) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    long now = bytes(directory);
    long since = System.nanoTime();
    while (System.nanoTime() < end && System.nanoTime() - since < TimeUnit.SECONDS.toNanos(20)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
      long next = bytes(directory);
      if (next != now) {
        now = next;
        since = System.nanoTime();
      }
    }
    return now;
  }

  /// What the files below a folder hold, of those that are there while it is looked.
  static long bytes(Path directory) {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        // One went meanwhile.
        return bytes(directory);
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
