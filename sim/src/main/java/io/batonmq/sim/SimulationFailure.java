package io.batonmq.sim;

/// A task failed, or the run can not go on. The message names the seed that shows it again.
public final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  SimulationFailure(long seed, String what) {
    super("seed=" + seed + " " + what);
  }

  SimulationFailure(long seed, String what, Throwable cause) {
    super("seed=" + seed + " " + what + ": " + cause, cause);
  }
}
