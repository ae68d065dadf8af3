package io.batonmq.sim.pair;

import io.batonmq.mirror.Arbiter;
import io.batonmq.mirror.ArbiterException;
import io.batonmq.mirror.Reign;
import io.batonmq.sim.SimProcess;
import java.time.Duration;

/// An arbiter behind the network: asks get lost, and so do answers.
final class SimArbiter implements Arbiter {
  static final String NAME = "arbiter";
  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final Simulation sim;
  private final SimProcess process;
  private final Arbiter arbiter;

  SimArbiter(Simulation sim, SimProcess process, Arbiter arbiter) {
    this.sim = sim;
    this.process = process;
    this.arbiter = arbiter;
  }

  @Override
  public Reign read() {
    pass(process.name(), NAME);
    Reign read = arbiter.read();
    pass(NAME, process.name());
    return read;
  }

  @Override
  public boolean change(Reign to) {
    pass(process.name(), NAME);
    boolean done = arbiter.change(to);
    if (done) {
      sim.stats().reign(to);
      sim.tell(() -> process + " has the reign changed to " + to);
    }
    pass(NAME, process.name());
    return done;
  }

  private void pass(String from, String to) {
    if (sim.network().isCut(from, to)) {
      process.sleep(PATIENCE);
      throw new ArbiterException("the arbiter does not answer");
    }
    process.sleep(Duration.ofNanos(sim.chance().magnitude(1_000_000)));
  }

  @Override
  public String describe() {
    return "the arbiter";
  }
}
