package io.batonmq.mirror;

/// The arbiter did not answer, or not in a way that can be understood.
public final class ArbiterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ArbiterException(String message) {
    super(message);
  }

  public ArbiterException(String message, Throwable cause) {
    super(message, cause);
  }
}
