package io.batonmq.cli;

import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.function.LongSupplier;

/// The commits of one session. One that a take-over rolled back may be tried again with the same messages;
/// one that a broker refuses would be refused for ever.
final class Commits {
  /// A commit, as a session does it.
  interface Step {
    void run() throws JMSException;
  }

  private final LongSupplier moves;

  /// The moves at the last commit, before which this transaction cannot have begun.
  private long begun;

  /// @param moves how often the connection has moved so far
  Commits(LongSupplier moves) {
    this.moves = moves;
    begun = moves.getAsLong();
  }

  /// Commits.
  ///
  /// @return false if it was rolled back because its connection moved
  /// @throws JMSException if it was rolled back or failed for another reason
  boolean commit(Step commit) throws JMSException {
    // Looked at before: the next transaction begins inside a commit.
    long now = moves.getAsLong();
    try {
      commit.run();
      begun = now;
      return true;
    } catch (TransactionRolledBackException e) {
      now = moves.getAsLong();
      if (now == begun) {
        throw e;
      }
      begun = now;
      return false;
    }
  }
}
