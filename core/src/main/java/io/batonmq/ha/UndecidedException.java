package io.batonmq.ha;

/// Whether this node has the right to go on cannot be known at the moment.
public final class UndecidedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UndecidedException(String message, Throwable cause) {
    super(message, cause);
  }
}
