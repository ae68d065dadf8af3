package io.batonmq.sim.pair;

import io.batonmq.ha.Replica;
import io.batonmq.ha.Warrant;
import io.batonmq.mirror.Arbiter;
import io.batonmq.seam.Storage;

/// What a node is built of, changed from outside: to show that a guard is needed, leave it out.
public interface Tamper {
  /// Leaves everything as it is.
  Tamper NONE = new Tamper() {};

  /// The disk that a life of a node has mounted.
  default Storage storage(Storage real) {
    return real;
  }

  /// The arbiter of nodes with disks of their own.
  default Arbiter arbiter(Arbiter real) {
    return real;
  }

  /// What such a node asks before it takes over.
  default Warrant warrant(Warrant real) {
    return real;
  }

  /// What follows the log and serves.
  default Replica replica(Replica real) {
    return real;
  }
}
