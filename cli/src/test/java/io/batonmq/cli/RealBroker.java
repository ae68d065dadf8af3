package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.AdminException;
import io.batonmq.server.admin.RunFile;
import io.batonmq.session.Management;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A broker in a process of its own, as `create` and `run` make it.
final class RealBroker implements AutoCloseable {
  private final Path instance;
  private final int port;
  private final Process process;

  RealBroker(Path instance, String... runOptions) throws IOException, InterruptedException {
    this.instance = instance;
    this.port = free();
    var made =
        Command.run(
            "create",
            instance,
            "--silent",
            "--password",
            "secret",
            "--host",
            "127.0.0.1",
            "--default-port",
            port,
            "--no-amqp-acceptor",
            "--http-port",
            free());
    if (made.exit() != 0) {
      throw new AssertionError(made.err());
    }
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx192m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "--instance",
                instance.toString()));
    command.addAll(List.of(runOptions));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(instance.resolve("log/console.log").toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    if (!Waiting.until(() -> !process.isAlive() || (active() && listens()), Duration.ofSeconds(60))
        || !process.isAlive()) {
      throw new AssertionError(Files.readString(instance.resolve("log/console.log")));
    }
  }

  /// A node is active a moment before its port is open.
  private boolean listens() {
    try (var socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean active() throws IOException {
    var run = RunFile.read(RunFile.in(instance));
    try {
      if (run.isEmpty() || !AdminClient.of(run.get()).status().role().equals("active")) {
        return false;
      }
      // It has the baton a moment before it does what it is asked.
      AdminClient.of(run.get()).manage(new Management.PurgeQueue("DLQ"));
      return true;
    } catch (AdminException e) {
      return false;
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  String url() {
    return "tcp://127.0.0.1:" + port;
  }

  Path instance() {
    return instance;
  }

  Process process() {
    return process;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
