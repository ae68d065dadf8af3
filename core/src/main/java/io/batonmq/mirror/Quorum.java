package io.batonmq.mirror;

import io.batonmq.log.FencedException;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Monitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The copies that an active node has of its store, and who is waited for: the nodes that the arbiter knows to be in
/// sync, and those that have become whole and are about to be known. A node that is lost is waited for until
/// the arbiter has been told (see [Leading]): nothing is confirmed meanwhile.
final class Quorum {
  private static final long PACE_NANOS = 5_000_000L;
  private static final long LOOK_NANOS = 100_000_000L;

  /// After [#ending], two seconds.
  private static final int ENDING_LOOKS_MAX = 20;

  private final Monitor monitor;
  private final Clock clock;
  private final List<Copy> copies = new ArrayList<>();
  private SortedSet<String> awaited = new TreeSet<>();
  private int minimum = 1;
  private boolean serving;
  private boolean ending;
  private @Nullable String fenced;
  private long tickets;

  Quorum(Monitor monitor, Clock clock) {
    this.monitor = monitor;
    this.clock = clock;
  }

  Monitor monitor() {
    return monitor;
  }

  long nanos() {
    return clock.monotonicNanos();
  }

  /// This node is active, and alone so far.
  void serve() {
    monitor.enter();
    awaited = new TreeSet<>();
    minimum = 1;
    serving = true;
    ending = false;
    fenced = null;
    monitor.leave();
  }

  /// From now on what is confirmed is on so many nodes, this one among them. Not before the others can come: what a node
  /// writes to become active it writes alone.
  void require(int nodesMin) {
    monitor.enter();
    minimum = nodesMin;
    monitor.leave();
  }

  /// This node is active no more.
  void rest() {
    List<Copy> all;
    monitor.enter();
    all = List.copyOf(copies);
    copies.clear();
    awaited = new TreeSet<>();
    serving = false;
    monitor.signal();
    monitor.leave();
    all.forEach(Copy::close);
  }

  /// Nothing more is confirmed here, so that nobody has to be waited for, for ever.
  void ending() {
    monitor.enter();
    ending = true;
    monitor.signal();
    monitor.leave();
  }

  /// Whoever waits for others here, or will, hears that another node is active.
  void fence(String reason) {
    monitor.enter();
    fenced = reason;
    monitor.signal();
    monitor.leave();
  }

  /// What the arbiter knows: these others are in sync.
  void await(SortedSet<String> others) {
    monitor.enter();
    awaited = new TreeSet<>(others);
    monitor.signal();
    monitor.leave();
  }

  /// Begins to keep a standby's copy. From here on it hears of every change; what was before is for the lane that
  /// copies.
  void attach(Copy copy) {
    monitor.enter();
    copies.add(copy);
    monitor.leave();
  }

  /// A copy is not kept any more.
  void detach(Copy copy) {
    monitor.enter();
    copies.remove(copy);
    monitor.signal();
    monitor.leave();
  }

  List<Copy> copies() {
    monitor.enter();
    try {
      return List.copyOf(copies);
    } finally {
      monitor.leave();
    }
  }

  /// Waits while a copy that is waited for does not take what it is sent.
  ///
  /// @throws FencedException if another node is active
  void pace() {
    monitor.enter();
    try {
      while (fenced == null && !ending && copies.stream().anyMatch(Copy::clogged)) {
        monitor.await(PACE_NANOS);
      }
      if (fenced != null) {
        throw new FencedException(fenced);
      }
    } finally {
      monitor.leave();
    }
  }

  /// The next ticket; the caller has the monitor.
  long ticket() {
    return ++tickets;
  }

  /// Asks everybody to sync; answers the ticket. The caller has the monitor.
  long ask(Asked there) {
    long ticket = ticket();
    send(there.with(ticket));
    for (Copy copy : copies) {
      copy.asked(ticket);
    }
    return ticket;
  }

  /// A frame that asks for an answer.
  @FunctionalInterface
  interface Asked {
    Frame with(long ticket);
  }

  /// Whether nobody hears what is done; the caller has the monitor.
  boolean alone() {
    return copies.isEmpty();
  }

  // ---- the wait

  /// Returns when everybody who is waited for has synced.
  ///
  /// @throws FencedException if another node is active
  void await(long ticket) {
    monitor.enter();
    try {
      int looks = 0;
      while (fenced == null && !confirmed(ticket)) {
        if (ending && ++looks > ENDING_LOOKS_MAX) {
          // What is written now is for those who come after, and confirmed to nobody.
          return;
        }
        monitor.await(LOOK_NANOS);
      }
      if (fenced != null) {
        throw new FencedException(fenced);
      }
    } finally {
      monitor.leave();
    }
  }

  private boolean confirmed(long ticket) {
    if (!serving) {
      return true;
    }
    int having = 1;
    for (String node : awaited) {
      if (!has(node, ticket)) {
        return false;
      }
      having++;
    }
    for (Copy copy : copies) {
      if (copy.whole() && copy.acknowledged() < ticket) {
        return false;
      }
    }
    return having >= minimum || ending;
  }

  private boolean has(String node, long ticket) {
    for (Copy copy : copies) {
      if (copy.node().equals(node)) {
        return copy.whole() && copy.acknowledged() >= ticket;
      }
    }
    return false;
  }

  /// Sends to everybody; the caller has the monitor.
  void send(Frame frame) {
    if (copies.isEmpty()) {
      return;
    }
    ByteBuffer bytes = frame.encode();
    for (Copy copy : copies) {
      copy.send(bytes.duplicate());
    }
  }

  void sendWrite(String path, long offset, ByteBuffer from) {
    long at = offset;
    while (from.hasRemaining() && !copies.isEmpty()) {
      byte[] chunk = new byte[Math.min(from.remaining(), Frame.CHUNK)];
      from.get(chunk);
      send(new Frame.Write(path, at, chunk));
      at += chunk.length;
    }
  }
}
