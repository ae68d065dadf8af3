package io.batonmq.seam;

/// A lock, and a wait for what happens under it, among the lanes of one node. Not re-entrant.
public interface Monitor {
  /// Takes it; waits while another lane has it.
  void enter();

  /// Gives it back.
  void leave();

  /// Gives it back, waits until somebody signals or the time is over, and takes it again. May come back
  /// early: look again at what was waited for. The caller has it.
  void await(long nanosMax);

  /// Lets everybody look again who waits. The caller has it.
  void signal();
}
