package io.batonmq.checks.bench;

import io.batonmq.checks.bench.load.Driver;
import io.batonmq.checks.bench.peer.Peer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A load in a process of its own.
final class LoadProcess implements AutoCloseable {
  /// What loads of one run print when they fail, in the folder of the work.
  static final String ERRORS = "load.err";

  private final Process process;
  private final BufferedReader said;

  LoadProcess(Setting setting, Peer peer, String url, String work, String... arguments)
      throws IOException {
    String path =
        Stream.concat(peer.clientPath().stream(), setting.loadPath().stream())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        new ArrayList<>(
            List.of(
                setting.javaHome().resolve("bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xms256m",
                "-Xmx2g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path,
                Driver.class.getName(),
                "work=" + work,
                "factory=" + peer.factory(),
                "url=" + url));
    command.addAll(List.of(arguments));
    process =
        new ProcessBuilder(command)
            .redirectError(
                ProcessBuilder.Redirect.appendTo(setting.work().resolve(ERRORS).toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    said = process.inputReader();
  }

  /// Waits until it says something.
  void await(String line) throws IOException {
    String next = said.readLine();
    while (!line.equals(next)) {
      if (next == null || next.startsWith("failed")) {
        throw new IOException("the load said \"" + next + "\" instead of \"" + line + "\"");
      }
      next = said.readLine();
    }
  }

  /// Tells it to go on.
  void tell() throws IOException {
    process.outputWriter().write("\n");
    process.outputWriter().flush();
  }

  /// Waits for its end.
  Map<String, Double> result() throws IOException, InterruptedException {
    String line = said.readLine();
    while (line != null && !line.startsWith("result ")) {
      if (line.startsWith("failed")) {
        throw new IOException(line);
      }
      line = said.readLine();
    }
    if (line == null) {
      throw new IOException("the load ended without a result; see " + ERRORS);
    }
    process.waitFor(20, TimeUnit.SECONDS);
    return Row.figures(line.substring("result ".length()));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
