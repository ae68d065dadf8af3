package io.batonmq.sim;

/// Every choice of a run, in order, from one seed (SplitMix64).
public final class Chance {
  private long state;

  /// Starts from a seed; near seeds give unrelated choices.
  public Chance(long seed) {
    state = Hash.mix(seed + 0x9E3779B97F4A7C15L);
  }

  /// 64 bits.
  public long bits() {
    state += 0x9E3779B97F4A7C15L;
    return Hash.mix(state);
  }

  /// A number from 0, below `bound`.
  public int below(int bound) {
    return (int) (((bits() >>> 33) * bound) >>> 31);
  }

  /// A number from `least` to `most`, both included.
  public long between(long least, long most) {
    long span = most - least + 1;
    return span <= 0 ? bits() : least + Long.remainderUnsigned(bits(), span);
  }

  /// A number from 1 to `most`, each order of magnitude as likely as any other: short ones are
  /// common, and the longest are tried too.
  public long magnitude(long most) {
    int bits = 64 - Long.numberOfLeadingZeros(Math.max(1, most));
    long scale = 1L << (1 + below(bits));
    return Math.min(most, between(1, Math.max(1, scale)));
  }

  /// True once in `n`.
  public boolean oneIn(int n) {
    return below(n) == 0;
  }

  /// True `times` in a million.
  public boolean perMillion(int times) {
    return times > 0 && below(1_000_000) < times;
  }

  /// A stream of choices of its own, decided by this one.
  public Chance fork() {
    return new Chance(bits());
  }
}
