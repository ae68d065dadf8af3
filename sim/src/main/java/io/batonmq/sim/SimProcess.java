package io.batonmq.sim;

import io.batonmq.seam.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// One life of a node's process: its tasks, its clocks, its end. A restart is a new process of the
/// same name.
public final class SimProcess {
  /// Wall time at the beginning of every run: 2026-01-01T00:00:00Z.
  static final long WALL_ORIGIN_MILLIS = 1_767_225_600_000L;

  final List<SimTask> tasks = new ArrayList<>();
  final List<SimTask> held = new ArrayList<>();
  long pausedUntil;
  private final Scheduler scheduler;
  private final String name;
  private final ClockSkew skew;
  private final List<Runnable> atDeath = new ArrayList<>();
  private final Clock clock = new SimClock();
  private long wallJumpMillis;
  private boolean alive = true;
  private OptionalInt exitCode = OptionalInt.empty();

  SimProcess(Scheduler scheduler, String name, ClockSkew skew) {
    this.scheduler = scheduler;
    this.name = name;
    this.skew = skew;
  }

  /// The name of the node.
  public String name() {
    return name;
  }

  /// The scheduler it lives in.
  public Scheduler scheduler() {
    return scheduler;
  }

  /// Its two clocks.
  public Clock clock() {
    return clock;
  }

  /// Whether it has neither been killed nor ended itself.
  public boolean alive() {
    return alive;
  }

  /// What it ended itself with.
  public OptionalInt exitCode() {
    return exitCode;
  }

  /// Begins a task, which runs when the scheduler chooses it.
  public SimTask spawn(String task, Runnable body) {
    if (!alive) {
      throw new ProcessDied(name);
    }
    return scheduler.spawn(this, task, body);
  }

  /// Kills it at once, as `kill -9` does. When one of its own tasks calls this, it does not return.
  public void kill() {
    scheduler.kill(this);
  }

  /// Ends it from inside; does not return to a task of its own.
  public void exit(int code) {
    if (alive) {
      exitCode = OptionalInt.of(code);
    }
    scheduler.kill(this);
  }

  /// Lets it stand still, all tasks, while time goes on for everybody else.
  public void pause(Duration length) {
    scheduler.pause(this, length.toNanos());
  }

  /// Moves its wall clock.
  public void jumpWall(Duration by) {
    wallJumpMillis += by.toMillis();
  }

  /// Has `hook` run when it dies, before its tasks unwind. Hooks run in order and make no I/O.
  public void onDeath(Runnable hook) {
    atDeath.add(hook);
  }

  /// Waits, as its own clock counts.
  public void sleep(Duration length) {
    sleepUntil(clock.monotonicNanos() + length.toNanos());
  }

  /// Waits for a moment of its own monotonic clock.
  public void sleepUntil(long monotonicNanos) {
    scheduler.sleepUntil(trueNanos(monotonicNanos));
  }

  /// Waits for [SimTask#unpark] of the calling task, at most so long as its own clock counts.
  public void park(Duration atMost) {
    scheduler.park(trueNanos(clock.monotonicNanos() + atMost.toNanos()));
  }

  void died() {
    alive = false;
    for (var hook : atDeath) {
      hook.run();
    }
  }

  private long trueNanos(long monotonicNanos) {
    long elapsed = monotonicNanos - skew.originNanos();
    // Rounded up: a sleeper that wakes a nanosecond early would spin.
    return (long) Math.ceil(elapsed / rate()) + 1;
  }

  private double rate() {
    return 1 + skew.driftPerMillion() / 1e6;
  }

  @Override
  public String toString() {
    return name;
  }

  private final class SimClock implements Clock {
    @Override
    public long monotonicNanos() {
      return skew.originNanos() + (long) (scheduler.nanos() * rate());
    }

    @Override
    public long wallMillis() {
      return WALL_ORIGIN_MILLIS
          + skew.wallOffsetMillis()
          + wallJumpMillis
          + (long) (scheduler.nanos() * rate()) / 1_000_000;
    }
  }
}
