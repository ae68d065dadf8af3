package io.batonmq.server.config;

import io.batonmq.server.config.Problem.Severity;
import java.util.List;
import java.util.Optional;

/// What reading a file came to: a configuration, or the errors that stand in its way; and in both
/// cases everything else worth saying, in the order of the file.
///
/// @param config present exactly when no problem is an error
public record ConfigResult(Optional<BrokerConfig> config, List<Problem> problems) {
  public ConfigResult {
    problems = List.copyOf(problems);
  }

  public List<Problem> errors() {
    return problems.stream().filter(problem -> problem.severity() == Severity.ERROR).toList();
  }
}
