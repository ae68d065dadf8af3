package io.batonmq.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Transactions that were committed, so that a commit that is asked for again because its answer was lost
/// gets its true answer. What is not in here was rolled back, or its client has heard of it.
///
/// They are kept by *session*, which is one connection of a client: the active node says with each commit how
/// many of the session's earlier ones may still be unheard, and the others go. All of a session's go by
/// event, at its clean end or a while after it was lost.
///
/// A number can be guessed. Only the user that committed is told.
public final class Outcomes {
  /// Commits of one session that may be unheard. Part of the format of the log, like the next one.
  public static final int KEPT_MAX = 1_024;

  /// Sessions that are remembered: those that committed last.
  public static final int SESSIONS_MAX = 100_000;

  private final LinkedHashMap<Long, ArrayDeque<Outcome>> sessions = new LinkedHashMap<>();
  private final Map<Long, Outcome> byNumber = new HashMap<>();
  private final Map<Xid, Outcome> byXid = new HashMap<>();

  /// A transaction that was committed.
  ///
  /// @param session that committed it
  /// @param user who owns it
  /// @param xid null for a local one
  record Outcome(long transaction, long session, String user, @Nullable Xid xid) {}

  /// Whether a user's transaction is known to be committed.
  public boolean committed(long transaction, String user) {
    Outcome outcome = byNumber.get(transaction);
    return outcome != null && outcome.user().equals(user);
  }

  /// Whether a user's branch is known to be committed.
  public boolean committed(Xid xid, String user) {
    Outcome outcome = byXid.get(xid);
    return outcome != null && outcome.user().equals(user);
  }

  public boolean knows(long session) {
    return sessions.containsKey(session);
  }

  /// The sessions of which something is known, the one that committed last at the end.
  public List<Long> sessions() {
    return List.copyOf(sessions.keySet());
  }

  public int count() {
    return byNumber.size();
  }

  /// @param kept how many of the session's earlier ones stay: the newest
  void add(Outcome outcome, int kept) {
    ArrayDeque<Outcome> known = sessions.remove(outcome.session());
    if (known == null) {
      known = new ArrayDeque<>(2);
    }
    sessions.put(outcome.session(), known);
    while (known.size() > Math.min(kept, KEPT_MAX - 1)) {
      drop(known.removeFirst());
    }
    known.addLast(outcome);
    byNumber.put(outcome.transaction(), outcome);
    if (outcome.xid() != null) {
      byXid.put(outcome.xid(), outcome);
    }
    if (sessions.size() > SESSIONS_MAX) {
      forget(sessions.keySet().iterator().next());
    }
  }

  void forget(long session) {
    ArrayDeque<Outcome> known = sessions.remove(session);
    if (known != null) {
      known.forEach(this::drop);
    }
  }

  private void drop(Outcome outcome) {
    byNumber.remove(outcome.transaction(), outcome);
    if (outcome.xid() != null) {
      byXid.remove(outcome.xid(), outcome);
    }
  }

  /// In the order in which [#add] rebuilds them.
  List<Outcome> all() {
    List<Outcome> all = new ArrayList<>(byNumber.size());
    sessions.values().forEach(all::addAll);
    return all;
  }
}
