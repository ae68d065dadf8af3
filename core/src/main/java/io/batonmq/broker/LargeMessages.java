package io.batonmq.broker;

import io.batonmq.message.Tail;

/// Messages that come in fragments and go in fragments, on the active node. What has come is in the log, nothing
/// of it in memory; who sends the fragments and who asks for them is the session's.
public final class LargeMessages {
  private final BrokerState state;
  private final EventLog log;
  private final Bodies bodies;

  LargeMessages(BrokerState state, EventLog log, Bodies bodies) {
    this.state = state;
    this.log = log;
    this.bodies = bodies;
  }

  /// Takes a fragment over and answers which tail it is of.
  ///
  /// @param tail that of the fragments before it; 0 if it is the first
  public long add(long tail, byte[] bytes) {
    long position = log.append(new Event.Fragment(tail, bytes));
    return tail == 0 ? position : tail;
  }

  /// Gives the fragments up unless a message that was taken over has them.
  public void end(long tail) {
    if (!bodies.holdsTail(tail)) {
      drop(tail);
    }
  }

  /// Gives fragments up that no logged message has.
  void drop(long tail) {
    if (state.fragments().open(tail)) {
      log.append(new Event.FragmentsDropped(tail));
    }
  }

  /// Where the record of a fragment is, to be asked for; -1 if there is none, or its message is gone.
  public long position(Tail tail, int index) {
    return state.fragments().position(tail.id(), index);
  }
}
