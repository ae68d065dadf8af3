package io.batonmq.sim.pair;

/// A promise was broken. Thrown where it is seen, through whatever is running, so that the run ends there.
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String what) {
    super(what);
  }
}
