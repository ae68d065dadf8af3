package io.batonmq.sim.ha;

import io.batonmq.ha.Aftermath;
import io.batonmq.ha.Replica;
import io.batonmq.ha.Role;
import io.batonmq.sim.ha.History.State;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The smallest state machine over a log: it counts and hashes what it is handed.
final class TinyReplica implements Replica {
  private final SimNode node;
  private State state = State.EMPTY;
  private @Nullable TinyBroker serving;

  TinyReplica(SimNode node) {
    this.node = node;
  }

  State state() {
    return state;
  }

  @Nullable TinyBroker serving() {
    return serving;
  }

  @Override
  public void reset() {
    state = State.EMPTY;
  }

  @Override
  public void restore(ByteBuffer block) {
    state = new State(block.getLong(), block.getLong());
    node.history().committed(state, node + " restored");
  }

  @Override
  public void record(long position, long end, int type, ByteBuffer payload) {
    long hash = History.hash(payload);
    state = state.after(position, type, hash);
    node.history().handed(state, hash, node.toString());
  }

  @Override
  public void serve(Role.Active active) {
    String who = node + " in epoch " + active.epoch();
    if (node.superseded(active.appender().tenure())) {
      // It stood still after its last look at its own fence. Others confirm since; it confirms
      // nothing,
      // which is told to the history when it does.
      node.history().committed(state, who);
    } else {
      node.history().serves(state, who);
    }
    var broker = new TinyBroker(node, active, state);
    serving = broker;
    broker.start();
  }

  @Override
  public Aftermath aftermath() {
    return new Aftermath(node.log().zombieBytes(), 0, 0, 0, 0);
  }

  @Override
  public void quiesce() {
    if (serving != null) {
      serving.quiesce();
    }
  }

  @Override
  public boolean quiesced() {
    return serving == null || serving.quiesced();
  }

  @Override
  public void release(String reason) {
    if (serving != null) {
      serving.release();
    }
    serving = null;
  }
}
