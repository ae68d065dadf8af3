package io.batonmq.sim;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a run did, as a number: every choice and every call on a disk is folded in, so two runs
/// that agree in it went the same way.
public final class Trace {
  private long hash;
  private @Nullable Consumer<String> listener;

  Trace(long seed) {
    hash = Hash.mix(seed);
  }

  /// The number so far.
  public long hash() {
    return hash;
  }

  /// Has every step told in words too, which is slow; it changes nothing else.
  public void listen(Consumer<String> to) {
    listener = to;
  }

  void fold(long value) {
    hash = Hash.fold(hash, value);
  }

  boolean heard() {
    return listener != null;
  }

  public void tell(Supplier<String> what) {
    var to = listener;
    if (to != null) {
      to.accept(what.get());
    }
  }
}
