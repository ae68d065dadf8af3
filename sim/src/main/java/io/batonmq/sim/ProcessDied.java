package io.batonmq.sim;

/// Thrown at the next scheduling point of a task whose process is dead, and at every one after it.
/// An [Error], so that code that handles what a disk may do lets it pass.
public final class ProcessDied extends Error {
  private static final long serialVersionUID = 1L;

  ProcessDied(String process) {
    super(process + " is dead", null, false, false);
  }
}
