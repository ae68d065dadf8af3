package io.batonmq.checks.bench.peer;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// Commands that peers are fetched and made with.
final class Tools {
  private static final int LOWEST_PORT = 15_000;
  private static final int HIGHEST_PORT = 30_000;

  private Tools() {}

  /// Runs a command to its good end.
  static void run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path out = Files.createTempFile("baton-bench", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    String said = Files.readString(out);
    Files.delete(out);
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + code + ":\n" + said);
    }
  }

  static void run(Path directory, String... command) throws IOException, InterruptedException {
    run(directory, Map.of(), List.of(command));
  }

  /// Jars of a folder.
  static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /// Ports that are free now, below those that the system gives to clients: who waits for a broker by connecting
  /// to such a port is connected to itself sooner or later.
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      while (sockets.size() < count) {
        try {
          int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
          sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (BindException _) {
          // Somebody has it; another one.
        }
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  /// Fetches artifacts and what they need into a folder, once.
  static Path fetched(Path folder, String... coordinates) throws IOException, InterruptedException {
    if (Files.exists(folder.resolve("complete"))) {
      return folder;
    }
    Files.createDirectories(folder);
    StringBuilder dependencies = new StringBuilder();
    for (String coordinate : coordinates) {
      List<String> parts = List.of(coordinate.split(":"));
      dependencies.append(
          "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>"
              .formatted(parts.get(0), parts.get(1), parts.get(2)));
    }
    Files.writeString(
        folder.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
        <groupId>bench</groupId><artifactId>peer</artifactId><version>1</version><packaging>pom</packaging>
        <dependencies>%s</dependencies></project>
        """
            .formatted(dependencies));
    run(
        folder,
        "mvn",
        "-q",
        "-B",
        "-ntp",
        "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies",
        "-DoutputDirectory=" + folder,
        "-DincludeScope=runtime");
    Files.writeString(folder.resolve("complete"), "");
    return folder;
  }
}
