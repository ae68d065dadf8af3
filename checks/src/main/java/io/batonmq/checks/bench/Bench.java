package io.batonmq.checks.bench;

import io.batonmq.checks.bench.micro.BareDisk;
import io.batonmq.checks.bench.peer.Artemis;
import io.batonmq.checks.bench.peer.Baton;
import io.batonmq.checks.bench.peer.Ceiling;
import io.batonmq.checks.bench.peer.Classic;
import io.batonmq.checks.bench.peer.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `baton bench`: measures, and writes what it saw.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures brokers side by side on this machine, in turn, and writes a report.",
      "Peers are fetched by Maven when they are first needed."
    })
final class Bench implements Callable<Integer> {
  private static final String KILL = "kill";

  /// A deep backlog is so many times what a cycle fills and drains.
  private static final int CYCLE_SHARE = 5;

  @Parameters(
      arity = "0..*",
      description = {
        "What to measure: disk, micro, sends, async, flow, fixed, backlog, cycles, gap, start,"
            + " command.",
        "Default: all."
      })
  List<String> scenarios = new ArrayList<>();

  @Option(
      names = "--against",
      split = ",",
      description =
          "Who: baton, uncached (the same without its start cache, in start and command), openwire"
              + " (the same over OpenWire, with the client of classic), artemis, classic, ceiling"
              + " (no broker: it only answers sends). Default: ${DEFAULT-VALUE}.",
      defaultValue = "baton,uncached,openwire,ceiling,artemis,classic")
  List<String> against = List.of();

  @Option(names = "--rounds", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
  int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Counted time of each load. Default: ${DEFAULT-VALUE}.")
  int seconds;

  @Option(
      names = "--warmup",
      defaultValue = "8",
      description = "Seconds before it. Default: ${DEFAULT-VALUE}.")
  int warmup;

  @Option(
      names = {"--messages", "--backlog"},
      defaultValue = "1000000",
      description = "Messages of a deep backlog. Default: ${DEFAULT-VALUE}.")
  int backlog;

  @Option(
      names = "--size",
      defaultValue = "1024",
      description =
          "Bytes of the body of each of them, in backlog and cycles. Default: ${DEFAULT-VALUE}.")
  int size;

  @Option(
      names = "--cycles",
      defaultValue = "10",
      description =
          "How often a queue is filled and drained, in cycles: with a fifth of a deep backlog."
              + " Default: ${DEFAULT-VALUE}.")
  int cycles;

  @Option(
      names = "--deep-rounds",
      defaultValue = "1",
      description =
          "In how many of the rounds deep backlogs and hangs are measured, which take longest."
              + " Default: ${DEFAULT-VALUE}.")
  int deepRounds;

  @Option(
      names = "--kills",
      defaultValue = "17",
      description =
          "How often in each round Baton's active node is killed; that of others once. Default:"
              + " ${DEFAULT-VALUE}.")
  int kills;

  @Option(
      names = "--heap",
      defaultValue = "512m",
      description = "Heap of every broker. Default: ${DEFAULT-VALUE}.")
  String heap = "";

  @Option(
      names = "--only",
      description = "Only variants whose name contains this, for example \"32 producers\".")
  String only = "";

  @Option(
      names = "--out",
      defaultValue = "target/bench/report",
      description = "Folder for report.md, its plots and rows.csv. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("");

  @Spec private CommandSpec spec;

  private final List<Row> rows = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /// @param deep whether it takes minutes, for a deep backlog that has to be made or for time-outs
  private record Task(String scenario, String variant, Scenario what, boolean deep) {
    Task(String scenario, String variant, Scenario what) {
      this(scenario, variant, what, false);
    }
  }

  public static void main(String[] words) {
    System.exit(new CommandLine(new Bench()).execute(words));
  }

  @Override
  public Integer call() throws Exception {
    Path distribution = Path.of(System.getProperty("baton.distribution"));
    Path target = Path.of(System.getProperty("baton.bench"));
    Path javaHome = Path.of(System.getProperty("java.home"));
    Set<String> wanted = new TreeSet<>(scenarios);
    Path fetched = Files.createDirectories(target.resolve("peers"));
    ClassPaths paths = ClassPaths.ofThisProcess();
    List<Path> qpid = paths.client();
    Setting setting =
        new Setting(
            Files.createDirectories(target.resolve("work")),
            javaHome,
            paths.loads(),
            rounds,
            seconds,
            warmup,
            backlog,
            size);
    Map<String, Peer> peers = new LinkedHashMap<>();
    Baton baton = new Baton(distribution, qpid, heap, true);
    Classic classic = new Classic(fetched, paths.loads().getFirst(), heap, javaHome);
    peers.put("baton", baton);
    peers.put("openwire", baton.overOpenWire(classic));
    peers.put("uncached", new Baton(distribution, qpid, heap, false));
    peers.put("ceiling", new Ceiling(qpid, paths.ours(), heap, javaHome));
    peers.put("artemis", new Artemis(fetched, qpid, heap, javaHome));
    peers.put("classic", classic);
    List<Peer> chosen = new ArrayList<>();
    for (String name : against) {
      Peer peer = peers.get(name);
      if (peer == null) {
        System.err.println("bench: nobody is called " + name + "; known: " + peers.keySet());
        return 2;
      }
      chosen.add(peer);
    }
    String head = head(new Machine(setting.work(), target));
    Files.createDirectories(out);
    Files.deleteIfExists(out.resolve("rows.csv"));
    Files.deleteIfExists(setting.work().resolve(LoadProcess.ERRORS));
    for (int round = 1; round <= rounds; round++) {
      if (wanted.isEmpty() || wanted.contains("disk")) {
        disk(setting, round);
      }
      if (wanted.isEmpty() || wanted.contains(MicroProcess.SCENARIO)) {
        micro(setting, paths, round);
      }
      for (Task task : tasks()) {
        if ((wanted.isEmpty() || wanted.contains(task.scenario))
            && task.variant.contains(only)
            && (!task.deep || round <= deepRounds)) {
          for (Peer peer : chosen.stream().filter(it -> it.takesPart(task.scenario)).toList()) {
            for (int time = 1; time <= times(task, peer); time++) {
              measure(setting, task, peer, round);
            }
          }
        }
      }
      if ((wanted.isEmpty() || wanted.contains("cycles"))
          && messages(backlog / CYCLE_SHARE).contains(only)
          && round <= deepRounds) {
        for (Peer peer : chosen.stream().filter(it -> it.takesPart("cycles")).toList()) {
          cycles(setting, peer, round);
        }
      }
      // After each, so that a run that is broken off has its report too.
      write(head);
    }
    System.out.println("report: " + out.resolve("report.md"));
    return 0;
  }

  /// The target speaks of the worst of many, which is worth the time for us alone.
  private int times(Task task, Peer peer) {
    return task.variant.equals(KILL) && peer.name().equals("baton") ? kills : 1;
  }

  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    for (int producers : new int[] {1, 8, 32}) {
      String variant = producers == 1 ? "1 producer" : producers + " producers";
      tasks.add(new Task("sends", variant, Scenario.sends(producers, 0)));
    }
    tasks.add(new Task("async", "1 producer", Scenario.sends(1, 256)));
    tasks.add(new Task("async", "8 producers", Scenario.sends(8, 64)));
    tasks.add(new Task("flow", "1:1", Scenario.flow(1, 0)));
    tasks.add(new Task("flow", "8:8", Scenario.flow(8, 0)));
    tasks.add(new Task("fixed", "1:1 at 500/s", Scenario.flow(1, 500)));
    tasks.add(new Task("fixed", "8:8 at 2000/s", Scenario.flow(8, 2000)));
    tasks.add(new Task("start", "restart", Scenario.start()));
    tasks.add(new Task("command", "baton version", Scenario.command()));
    tasks.add(new Task("gap", KILL, Gaps.gap(Gaps.End.KILL, 0)));
    tasks.add(new Task("gap", "stop and failback", Gaps.gap(Gaps.End.STOP, 0)));
    tasks.add(new Task("gap", "hang", Gaps.gap(Gaps.End.HANG, 0), true));
    tasks.add(new Task("gap", Targets.killWith(backlog), Gaps.gap(Gaps.End.KILL, backlog), true));
    tasks.add(new Task("backlog", messages(backlog), Deep.backlog(), true));
    return tasks;
  }

  private String messages(int count) {
    return "%d messages of %d bytes".formatted(count, size);
  }

  private void measure(Setting setting, Task task, Peer peer, int round) throws IOException {
    Path directory = empty(setting, peer);
    String what = "%s, %s, %s, round %d".formatted(task.scenario, task.variant, peer.name(), round);
    System.out.print(what + ": ");
    System.out.flush();
    try {
      Map<String, Double> figures = task.what.measure(setting, peer, directory);
      keep(new Row(task.scenario, task.variant, peer.name(), round, figures));
    } catch (Exception e) {
      failed(what, e);
    }
  }

  private static Path empty(Setting setting, Peer peer) throws IOException {
    Path directory = setting.work().resolve(peer.name());
    clear(directory);
    return Files.createDirectories(directory);
  }

  /// The others are still worth measuring; a gap in the table says what happened.
  private void failed(String what, Exception e) {
    System.out.println("FAILED: " + e);
    failures.add("- %s: %s\n".formatted(what, e.getMessage()));
  }

  /// A row for each cycle, so that the table shows what grows.
  private void cycles(Setting setting, Peer peer, int round) throws IOException {
    int messages = backlog / CYCLE_SHARE;
    String variant = messages(messages);
    String what = "cycles, %s, %s, round %d".formatted(variant, peer.name(), round);
    System.out.println(what + ":");
    try {
      int cycle = 0;
      for (var figures : Deep.cycles(setting, peer, empty(setting, peer), cycles, messages)) {
        cycle++;
        keep(new Row("cycles", variant, peer.name() + ", cycle " + cycle, round, figures));
      }
    } catch (Exception e) {
      failed(what, e);
    }
  }

  private void disk(Setting setting, int round) throws IOException {
    for (boolean direct : new boolean[] {false, true}) {
      for (int records : new int[] {1, 8, 64}) {
        System.out.print("disk: ");
        keep(
            new Row(
                "disk",
                records + " records of 1 KiB a sync",
                direct ? "direct" : "buffered",
                round,
                BareDisk.measure(setting.work(), Math.min(3, seconds), records, direct)));
      }
    }
  }

  private void micro(Setting setting, ClassPaths paths, int round) throws IOException {
    try {
      for (Row row : MicroProcess.measure(setting, paths, round)) {
        keep(row);
      }
    } catch (IOException | InterruptedException e) {
      System.out.println("micro FAILED: " + e);
    }
  }

  private void keep(Row row) throws IOException {
    rows.add(row);
    System.out.println(row.withoutCurve().line());
    Files.writeString(
        out.resolve("rows.csv"),
        row.line() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private void write(String head) throws IOException {
    Map<String, List<Plots.Plot>> plots = new LinkedHashMap<>();
    for (Plots.Plot plot : new Plots(rows).all()) {
      Files.writeString(out.resolve(plot.file()), plot.svg());
      plots.computeIfAbsent(plot.scenario(), _ -> new ArrayList<>()).add(plot);
    }
    Files.writeString(
        out.resolve("report.md"), head + new Report(rows).markdown(plots) + notMeasured());
  }

  private String notMeasured() {
    return failures.isEmpty() ? "" : "\n## Failed\n\n" + String.join("", failures);
  }

  private String head(Machine machine) {
    return """
    # What `baton bench` measured

    ```sh
    ./baton bench %s
    ```

    %s- every broker with a heap of %s; %d rounds, %d s of warm-up and %d s counted for each load

    Cells: median (lowest–highest), and × its ratio to the first row. `ceiling` is no broker: a server over the
    same protocol library that accepts every message at once and keeps none.
    """
        .formatted(
            String.join(
                " ",
                spec.commandLine().getParseResult().originalArgs().stream()
                    .map(word -> word.indexOf(' ') < 0 ? word : "\"" + word + "\"")
                    .toList()),
            machine.markdown(),
            heap,
            rounds,
            warmup,
            seconds);
  }

  private static void clear(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
