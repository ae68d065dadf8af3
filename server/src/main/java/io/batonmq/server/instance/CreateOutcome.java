package io.batonmq.server.instance;

import java.util.Set;

/// What came of `create`.
public sealed interface CreateOutcome {

  /// The instance is there.
  record Created(Instance instance) implements CreateOutcome {}

  /// Nothing was written: these have no default and were not given. The caller may ask for them.
  record Missing(Set<Question> questions) implements CreateOutcome {
    public Missing {
      questions = Set.copyOf(questions);
    }
  }

  /// Nothing was written: the options are good, and the folder is not to be had.
  record InUse(String reason) implements CreateOutcome {}

  /// Nothing was written: an option makes no sense.
  ///
  /// @param reason a sentence that says what to change
  record Refused(String reason) implements CreateOutcome {}

  /// What has no default.
  enum Question {
    USER("--user"),
    PASSWORD("--password"),
    CLUSTER_USER("--cluster-user"),
    CLUSTER_PASSWORD("--cluster-password");

    private final String option;

    Question(String option) {
      this.option = option;
    }

    /// The option that answers it.
    public String option() {
      return option;
    }
  }
}
