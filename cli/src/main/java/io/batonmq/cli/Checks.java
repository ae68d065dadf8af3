package io.batonmq.cli;

import io.batonmq.server.admin.Json;
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
  ///
  /// @param json whether what was found is printed for programs, all of it at the end
  Exit run(PrintWriter out, boolean json) throws Exception {
    return json ? json(out) : run(out);
  }

  private Exit json(PrintWriter out) throws Exception {
    List<Json> found = new ArrayList<>();
    int failures = 0;
    for (var check : checks) {
      var wrong = check.look.wrong();
      var fields = Json.fields().with("check", check.sentence).with("success", wrong == null);
      found.add(wrong == null ? fields : fields.with("wrong", wrong));
      failures += wrong == null ? 0 : 1;
    }
    out.println(
        Json.fields()
            .with("name", name)
            .with("failures", failures)
            .with("checks", new Json.Items(found))
            .pretty());
    return failures == 0 ? Exit.OK : Exit.FAILED;
  }

  private Exit run(PrintWriter out) throws Exception {
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
