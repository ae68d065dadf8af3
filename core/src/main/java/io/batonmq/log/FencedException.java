package io.batonmq.log;

/// This node is not the active one any more, or its disk failed: it may not append, and nothing that is
/// not yet confirmed will be.
public final class FencedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FencedException(String reason) {
    super(reason);
  }
}
