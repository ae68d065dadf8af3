package io.batonmq.sim;

import java.time.Duration;

/// What befalls processes at their scheduling points, by the seed.
///
/// @param pausePerMillion how often a whole process stands still (garbage collection, SIGSTOP, a
///   frozen machine)
/// @param pauseNanosMax the longest of these pauses; it should exceed every timer of the code under
///   test
/// @param killPerMillion how often a process dies
public record Chaos(int pausePerMillion, long pauseNanosMax, int killPerMillion) {
  /// Nothing happens but scheduling.
  public static final Chaos NONE = new Chaos(0, 0, 0);

  /// Pauses only.
  public static Chaos pauses(int perMillion, Duration longest) {
    return new Chaos(perMillion, longest.toNanos(), 0);
  }

  /// The same, with deaths.
  public Chaos withKills(int perMillion) {
    return new Chaos(pausePerMillion, pauseNanosMax, perMillion);
  }
}
