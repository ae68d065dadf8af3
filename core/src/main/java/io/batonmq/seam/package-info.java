/// The ground floor: what the core asks of the world. Each contract here has two twins, the real one
/// in `server.platform` and the simulated one in `sim`; nothing else in the core touches a clock, a
/// disk or a lock.
@NullMarked
package io.batonmq.seam;

import org.jspecify.annotations.NullMarked;
