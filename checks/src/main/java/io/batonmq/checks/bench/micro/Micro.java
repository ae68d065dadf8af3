package io.batonmq.checks.bench.micro;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Runs what is in this room, in a process of its own. Arguments: a folder on the disk to be measured, seconds
/// for each benchmark. What it finds are lines `figures VARIANT,SUBJECT,name=value name=value`.
public final class Micro {
  private static final String FOLDER = "baton.bench.micro";

  private Micro() {}

  /// The folder on the disk to be measured.
  static Path folder() {
    return Path.of(System.getProperty(FOLDER));
  }

  /// Runs all of it.
  public static void main(String[] words) throws IOException, RunnerException {
    Path folder = Path.of(words[0]);
    int seconds = Integer.parseInt(words[1]);
    for (int records : new int[] {1, 8, 64}) {
      print(
          "sustained append",
          records(records) + " of 1 KiB a sync",
          new Sustained(folder, records, 2 * seconds).measure());
    }
    var options =
        new OptionsBuilder()
            .include(Micro.class.getPackageName() + "\\.")
            .jvmArgsAppend(
                "-D" + FOLDER + "=" + folder,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow")
            .forks(1)
            .warmupIterations(Math.max(1, seconds / 2))
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(seconds)
            .measurementTime(TimeValue.seconds(1))
            .shouldFailOnError(true)
            .build();
    for (RunResult result : new Runner(options).run()) {
      print(result);
    }
  }

  private static void print(RunResult result) {
    var how = result.getParams();
    String name = how.getBenchmark().substring(Micro.class.getPackageName().length() + 1);
    String parameters =
        how.getParamsKeys().stream()
            .map(key -> key + " " + how.getParam(key))
            .collect(Collectors.joining(" "));
    var score = result.getPrimaryResult();
    Map<String, Double> figures = new LinkedHashMap<>();
    // `ops/s` and `ms/op`: rates where more is better, times where less is.
    figures.put(score.getScoreUnit().equals("ms/op") ? "ms" : "rate", score.getScore());
    figures.put("lowest", score.getStatistics().getMin());
    figures.put("highest", score.getStatistics().getMax());
    print(name, parameters.isEmpty() ? "-" : parameters, figures);
  }

  private static String records(int count) {
    return count == 1 ? "1 record" : count + " records";
  }

  private static void print(String variant, String subject, Map<String, Double> figures) {
    String text =
        figures.entrySet().stream()
            .map(it -> String.format(Locale.ROOT, "%s=%.3f", it.getKey(), it.getValue()))
            .collect(Collectors.joining(" "));
    System.out.println("figures " + variant + "," + subject + "," + text);
  }
}
