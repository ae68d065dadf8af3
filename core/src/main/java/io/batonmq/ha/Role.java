package io.batonmq.ha;

import io.batonmq.log.file.LogWriter;

/// Where this node stands. Only [Active] carries an appender, so only an active node can write.
public sealed interface Role {
  /// Epoch that the role is about; 0 where none was ever claimed.
  long epoch();

  /// The word for it that people see.
  default String word() {
    return switch (this) {
      case Standby _ -> "standby";
      case Promoting _ -> "promoting";
      case Active _ -> "active";
      case Fenced _ -> "fenced";
    };
  }

  /// Follows.
  ///
  /// @param epoch of the tenure that it observes
  /// @param active name of the node that claimed it; empty if none
  record Standby(long epoch, String active) implements Role {}

  /// Taking over.
  record Promoting(long epoch, Receipt.Cause cause) implements Role {}

  /// Has the baton.
  record Active(long epoch, LogWriter appender, Receipt receipt) implements Role {}

  /// Must do nothing more.
  record Fenced(long epoch, ExitCode code, String reason) implements Role {}
}
