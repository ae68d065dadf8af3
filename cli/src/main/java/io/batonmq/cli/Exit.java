package io.batonmq.cli;

import io.batonmq.ha.ExitCode;
import io.batonmq.server.node.ServerMain;

/// What the process of a command ends with. `run` ends with 0 or with a code of [ExitCode] as well. Both
/// are documented in `docs/exit-codes.md`; scripts depend on them.
public enum Exit {
  /// Done.
  OK(0),
  /// It was tried, and did not work or found something wrong.
  FAILED(1),
  /// The words of the command make no sense; nothing was tried.
  USAGE(2),
  /// The configuration of the instance is not usable.
  CONFIGURATION(ServerMain.EXIT_CONFIGURATION),
  /// The node is not running.
  NOT_RUNNING(4),
  /// The node was asked, and has not done it in time.
  TOO_LATE(5),
  /// `demo`: a confirmed message is missing, or one was enqueued or delivered twice without a word.
  ACCOUNT(6),
  /// A bug in the command.
  BUG(ExitCode.BUG.code()),
  /// The port of an acceptor is not to be had.
  CANNOT_LISTEN(ServerMain.EXIT_CANNOT_LISTEN),
  /// Another process runs the instance.
  RUNNING_ALREADY(17),
  /// Another broker has the store, and this one was told not to wait, or to empty it.
  STORE_IN_USE(ServerMain.EXIT_STORE_IN_USE);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
