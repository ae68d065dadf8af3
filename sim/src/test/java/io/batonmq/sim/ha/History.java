package io.batonmq.sim.ha;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The one history that all nodes must agree on: what the state is after so many records. Whatever a
/// standby was handed and whatever an active node confirmed is told to it; the first to come to a record
/// decides, and everybody else must have the same.
///
/// That alone says that nothing confirmed is lost, that nothing changes its order, and that no node
/// confirms what a later one did not take over: its own successor's record would stand at that number.
public class History {
  private final List<Entry> entries = new ArrayList<>();
  private final Set<Long> appended = new HashSet<>();
  private long confirmed;
  private long confirmations;

  private record Entry(long hash, String by) {}

  /// A state: the fold of all records up to some number of them.
  public record State(long records, long hash) {
    public static final State EMPTY = new State(0, 0);

    public State after(long position, int type, long payload) {
      return new State(records + 1, mix(mix(mix(hash) + position) + type) + payload);
    }
  }

  /// A number that looks like no other.
  public static long mixed(long value) {
    return mix(value + 0x9E3779B97F4A7C15L);
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /// A payload as a number.
  public static long hash(ByteBuffer payload) {
    long hash = payload.remaining();
    int at = payload.position();
    for (; at + 8 <= payload.limit(); at += 8) {
      hash = hash * 0x100000001B3L + payload.getLong(at);
    }
    for (; at < payload.limit(); at++) {
      hash = hash * 0x100000001B3L + payload.get(at);
    }
    return mix(hash);
  }

  /// An active node appends this.
  public void appended(long payload) {
    appended.add(payload);
  }

  /// A node was handed a record that is committed.
  public void handed(State state, long payload, String who) {
    if (!appended.contains(payload)) {
      throw new AssertionError(who + " was handed a record that nobody appended");
    }
    committed(state, who);
  }

  /// A node holds this state to be committed.
  public void committed(State state, String who) {
    if (state.records() == 0) {
      return;
    }
    int index = (int) state.records() - 1;
    if (index > entries.size()) {
      throw new AssertionError(
          "%s has %d records, but only %d were ever committed"
              .formatted(who, state.records(), entries.size()));
    }
    if (index == entries.size()) {
      entries.add(new Entry(state.hash(), who));
    } else if (entries.get(index).hash != state.hash()) {
      throw new AssertionError(
          "record %d is one thing for %s and another for %s"
              .formatted(state.records(), entries.get(index).by, who));
    }
  }

  /// An active node tells a client so.
  public void confirmed(State state, String who) {
    committed(state, who + " (confirmed)");
    confirmed = Math.max(confirmed, state.records());
    confirmations++;
  }

  /// Number of records up to the newest that was ever confirmed.
  public long confirmed() {
    return confirmed;
  }

  /// How often something was confirmed.
  public long confirmations() {
    return confirmations;
  }

  /// A node that serves must have all that was ever confirmed.
  public void serves(State state, String who) {
    committed(state, who);
    if (state.records() < confirmed) {
      throw new AssertionError(
          "%s serves with %d records, but %d were confirmed"
              .formatted(who, state.records(), confirmed));
    }
  }
}
