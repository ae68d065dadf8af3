package io.batonmq.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A row of checks, each a sentence that ends in success or failure, and a line that counts them.
final class Checks {
  private final String name;
  private final List<Check> checks = new ArrayList<>();

  /// Looks at one thing.
  @FunctionalInterface
  interface Look {
    /// Answers what is wrong, null if nothing is.
    @Nullable String wrong() throws Exception;
  }

  private record Check(String sentence, Look look) {}

  Checks(String name) {
    this.name = name;
  }

  void add(String sentence, Look look) {
    checks.add(new Check(sentence, look));
  }

  /// Runs them all. [Exit#OK] if all succeed.
  Exit run(PrintWriter out) throws Exception {
    long start = System.nanoTime();
    int failures = 0;
    out.println("Running " + name);
    for (var check : checks) {
      out.print(check.sentence + " ... ");
      out.flush();
      var wrong = check.look.wrong();
      out.println(wrong == null ? "success" : "failure: " + wrong);
      failures += wrong == null ? 0 : 1;
    }
    out.printf(
        Locale.ROOT,
        "Checks run: %d, Failures: %d, Errors: 0, Skipped: 0, Time elapsed: %.3f sec - %s%n",
        checks.size(),
        failures,
        (System.nanoTime() - start) / 1e9,
        name);
    return failures == 0 ? Exit.OK : Exit.FAILED;
  }
}
