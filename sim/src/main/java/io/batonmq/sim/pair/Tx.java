package io.batonmq.sim.pair;

import java.util.ArrayList;
import java.util.List;

/// A transaction as its client sees it.
final class Tx {
  final String name;
  final List<Sent> sends = new ArrayList<>();
  final List<Copy.Delivery> takes = new ArrayList<>();

  /// Its commit was asked for, at least once: until then nobody may see anything of it.
  boolean commitAsked;

  /// It was said to be in effect.
  boolean committed;

  /// It was said not to be, and is not tried again.
  boolean rolledBack;

  Tx(String name) {
    this.name = name;
  }

  @Override
  public String toString() {
    return "transaction " + name;
  }
}
