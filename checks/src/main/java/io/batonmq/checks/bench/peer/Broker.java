package io.batonmq.checks.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One broker's process, which can be started again and again on its data.
public final class Broker implements AutoCloseable {
  private static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
  private static final Duration START_MAX = Duration.ofSeconds(90);
  private static final Duration END_MAX = Duration.ofSeconds(60);

  private final List<String> command;
  private final Path directory;
  private final int port;
  private @Nullable Process process;
  private long startedNanos;
  private boolean collectionsKept;

  /// @param command that becomes the broker's process
  /// @param directory where it is run, and [#output] written
  public Broker(List<String> command, Path directory, int port) {
    this.command = List.copyOf(command);
    this.directory = directory;
    this.port = port;
  }

  /// Where it prints.
  public Path output() {
    return directory.resolve("broker.out");
  }

  /// The port for clients.
  public int port() {
    return port;
  }

  /// From its next start on each process writes down what its collections leave; see [#heapMostMib].
  public void keepCollections() {
    collectionsKept = true;
  }

  /// Starts the process, and does not wait.
  public Broker start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
    if (collectionsKept) {
      // Read by every `java`, whatever script it is started by; in the directory of the process.
      builder
          .environment()
          .put("JDK_JAVA_OPTIONS", "-Xlog:gc:file=" + Heap.LOG + "%p.log:uptime:filecount=0");
    }
    startedNanos = System.nanoTime();
    Process started = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    process = started;
    return this;
  }

  /// Waits until it answers a client's first bytes.
  ///
  /// @return milliseconds since it was started
  public double awaitAnswers() {
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (System.nanoTime() < deadline) {
      if (answers()) {
        return (System.nanoTime() - startedNanos) / 1e6;
      }
      if (!running()) {
        throw new IllegalStateException("the broker ended: " + output());
      }
      LockSupport.parkNanos(2_000_000);
    }
    throw new IllegalStateException("no answer: " + output());
  }

  /// Whether a client is answered now.
  public boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket.setSoTimeout(1000);
      socket.getOutputStream().write(AMQP_HEADER);
      return socket.getInputStream().read() >= 0;
    } catch (IOException _) {
      return false;
    }
  }

  /// Waits until its output has a text.
  public void awaitPrinted(String text) throws IOException {
    awaitPrinted(text, 1, START_MAX);
  }

  /// Waits until its output has a text so many times, in all of its runs.
  public void awaitPrinted(String text, int times, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (printed(text) < times) {
      if (System.nanoTime() > deadline || !running()) {
        throw new IllegalStateException("not printed: " + text + " in " + directory);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /// How many lines of its output have a text, in all of its runs.
  public int printed(String text) throws IOException {
    return Math.toIntExact(
        Files.readString(output()).lines().filter(line -> line.contains(text)).count());
  }

  private Process process() {
    Process now = process;
    if (now == null) {
      throw new IllegalStateException("not started");
    }
    return now;
  }

  public boolean running() {
    return process != null && process().isAlive();
  }

  /// Processor time used, of all threads.
  public long cpuNanos() {
    return process().toHandle().info().totalCpuDuration().orElseThrow().toNanos();
  }

  /// Resident memory.
  public long residentKib() {
    try {
      for (String line :
          Files.readAllLines(
              Path.of("/proc", Long.toString(process().pid()), "status"),
              StandardCharsets.US_ASCII)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      throw new IllegalStateException("no VmRSS");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Asks the JVM to collect its garbage, so that memory says what is needed and not what was touched.
  public void collect(Path javaHome) throws IOException, InterruptedException {
    new ProcessBuilder(
            javaHome.resolve("bin/jcmd").toString(), Long.toString(process().pid()), "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /// What is live on the heap: what it holds after two collections. The second one frees what was on its
  /// way out in the first.
  public double heapMib(Path javaHome) throws IOException, InterruptedException {
    collect(javaHome);
    collect(javaHome);
    Process asking =
        new ProcessBuilder(
                javaHome.resolve("bin/jcmd").toString(),
                Long.toString(process().pid()),
                "GC.heap_info")
            .redirectErrorStream(true)
            .start();
    String said = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asking.waitFor();
    return Heap.usedKib(said) / 1024.0;
  }

  /// The most that any collection has left, in all runs since [#keepCollections]: never less than what was
  /// live then, and more by what a collection of the young has not looked at.
  public long heapMostMib() throws IOException {
    long most = 0;
    try (var files = Files.newDirectoryStream(directory, Heap.LOG + "*")) {
      for (Path file : files) {
        most = Math.max(most, Heap.mostMib(Files.readString(file)));
      }
    }
    return most;
  }

  /// `kill -9`.
  public void kill() throws InterruptedException {
    process().destroyForcibly().waitFor();
  }

  /// `kill -STOP`.
  public void hang() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-STOP", Long.toString(process().pid())).start().waitFor();
  }

  /// A clean end; a process that does not end is killed and told of.
  public void stop() throws InterruptedException {
    if (!running()) {
      return;
    }
    process().destroy();
    if (!process().waitFor(END_MAX.toSeconds(), TimeUnit.SECONDS)) {
      System.err.println("did not end when it was asked to: " + directory);
      process().destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process().destroyForcibly();
    }
  }
}
