package io.batonmq.log;

/// The store contradicts itself below what was committed. Nothing is skipped: the node does not serve
/// from it, and the message names the place and what to do.
public final class DamagedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DamagedException(String message) {
    super(message);
  }
}
