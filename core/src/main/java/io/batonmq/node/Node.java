package io.batonmq.node;

import io.batonmq.broker.BrokerState;
import io.batonmq.ha.Aftermath;
import io.batonmq.ha.Replica;
import io.batonmq.ha.Role;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.file.FileLog;
import io.batonmq.session.QueueStat;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The replica of one node: a state that follows the log, or a broker that serves.
public final class Node implements Replica {
  private final NodeSettings settings;
  private final FileLog log;
  private final Supplier<String> unique;
  private final Doors doors;
  private final Lanes lanes;
  private final LongSupplier slowestFollower;
  private final ArrayDeque<ByteBuffer> blocks = new ArrayDeque<>();
  private BrokerState state = new BrokerState();
  private volatile @Nullable Serving serving;

  /// What the shell does when the role changes. Both are called by the baton's lane.
  public interface Doors {
    /// Starts the lanes of a broker and opens what clients come in by.
    void open(Serving serving);

    /// Closes everything that clients came in by, at once.
    void close(String reason);
  }

  /// @param slowestFollower position that every follower that is present has reached
  public Node(
      NodeSettings settings,
      FileLog log,
      Supplier<String> unique,
      Doors doors,
      Lanes lanes,
      LongSupplier slowestFollower) {
    this.settings = settings;
    this.log = log;
    this.unique = unique;
    this.doors = doors;
    this.lanes = lanes;
    this.slowestFollower = slowestFollower;
  }

  /// The broker, while this node serves.
  public Optional<Serving> serving() {
    return Optional.ofNullable(serving);
  }

  /// The state as far as this node has followed the log; empty while it serves. For the baton's lane, or
  /// while that stands still.
  public Optional<SnapshotContent> freeze() {
    if (serving != null) {
      return Optional.empty();
    }
    settle();
    return Optional.of(state.freeze());
  }

  /// Every queue in numbers as far as this node has followed the log, in the order of their creation; empty
  /// while it serves. For the baton's lane.
  public List<QueueStat> queueStats() {
    if (serving != null) {
      return List.of();
    }
    settle();
    return state.queues().stream().map(QueueStat::of).toList();
  }

  @Override
  public void reset() {
    state = new BrokerState();
    blocks.clear();
  }

  @Override
  public void restore(ByteBuffer block) {
    blocks.add(block);
  }

  @Override
  public void record(long position, long end, int type, ByteBuffer payload) {
    settle();
    state.record(position, end, type, payload);
  }

  private void settle() {
    if (!blocks.isEmpty()) {
      state = BrokerState.restore(taken(blocks));
    }
  }

  /// Each block is forgotten when it is read: a deep queue's are as large as half of what is made of them.
  private static Iterator<ByteBuffer> taken(ArrayDeque<ByteBuffer> blocks) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !blocks.isEmpty();
      }

      @Override
      public ByteBuffer next() {
        return blocks.removeFirst();
      }
    };
  }

  @Override
  public void serve(Role.Active active) {
    settle();
    Keeper keeper = new Keeper(log, active.appender(), unique, slowestFollower);
    Serving now = new Serving(active, state, settings, keeper, lanes);
    // From here on the state is the broker's lane's.
    state = new BrokerState();
    serving = now;
    doors.open(now);
  }

  @Override
  public Aftermath aftermath() {
    Serving now = serving;
    return now == null ? Aftermath.UNKNOWN : now.aftermath();
  }

  @Override
  public void quiesce() {
    Serving now = serving;
    if (now != null) {
      now.quiesce();
    }
  }

  @Override
  public boolean quiesced() {
    Serving now = serving;
    return now == null || now.quiesced();
  }

  @Override
  public void release(String reason) {
    Serving now = serving;
    if (now != null) {
      now.release();
    }
    doors.close(reason);
    serving = null;
  }
}
