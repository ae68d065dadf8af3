/// A whole pair from one seed: nodes of the shipping core over one simulated disk, clients that come back
/// after a takeover, faults, and what must hold whatever happens.
@NullMarked
package io.batonmq.sim.pair;

import org.jspecify.annotations.NullMarked;
