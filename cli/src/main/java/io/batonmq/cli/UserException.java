package io.batonmq.cli;

/// The end of a command, in a sentence for the person who typed it. Never a bug: it has no trace.
public final class UserException extends RuntimeException {
  private final Exit exit;

  public UserException(Exit exit, String sentence) {
    super(sentence, null, false, false);
    this.exit = exit;
  }

  /// The words make no sense together.
  static UserException usage(String sentence) {
    return new UserException(Exit.USAGE, sentence);
  }

  static UserException failed(String sentence) {
    return new UserException(Exit.FAILED, sentence);
  }

  Exit exit() {
    return exit;
  }
}
