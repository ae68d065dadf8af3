package io.batonmq.cli.demo;

import io.batonmq.cli.Exit;
import io.batonmq.cli.UserException;
import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.AdminException;
import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.RunFile;
import io.batonmq.server.instance.Instance;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One broker of the pair: an instance, and the process that runs it at the moment.
final class Broker {
  private final String name;
  private final Instance instance;
  private final int port;
  private @Nullable Process process;

  Broker(String name, Instance instance, int port) {
    this.name = name;
    this.instance = instance;
    this.port = port;
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  Instance instance() {
    return instance;
  }

  /// What it printed, all its runs together.
  Path console() {
    return instance.log().resolve("console.log");
  }

  /// Starts it with this Java and this class path, as `bin/baton run` would.
  synchronized void start() throws IOException {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // it lives for seconds
            "-Xmx256m"));
    words.addAll(archive());
    words.addAll(
        List.of(
            "-Dbaton.home=" + System.getProperty("baton.home", ""),
            "-cp",
            System.getProperty("java.class.path"),
            "io.batonmq.cli.Main",
            "run",
            "--instance",
            instance.dir().toString()));
    var builder = new ProcessBuilder(words);
    builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(console().toFile()));
    process = builder.start();
    process.getOutputStream().close();
  }

  /// The class archive that the launcher made for commands, whose options these are.
  private static List<String> archive() {
    var path = System.getProperty("java.class.path");
    int end = path.indexOf(File.pathSeparatorChar);
    var archive = Path.of(end < 0 ? path : path.substring(0, end)).resolveSibling("command.jsa");
    return Files.exists(archive)
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:aot=off")
        : List.of();
  }

  synchronized Process process() {
    if (process == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return process;
  }

  /// As `kill -9`: it can do nothing about it.
  void kill() throws InterruptedException {
    process().destroyForcibly().waitFor();
  }

  /// Ends it whatever its state; for the end of the demo.
  synchronized void end() {
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// @throws UserException if the process ended by itself
  synchronized void mustLive() {
    if (process != null && !process.isAlive()) {
      throw new UserException(
          Exit.FAILED, name + " ended by itself with exit code " + process.exitValue());
    }
  }

  /// Its own words, unless it cannot speak yet.
  Optional<NodeStatus> status() throws IOException {
    var admin = admin();
    if (admin.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(admin.get().status());
    } catch (AdminException e) {
      return Optional.empty();
    }
  }

  boolean is(String role) throws IOException {
    return status().filter(status -> status.role().equals(role)).isPresent();
  }

  /// The door of this run; a file that an earlier run left is passed over.
  Optional<AdminClient> admin() throws IOException {
    return RunFile.read(RunFile.in(instance.dir()))
        .filter(run -> run.pid() == process().pid())
        .map(AdminClient::of);
  }

  /// Asks it to stop and waits for it.
  void stop(long secondsMax) throws IOException, InterruptedException {
    admin().orElseThrow(() -> new IOException(name + " has no admin listener")).stop();
    if (!process().waitFor(secondsMax, TimeUnit.SECONDS)) {
      throw new UserException(
          Exit.FAILED, name + " was asked to stop and runs still, " + secondsMax + " s later");
    }
    if (process().exitValue() != 0) {
      throw new UserException(
          Exit.FAILED, name + " was stopped and ended with exit code " + process().exitValue());
    }
  }

  /// Files that tell what happened, for when something did.
  List<Path> logs() {
    return List.of(instance.log().resolve("baton.log"), console());
  }
}
