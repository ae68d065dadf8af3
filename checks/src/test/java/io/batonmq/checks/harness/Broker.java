package io.batonmq.checks.harness;

import io.batonmq.checks.bench.peer.Heap;
import io.batonmq.cli.Main;
import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.AdminException;
import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.QueueStat;
import io.batonmq.server.admin.RunFile;
import io.batonmq.server.instance.CreateOutcome;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.instance.InstanceCreator;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A broker: its instance, and the process that runs it, if one does. The process is what users have:
/// `baton run`, with the class path of this test.
public final class Broker {
  /// Libraries of tests that no broker needs.
  private static final List<String> NOT_NEEDED =
      List.of("test-classes", "junit", "surefire", "archunit", "assertj", "google-java-format");

  private final NodePlan plan;
  private final Instance instance;
  private final Path out;
  private final Path store;
  private final List<String> words;
  private final int port;
  private final int adminPort;
  private List<String> prefix = List.of();
  private @Nullable Process process;
  private long outBefore;

  private Broker(
      NodePlan plan,
      Instance instance,
      Path out,
      Path store,
      List<String> words,
      int port,
      int adminPort) {
    this.plan = plan;
    this.instance = instance;
    this.out = out;
    this.store = store;
    this.words = words;
    this.port = port;
    this.adminPort = adminPort;
  }

  static Broker create(NodePlan plan, Path folder) throws IOException {
    int port = Ports.free();
    int adminPort = Ports.free();
    var outcome =
        InstanceCreator.create(
            plan.options(port, adminPort), folder.resolve(plan.name()), Path.of("."));
    if (!(outcome instanceof CreateOutcome.Created(Instance instance))) {
      throw new AssertionError("create: " + outcome);
    }
    var broker =
        new Broker(
            plan,
            instance,
            folder.resolve(plan.name() + ".out"),
            plan.store().orElse(instance.dir().resolve("data")).resolve("journal"),
            List.of("run", "--instance", instance.dir().toString()),
            port,
            adminPort);
    for (var edit : plan.edits()) {
      broker.edit(edit);
    }
    return broker;
  }

  /// One of several processes that run the same file, the `seat`th that was started.
  ///
  /// @param port that the file names
  static Broker of(Path file, int seat, int port, Path store) {
    var base = file.getParent();
    var name = "seat" + seat;
    return new Broker(
        NodePlan.single(name),
        new Instance(base.resolve("nodes").resolve(Integer.toString(seat))),
        base.resolve(name + ".out"),
        store,
        List.of("run", "--config", file.toString()),
        port,
        0);
  }

  /// Changes `broker.xml`; an edit that changes nothing is a mistake of the test.
  public void edit(UnaryOperator<String> edit) {
    try {
      var before = Files.readString(instance.brokerXml());
      var after = edit.apply(before);
      if (after.equals(before)) {
        throw new AssertionError("an edit changed nothing in\n" + before);
      }
      Files.writeString(instance.brokerXml(), after);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String name() {
    return plan.name();
  }

  public Instance instance() {
    return instance;
  }

  /// Where clients come in.
  public int port() {
    return port;
  }

  /// The directory of the log.
  public Path store() {
    return store;
  }

  /// What a client of this node alone connects to.
  public String url(String options) {
    return "amqp://127.0.0.1:%d?jms.username=%s&jms.password=%s%s"
        .formatted(port, NodePlan.USER, NodePlan.PASSWORD, options);
  }

  public String url() {
    return url("");
  }

  // ---- the process

  /// A command that runs the process, such as `unshare -m`.
  public Broker by(String... command) {
    prefix = List.of(command);
    return this;
  }

  /// Starts the process; does not wait for anything.
  public Broker start() {
    if (running()) {
      throw new AssertionError(name() + " runs already");
    }
    try {
      outBefore = Files.exists(out) ? Files.size(out) : 0;
      var started =
          new ProcessBuilder(command())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
              .start();
      process = started;
      Shell.endWithThisProcess(started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private List<String> command() {
    var command = new ArrayList<>(prefix);
    command.addAll(line(words.toArray(String[]::new)));
    return command;
  }

  private List<String> baton(String word) {
    return line(word, "--instance", instance.dir().toString());
  }

  /// The line of a shell that runs the command, in a process like this broker's.
  public List<String> line(String... words) {
    var line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx" + plan.heap(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-ea",
                "-cp",
                classPath(),
                Main.class.getName()));
    line.addAll(List.of(words));
    return line;
  }

  /// Runs another word of the command on the instance, such as `status`.
  public Shell.Result command(String word) {
    return Shell.attempt(baton(word).toArray(String[]::new));
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> NOT_NEEDED.stream().noneMatch(entry::contains))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Process process() {
    var running = process;
    if (running == null) {
      throw new AssertionError(name() + " was not started");
    }
    return running;
  }

  public boolean running() {
    return process != null && process.isAlive();
  }

  public long pid() {
    return process().pid();
  }

  /// As `kill -9`: the process has no say.
  public void kill() {
    process().destroyForcibly();
    awaitGone();
  }

  /// As `kill`: asks it to end cleanly; does not wait.
  public void terminate() {
    process().destroy();
  }

  /// As Ctrl-C: asks it to end cleanly; does not wait.
  public void interrupt() {
    signal("INT");
  }

  /// As `kill -STOP`: it stands still and does not know it.
  public void freeze() {
    signal("STOP");
  }

  public void thaw() {
    signal("CONT");
  }

  /// Holds every call of this process up that writes to a file at a place, or syncs one, for two minutes;
  /// returns once that has begun. By strace, for this process alone: whoever else uses the disk goes on.
  public AutoCloseable blockDisk() throws IOException {
    var calls = "fsync,fdatasync,pwrite64,pwritev";
    var tracing =
        new ProcessBuilder(
                "strace",
                "-f",
                "-p",
                Long.toString(pid()),
                "-o",
                out + ".strace",
                "-e",
                "trace=" + calls,
                "-e",
                "inject=" + calls + ":delay_enter=120000000")
            .redirectErrorStream(true)
            .start();
    Shell.endWithThisProcess(tracing);
    var said = tracing.inputReader();
    String line = said.readLine();
    if (line == null || !line.contains("attached")) {
      throw new AssertionError("strace: " + line);
    }
    // Whoever is in a call when the process is gone is let go by strace's end, and by nothing else.
    return () -> tracing.destroyForcibly().waitFor();
  }

  private void signal(String signal) {
    Shell.run("kill", "-" + signal, Long.toString(pid()));
  }

  /// Asks it to end cleanly, and waits until it has.
  public int stop() {
    terminate();
    return awaitExit();
  }

  /// Waits until the process has ended, and answers its exit code.
  public int awaitExit() {
    awaitGone();
    return process().exitValue();
  }

  private void awaitGone() {
    try {
      if (!process().waitFor(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(name() + " has not ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Ends the process, if one runs; for the end of a test.
  void end() {
    if (running()) {
      kill();
    }
  }

  /// What is live on its heap, after two collections: the second frees what was on its way out in the first.
  public double heapMib() {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String pid = Long.toString(pid());
    Shell.run(jcmd, pid, "GC.run");
    Shell.run(jcmd, pid, "GC.run");
    return Heap.usedKib(Shell.run(jcmd, pid, "GC.heap_info")) / 1024.0;
  }

  /// What the files of its log hold, of those that are there while it is looked.
  public long storeBytes() {
    try (var files = Files.walk(store())) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what it says

  /// What this run of the process has printed so far.
  public String printed() {
    try (var file = Files.newByteChannel(out)) {
      file.position(outBefore);
      var bytes = Channels.newInputStream(file).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until this run has printed something that matches.
  public Broker awaitPrinted(String regex) {
    var pattern = Pattern.compile(regex);
    Until.holds(
        name() + " prints " + regex,
        () -> {
          if (pattern.matcher(printed()).find()) {
            return true;
          }
          if (!running()) {
            throw new IllegalStateException("ended with " + process().exitValue());
          }
          return false;
        });
    return this;
  }

  /// The last lines of all runs.
  String logTail(int lines) {
    try {
      var all = Files.exists(out) ? Files.readAllLines(out) : List.<String>of();
      return "---- "
          + name()
          + " ("
          + out
          + ")\n"
          + String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return name() + ": " + e;
    }
  }

  // ---- what an operator is told

  /// Asks the process that runs now; the file of an earlier one may be there.
  public AdminClient admin() {
    try {
      var run = RunFile.read(RunFile.in(instance.dir()));
      return AdminClient.of(
              run.filter(it -> it.pid() == pid())
                  .orElseThrow(() -> new IllegalStateException(name() + " has no admin yet")))
          .patient(Duration.ofSeconds(10));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public NodeStatus status() throws AdminException {
    return admin().status();
  }

  /// The word for its role; `none` if it does not answer.
  public String role() {
    try {
      return status().role();
    } catch (AdminException | IllegalStateException e) {
      return "none";
    }
  }

  /// The figures of a queue, if there is such a queue.
  public Optional<QueueStat> queue(String name) throws AdminException {
    return admin().queues().stream().filter(it -> it.name().equals(name)).findFirst();
  }

  /// Waits until it is active, its port answers, and it has written down how that came about.
  public Broker awaitActive() {
    awaitRole("active");
    Until.holds(name() + " listens", () -> Ports.answers(port));
    // It is written when clients can come in, so a moment later.
    Until.holds(name() + " has its receipt", () -> !status().receipts().isEmpty());
    return this;
  }

  public Broker awaitStandby() {
    return awaitRole("standby");
  }

  private Broker awaitRole(String wanted) {
    String[] seen = {""};
    Until.holds(
        () -> name() + " is " + wanted + "; it is " + seen[0],
        Until.PATIENCE,
        () -> {
          seen[0] = running() ? role() : "ended with " + process().exitValue();
          return seen[0].equals(wanted);
        });
    return this;
  }
}
