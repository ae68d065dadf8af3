package io.batonmq.checks.bench;

import io.batonmq.checks.bench.micro.Micro;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The log and the core without a socket, in a process of its own.
final class MicroProcess {
  /// What it is called, as a word of the command and in rows.
  static final String SCENARIO = "micro";

  private static final String FIGURES = "figures ";

  private MicroProcess() {}

  /// Runs all of it; what it says goes to this process's output too.
  static List<Row> measure(Setting setting, ClassPaths paths, int round)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                setting.javaHome().resolve("bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // Of JMH.
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                paths.ours().stream()
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator)),
                Micro.class.getName(),
                setting.work().toString(),
                Integer.toString(setting.seconds()))
            .redirectErrorStream(true)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    List<Row> rows = new ArrayList<>();
    try (var said = process.inputReader()) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        System.out.println(line);
        if (line.startsWith(FIGURES)) {
          rows.add(row(line.substring(FIGURES.length()), round));
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException("the micro-benchmarks ended with " + process.exitValue());
    }
    return rows;
  }

  private static Row row(String text, int round) {
    int first = text.indexOf(',');
    int second = text.indexOf(',', first + 1);
    return new Row(
        SCENARIO,
        text.substring(0, first),
        text.substring(first + 1, second),
        round,
        Row.figures(text.substring(second + 1)));
  }
}
