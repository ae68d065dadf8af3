package io.batonmq.sim.pair;

import io.batonmq.ha.Replica;
import io.batonmq.seam.Storage;

/// What a node is built of, changed from outside: to show that a guard is needed, leave it out.
public interface Tamper {
  /// Leaves everything as it is.
  Tamper NONE = new Tamper() {};

  /// The disk that a life of a node has mounted.
  default Storage storage(Storage real) {
    return real;
  }

  /// What follows the log and serves.
  default Replica replica(Replica real) {
    return real;
  }
}
