package io.batonmq.sim.pair;

import io.batonmq.ha.ExitCode;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.mirror.Reign;
import java.util.EnumMap;
import java.util.Map;

/// How much of everything a run, or many, had: a campaign in which nothing happened proves nothing.
public final class Stats {
  long seeds;
  long simulatedNanos;
  long points;
  long connections;
  long resends;
  long confirmed;
  long refused;
  long accepted;
  long commits;
  long rollbacks;
  long deliveries;
  long again;
  long moved;
  long waited;
  long strikes;
  long slowestDrainNanos;
  long receipts;
  long zombieBytes;
  long reflagged;
  long recognised;
  long aborted;
  long learntYes;
  long learntNo;
  long large;
  long prepared;
  long restored;
  long recovered;
  long stepsRepeated;
  long joined;
  long aloneAgain;
  private Reign reign = Reign.NONE;
  private final Map<Receipt.Cause, Long> takeovers = new EnumMap<>(Receipt.Cause.class);
  private final Map<ExitCode, Long> exits = new EnumMap<>(ExitCode.class);

  void roles(Role after) {
    if (after instanceof Role.Active active) {
      takeovers.merge(active.receipt().cause(), 1L, Long::sum);
    }
  }

  void reign(Reign now) {
    if (now.epoch() == reign.epoch()) {
      joined += now.inSync().size() > reign.inSync().size() ? 1 : 0;
      aloneAgain += now.inSync().size() < reign.inSync().size() ? 1 : 0;
    }
    reign = now;
  }

  void receipt(Receipt receipt) {
    if (receipt.closed()) {
      receipts++;
      zombieBytes += Math.max(0, receipt.aftermath().zombieBytes());
      reflagged += receipt.aftermath().reflagged();
      recognised += receipt.aftermath().resends();
      aborted += receipt.aftermath().transactionsAborted();
    }
  }

  void fenced(ExitCode code) {
    exits.merge(code, 1L, Long::sum);
  }

  void drained(long nanos) {
    slowestDrainNanos = Math.max(slowestDrainNanos, nanos);
  }

  /// How often a node took over for a reason.
  public long takeovers(Receipt.Cause cause) {
    return takeovers.getOrDefault(cause, 0L);
  }

  /// Receipts that were closed while their node lived.
  public long receipts() {
    return receipts;
  }

  /// Messages that came again as redelivered, by the receipts.
  public long reflagged() {
    return reflagged;
  }

  /// Resends that were recognised, by the receipts.
  public long recognised() {
    return recognised;
  }

  /// Transactions that were rolled back at a take-over, by the receipts.
  public long aborted() {
    return aborted;
  }

  /// A commit was asked for a second time and answered.
  void learnt(boolean committed) {
    learntYes += committed ? 1 : 0;
    learntNo += committed ? 0 : 1;
  }

  /// Commits that were asked for again, and were in effect.
  public long learntYes() {
    return learntYes;
  }

  /// Commits that were asked for again, and had not happened.
  public long learntNo() {
    return learntNo;
  }

  /// Transactions of many messages that were committed.
  public long large() {
    return large;
  }

  /// Branches of distributed transactions that were prepared.
  public long prepared() {
    return prepared;
  }

  /// Messages that were given back to who took them in a prepared branch.
  public long restored() {
    return restored;
  }

  /// How often a node told of a prepared branch.
  public long recovered() {
    return recovered;
  }

  /// Steps of branches that were asked for again and answered.
  /// Copies that came to be in sync.
  public long joined() {
    return joined;
  }

  /// Copies that were in sync, and were lost.
  public long aloneAgain() {
    return aloneAgain;
  }

  public long stepsRepeated() {
    return stepsRepeated;
  }

  /// Deliveries of messages that had to wait for their time.
  public long waited() {
    return waited;
  }

  /// Messages that were confirmed.
  public long confirmed() {
    return confirmed;
  }

  /// Adds what another run had.
  public void add(Stats other) {
    seeds += other.seeds;
    simulatedNanos += other.simulatedNanos;
    points += other.points;
    connections += other.connections;
    resends += other.resends;
    confirmed += other.confirmed;
    refused += other.refused;
    accepted += other.accepted;
    commits += other.commits;
    rollbacks += other.rollbacks;
    deliveries += other.deliveries;
    again += other.again;
    moved += other.moved;
    waited += other.waited;
    strikes += other.strikes;
    slowestDrainNanos = Math.max(slowestDrainNanos, other.slowestDrainNanos);
    receipts += other.receipts;
    zombieBytes += other.zombieBytes;
    reflagged += other.reflagged;
    recognised += other.recognised;
    aborted += other.aborted;
    learntYes += other.learntYes;
    learntNo += other.learntNo;
    large += other.large;
    prepared += other.prepared;
    restored += other.restored;
    recovered += other.recovered;
    stepsRepeated += other.stepsRepeated;
    joined += other.joined;
    aloneAgain += other.aloneAgain;
    other.takeovers.forEach((cause, count) -> takeovers.merge(cause, count, Long::sum));
    other.exits.forEach((code, count) -> exits.merge(code, count, Long::sum));
  }

  @Override
  public String toString() {
    return String.format(
        "seeds=%d simulated_s=%d points=%d takeovers=%s exits=%s connections=%d confirmed=%d"
            + " refused=%d resends=%d deliveries=%d again=%d moved=%d waited=%d accepted=%d"
            + " commits=%d rollbacks=%d strikes=%d slowest_drain_s=%d receipts=%d zombie_bytes=%d"
            + " reflagged=%d recognised=%d aborted=%d learnt_committed=%d learnt_rolled_back=%d"
            + " large=%d prepared=%d restored=%d recovered=%d steps_repeated=%d joined=%d"
            + " alone_again=%d",
        seeds,
        simulatedNanos / 1_000_000_000,
        points,
        takeovers,
        exits,
        connections,
        confirmed,
        refused,
        resends,
        deliveries,
        again,
        moved,
        waited,
        accepted,
        commits,
        rollbacks,
        strikes,
        slowestDrainNanos / 1_000_000_000,
        receipts,
        zombieBytes,
        reflagged,
        recognised,
        aborted,
        learntYes,
        learntNo,
        large,
        prepared,
        restored,
        recovered,
        stepsRepeated,
        joined,
        aloneAgain);
  }
}
