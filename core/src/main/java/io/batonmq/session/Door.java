package io.batonmq.session;

import org.jspecify.annotations.Nullable;

/// The one way out. Every output waits here until all that was appended before it is committed, and
/// outputs leave in that order, whatever they depend on: an answer that overtook another could tell of a
/// message that the next active node has never heard of.
final class Door {
  private long[] positions = new long[64];
  private @Nullable Outlet[] outlets = new Outlet[64];
  private @Nullable Output[] outputs = new Output[64];
  private int head;
  private int size;
  private long committed;

  /// Lets an output leave once `position` is committed.
  ///
  /// @param position the end of the log as it is now
  void add(long position, Outlet outlet, Output output) {
    if (size == 0 && position <= committed) {
      outlet.emit(output);
      return;
    }
    if (size == positions.length) {
      widen();
    }
    int at = (head + size) & (positions.length - 1);
    positions[at] = position;
    outlets[at] = outlet;
    outputs[at] = output;
    size++;
  }

  /// Everything up to this position is committed.
  void committed(long position) {
    committed = Math.max(committed, position);
    while (size > 0 && positions[head] <= committed) {
      Outlet outlet = outlets[head];
      Output output = outputs[head];
      outlets[head] = null;
      outputs[head] = null;
      head = (head + 1) & (positions.length - 1);
      size--;
      if (outlet != null && output != null) {
        outlet.emit(output);
      }
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  private void widen() {
    int length = positions.length;
    long[] widerPositions = new long[length * 2];
    @Nullable Outlet[] widerOutlets = new Outlet[length * 2];
    @Nullable Output[] widerOutputs = new Output[length * 2];
    int first = length - head;
    System.arraycopy(positions, head, widerPositions, 0, first);
    System.arraycopy(positions, 0, widerPositions, first, head);
    System.arraycopy(outlets, head, widerOutlets, 0, first);
    System.arraycopy(outlets, 0, widerOutlets, first, head);
    System.arraycopy(outputs, head, widerOutputs, 0, first);
    System.arraycopy(outputs, 0, widerOutputs, first, head);
    positions = widerPositions;
    outlets = widerOutlets;
    outputs = widerOutputs;
    head = 0;
  }
}
