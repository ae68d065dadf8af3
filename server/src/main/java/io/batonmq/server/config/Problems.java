package io.batonmq.server.config;

import io.batonmq.server.config.Problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The problems of one file while it is being read. Bounded: a file of nonsense is told about its
/// first [#PROBLEMS_MAX] and then that there are more.
final class Problems {
  static final int PROBLEMS_MAX = 200;

  private final Path file;
  private final List<Problem> found = new ArrayList<>();
  private boolean errors;
  private boolean more;

  Problems(Path file) {
    this.file = file;
  }

  void error(Element at, String message) {
    add(Severity.ERROR, at, message, Optional.empty());
  }

  void warning(Element at, String message) {
    add(Severity.WARNING, at, message, Optional.empty());
  }

  void info(Element at, String message) {
    add(Severity.INFO, at, message, Optional.empty());
  }

  /// An error over a name that is not known, with the nearest of those that are.
  void unknown(Element at, String message, String name, Collection<String> known) {
    var nearest = full() ? Optional.<String>empty() : Spelling.nearest(name, known);
    add(Severity.ERROR, at, message, nearest);
  }

  /// An error at a place that no element stands for: the text is not XML, or not readable at all.
  void broken(int line, int column, String message) {
    add(new Problem(Severity.ERROR, file, line, column, "", message, Optional.empty()));
  }

  boolean errors() {
    return errors;
  }

  /// In the order of the file.
  List<Problem> list() {
    var sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    if (more) {
      var limit = "more than " + PROBLEMS_MAX + " problems: the others are not shown";
      sorted.add(new Problem(Severity.INFO, file, 0, 0, "", limit, Optional.empty()));
    }
    return List.copyOf(sorted);
  }

  private void add(Severity severity, Element at, String message, Optional<String> didYouMean) {
    add(new Problem(severity, file, at.line(), at.column(), at.path(), message, didYouMean));
  }

  private void add(Problem problem) {
    errors |= problem.severity() == Severity.ERROR;
    more |= full();
    if (!full()) {
      found.add(problem);
    }
  }

  private boolean full() {
    return found.size() >= PROBLEMS_MAX;
  }
}
