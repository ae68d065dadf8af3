package io.batonmq.sim.pair;

import java.util.ArrayList;
import java.util.List;

/// A transaction as its client sees it.
final class Tx {
  final String name;
  final List<Sent> sends = new ArrayList<>();
  final List<Copy.Delivery> takes = new ArrayList<>();

  /// The same sends are tried in it again until they are in effect.
  boolean triedAgain;

  /// Its commit was asked for, at least once: until then nobody may see anything of it.
  boolean commitAsked;

  /// How often.
  int commitsAsked;

  /// It was said to be in effect.
  boolean committed;

  /// It was said not to be, and is not tried again.
  boolean rolledBack;

  /// Who ends it; empty for a local one.
  final String manager;

  /// It was asked to be prepared, at least once.
  boolean prepareAsked;

  /// The epoch that said that it is prepared.
  long promised = Long.MAX_VALUE;

  /// Its manager said how it ends.
  boolean endAsked;

  /// The epoch that said that it has ended.
  long ended = Long.MAX_VALUE;

  /// Whether it is in effect as far as anybody can tell: said to be, or some of it was seen; where nothing
  /// can be seen of it, it may be.
  boolean mayBeInEffect() {
    return committed
        || (commitAsked && !rolledBack && (sends.isEmpty() || sends.stream().anyMatch(Sent::seen)));
  }

  /// Whether anything of it is for the nodes that come after.
  boolean lasts() {
    return sends.stream().anyMatch(sent -> !sent.fleeting())
        || takes.stream().anyMatch(take -> !take.copy.sent.fleeting());
  }

  Tx(String name) {
    this(name, "");
  }

  Tx(String name, String manager) {
    this.name = name;
    this.manager = manager;
  }

  @Override
  public String toString() {
    return "transaction " + name;
  }
}
