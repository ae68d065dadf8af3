/// A world from a seed: time, threads, disks and locks that fail in every way that the real ones
/// may, and do it again in the same way when asked.
///
/// [io.batonmq.sim.Scheduler] runs exactly one task at any moment and chooses by the seed who is
/// next; [io.batonmq.sim.SimDisk] is what nodes share, seen by each through its own
/// [io.batonmq.sim.SimStorage]; [io.batonmq.sim.CrashStates] enumerates what a power cut may leave.
@NullMarked
package io.batonmq.sim;

import org.jspecify.annotations.NullMarked;
