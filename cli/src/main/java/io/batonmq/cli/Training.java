package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.RunFile;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.node.ServerMain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A pair's life in one process, in a few seconds: made, started, used, handed over, stopped. The launcher
/// runs it once where Baton is built or laid out, for the JVM to remember what it loaded and compiled
/// (`-XX:AOTCacheOutput`): after that, commands and brokers start faster, and a broker that has just taken
/// over answers its first clients without having to learn how.
public final class Training {
  private static final int MESSAGES = 4_000;
  private static final long SECONDS_MAX = 60;

  /// AMQP 1.0 with SASL.
  private static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

  /// What the launcher looks for: a node that ends the process cuts the training short, and the
  /// exit code does not tell.
  private static final String DONE = "trained";

  private final Path directory;
  private final List<Integer> ports;
  private int failures;

  private Training(Path directory, List<Integer> ports) {
    this.directory = directory;
    this.ports = ports;
  }

  /// Ends with 0 if all of it went well.
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("baton-training");
    Training training = new Training(directory, FreePorts.find(4));
    try {
      training.run();
    } catch (Exception e) {
      e.printStackTrace();
      training.failures++;
    }
    clear(directory);
    if (training.failures == 0) {
      System.out.println(DONE);
    }
    System.exit(training.failures == 0 ? 0 : 1);
  }

  private void run() throws Exception {
    command("version");
    command("help");
    create("primary", 0);
    create("backup", 1, "--backup");
    var primary = start("primary", 0);
    var backup = start("backup", 1);
    use(0);
    command("status", "--instance", instance("primary"));
    // Hands over to the other, as a take-over does but for the waiting.
    stop("primary");
    primary.get(SECONDS_MAX, TimeUnit.SECONDS);
    awaitPort(1);
    use(1);
    stop("backup");
    backup.get(SECONDS_MAX, TimeUnit.SECONDS);
  }

  private String instance(String name) {
    return directory.resolve(name).toString();
  }

  private void create(String name, int number, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "create",
                instance(name),
                "--name",
                name,
                "--user",
                "training",
                "--password",
                "training",
                "--require-login",
                "--silent",
                "--host",
                "127.0.0.1",
                "--default-port",
                ports.get(number).toString(),
                "--http-port",
                ports.get(2 + number).toString(),
                "--no-amqp-acceptor",
                "--clustered",
                "--cluster-user",
                "training",
                "--cluster-password",
                "training",
                "--shared-store",
                "--failover-on-shutdown",
                "--data",
                directory.resolve("store").toString()));
    words.addAll(List.of(more));
    command(words.toArray(String[]::new));
  }

  private CompletableFuture<Integer> start(String name, int number) {
    var ended = new CompletableFuture<Integer>();
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> {
          ended.complete(
              ServerMain.run(
                  ServerMain.Plan.of(new Instance(directory.resolve(name)), false), "training"));
        });
    if (number == 0) {
      awaitPort(number);
    }
    return ended;
  }

  /// As the command does, which would wait for this process to be gone.
  private void stop(String name) throws IOException {
    var run = RunFile.read(RunFile.in(directory.resolve(name))).orElseThrow();
    AdminClient.of(run).stop();
  }

  /// Waits until clients are let in. A node tries its ports when it starts and closes them again, so that somebody
  /// accepts a connection is not enough: it has to answer.
  private void awaitPort(int number) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (System.nanoTime() - end < 0) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), ports.get(number))) {
        socket.getOutputStream().write(AMQP_HEADER);
        if (socket.getInputStream().read() >= 0) {
          return;
        }
      } catch (IOException _) {
        Thread.onSpinWait();
      }
    }
    throw new IllegalStateException("the broker of the training does not listen");
  }

  private void use(int number) {
    String url = "tcp://127.0.0.1:" + ports.get(number);
    String count = Integer.toString(MESSAGES);
    for (String word : new String[] {"producer", "consumer"}) {
      if (failures > 0) {
        // A consumer would wait for ever for what no producer has sent.
        throw new IllegalStateException("the training has failed");
      }
      command(
          word,
          "--url",
          url,
          "--user",
          "training",
          "--password",
          "training",
          "--message-count",
          count);
    }
  }

  private void command(String... words) {
    if (Main.commandLine().execute(words) != 0) {
      failures++;
    }
  }

  private static void clear(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
