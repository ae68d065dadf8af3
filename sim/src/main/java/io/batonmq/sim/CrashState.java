package io.batonmq.sim;

import io.batonmq.seam.Clock;
import java.util.List;

/// One state in which a crash may leave a disk.
///
/// @param boundary after which change of the recorded run the crash came; 0 is before the first
/// @param variant what survived, in words
/// @param marks what the run had marked by then, in order
/// @param disk the disk as it is found by whoever comes next; it works without tasks
/// @param <M> what the run marks
public record CrashState<M>(long seed, int boundary, String variant, List<M> marks, SimDisk disk) {

  /// The disk, mounted by a process that was just started.
  public SimStorage mount() {
    return disk.mount(disk.scheduler().process("recovery"));
  }

  /// A clock for whoever recovers.
  public Clock clock() {
    return disk.scheduler().process("clock").clock();
  }

  @Override
  public String toString() {
    return "seed=" + seed + " boundary=" + boundary + " (" + variant + ") marks=" + marks.size();
  }
}
