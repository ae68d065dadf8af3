package io.batonmq.sim;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Runs the tasks of all simulated processes, one at a time, and chooses by the seed who is next.
///
/// A task gives up its turn at *scheduling points* only: every call on a [SimStorage], every wait
/// of its [SimProcess], and [#point]. What it does between two of them is atomic. The turn is
/// handed from thread to thread directly, so the same seed gives the same run, whatever the machine
/// does; [#trace] tells whether it did. Calls from the driver (the thread that calls [#runUntil])
/// and from [#after] events are not scheduling points.
///
/// Time stands still while a task runs, moves by fractions of a microsecond at each point, and
/// jumps to the next timer when nobody can run. Tasks must wait by [SimProcess#sleep] and
/// [SimProcess#park], never by the JDK's means: a task that does is reported, with its stack.
public final class Scheduler implements AutoCloseable {
  private static final long NEVER = Long.MAX_VALUE;
  private static final int DEATHS_MAX = 1_000;

  private final long seed;
  private final Chance chance;
  private final Trace trace;
  private final int switchOneIn;
  private final int stepNanosMax;
  private final List<SimProcess> processes = new ArrayList<>();
  private final List<SimTask> ready = new ArrayList<>();
  private final ArrayDeque<SimTask> dying = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          Comparator.comparingLong((Timer timer) -> timer.at).thenComparingLong(Timer::order));
  private Chaos chaos = Chaos.NONE;
  private long now;
  private long timersMade;
  private int tasksMade;
  private int tasksAlive;
  private @Nullable SimTask current;
  private @Nullable SimulationFailure failure;

  private @Nullable BooleanSupplier goal;
  private long deadline;
  private boolean reached;

  private @Nullable Turn driver;
  // Read by the driver, while others write it, as a hint that the run goes on.
  private long points;

  /// @param order breaks ties, so that equal times are served as they were asked for
  private record Timer(
      long at, long order, @Nullable SimTask task, long waits, @Nullable Runnable event) {}

  /// A scheduler whose every choice comes from the seed.
  public Scheduler(long seed) {
    this.seed = seed;
    this.chance = new Chance(seed);
    this.trace = new Trace(seed);
    // Some seeds let a task run for long, some switch at nearly every point: other bugs show.
    this.switchOneIn = 1 << chance.below(5);
    this.stepNanosMax = 1 << chance.between(4, 14);
  }

  /// The seed of this run.
  public long seed() {
    return seed;
  }

  /// The source of all choices; for worlds that add choices of their own.
  public Chance chance() {
    return chance;
  }

  /// What has happened, as a number.
  public Trace trace() {
    return trace;
  }

  /// The true time, in nanoseconds since the beginning.
  public long nanos() {
    return now;
  }

  /// Scheduling points passed.
  public long points() {
    return points;
  }

  /// What befalls processes from now on.
  public void chaos(Chaos what) {
    chaos = what;
  }

  /// A process with true clocks.
  public SimProcess process(String name) {
    return process(name, ClockSkew.NONE);
  }

  /// A process with clocks of its own.
  public SimProcess process(String name, ClockSkew skew) {
    var process = new SimProcess(this, name, skew);
    processes.add(process);
    return process;
  }

  /// Has `event` run once, by the scheduler itself and not by a process, when so much time has
  /// passed.
  public void after(Duration delay, Runnable event) {
    timers.add(new Timer(now + delay.toNanos(), timersMade++, null, 0, event));
  }

  /// Runs until the goal is reached (asked before every choice: keep it cheap), or the time is
  /// over, or nothing can ever happen again; answers whether the goal was reached.
  ///
  /// @throws SimulationFailure if a task ended by an exception
  public boolean runUntil(BooleanSupplier goal, Duration atMost) {
    return run(goal, now + atMost.toNanos());
  }

  /// Runs for so long.
  public void runFor(Duration length) {
    long end = now + length.toNanos();
    run(() -> false, end);
    now = Math.max(now, end);
  }

  /// Runs until every task has ended.
  ///
  /// @throws SimulationFailure if one can not end, because nobody will wake it
  public void run() {
    if (!run(() -> tasksAlive == 0, NEVER)) {
      throw new SimulationFailure(seed, "deadlock: " + waiting());
    }
  }

  /// A scheduling point of the calling task; nothing if the driver calls.
  public void point() {
    point(0);
  }

  /// Kills everything that still lives and lets it unwind.
  @Override
  public void close() {
    failure = null;
    timers.clear();
    for (var process : List.copyOf(processes)) {
      kill(process);
    }
  }

  /// The task that has the turn; null while the driver has it.
  @Nullable SimTask current() {
    return current;
  }

  void point(long what) {
    var self = current;
    trace.fold(what);
    if (self == null) {
      now++;
      return;
    }
    checkTurn(self);
    points++;
    trace.fold(self.id);
    now += 1 + chance.below(stepNanosMax);
    befall(self.process);
    if (self.dead) {
      throw died(self);
    }
    enlist(self);
    pass(self);
  }

  void sleepUntil(long trueNanos) {
    var self = current;
    if (self == null) {
      now = Math.max(now, trueNanos);
      return;
    }
    checkTurn(self);
    if (self.dead) {
      throw died(self);
    }
    points++;
    self.state = SimTask.State.WAITING;
    timers.add(new Timer(trueNanos, timersMade++, self, ++self.waits, null));
    pass(self);
  }

  void delay(long nanos) {
    sleepUntil(now + nanos);
  }

  void park(long trueNanos) {
    var self = current;
    if (self != null && self.permit) {
      self.permit = false;
      point(1);
    } else {
      sleepUntil(trueNanos);
      if (self != null) {
        self.permit = false;
      }
    }
  }

  void unpark(SimTask task) {
    switch (task.state) {
      case WAITING -> {
        task.permit = true;
        wake(task);
      }
      case DONE -> {}
      default -> task.permit = true;
    }
  }

  SimTask spawn(SimProcess process, String name, Runnable body) {
    var task = new SimTask(this, process, ++tasksMade, name, body);
    tasksAlive++;
    process.tasks.add(task);
    enlist(task);
    return task;
  }

  void pause(SimProcess process, long nanos) {
    process.pausedUntil = Math.max(process.pausedUntil, now + nanos);
    trace.fold(nanos);
    trace.tell(() -> at() + process + " pauses for " + nanos / 1_000_000 + " ms");
    for (var task : process.tasks) {
      if (task.state == SimTask.State.READY) {
        unlist(task);
        enlist(task);
      }
    }
    after(Duration.ofNanos(process.pausedUntil - now), () -> carryOn(process));
  }

  void kill(SimProcess process) {
    if (process.alive()) {
      trace.fold(-1);
      trace.tell(() -> at() + process + " dies");
      processes.remove(process);
      for (var task : List.copyOf(process.tasks)) {
        condemn(task);
      }
      process.held.clear();
      process.died();
    }
    var self = current;
    if (self != null && self.process == process) {
      throw died(self);
    }
    if (self == null && driver == null) {
      run(dying::isEmpty, NEVER);
    }
  }

  void ended(SimTask task, @Nullable Throwable thrown) {
    task.state = SimTask.State.DONE;
    task.process.tasks.remove(task);
    tasksAlive--;
    if (thrown != null && failure == null) {
      failure = new SimulationFailure(seed, at() + task + " failed", thrown);
    }
    give(choose(null));
  }

  String at() {
    return "t=" + now + " ";
  }

  private void condemn(SimTask task) {
    task.dead = true;
    if (task.state == SimTask.State.READY) {
      unlist(task);
    }
    if (!task.turn.begun()) {
      task.state = SimTask.State.DONE;
      task.process.tasks.remove(task);
      tasksAlive--;
    } else if (task != current) {
      task.state = SimTask.State.READY;
      dying.add(task);
    }
  }

  private ProcessDied died(SimTask task) {
    if (++task.deaths > DEATHS_MAX) {
      // It swallows its own death in a loop; nothing can be handed on safely from here.
      throw new IllegalStateException(task + " does not unwind: it catches Error in a loop");
    }
    return new ProcessDied(task.process.name());
  }

  private void befall(SimProcess process) {
    if (process.alive()) {
      if (chance.perMillion(chaos.pausePerMillion())) {
        pause(process, chance.magnitude(chaos.pauseNanosMax()));
      }
      if (chance.perMillion(chaos.killPerMillion())) {
        kill(process);
      }
    }
  }

  private void carryOn(SimProcess process) {
    if (process.pausedUntil <= now && process.alive()) {
      var held = List.copyOf(process.held);
      process.held.clear();
      held.forEach(this::enlist);
    }
  }

  private void wake(SimTask task) {
    task.waits++;
    enlist(task);
  }

  private void enlist(SimTask task) {
    if (task.process.pausedUntil > now) {
      task.state = SimTask.State.HELD;
      task.process.held.add(task);
    } else {
      task.state = SimTask.State.READY;
      task.readyIndex = ready.size();
      ready.add(task);
    }
  }

  private void unlist(SimTask task) {
    int index = task.readyIndex;
    var last = ready.removeLast();
    if (last != task) {
      ready.set(index, last);
      last.readyIndex = index;
    }
    task.readyIndex = -1;
  }

  /// Who has the next turn; null is the driver.
  private @Nullable SimTask choose(@Nullable SimTask self) {
    current = null;
    try {
      while (failure == null) {
        var doomed = dying.poll();
        if (doomed != null) {
          return doomed;
        }
        fireTimers();
        if (!dying.isEmpty()) {
          continue;
        }
        if (reached()) {
          return null;
        }
        if (!ready.isEmpty()) {
          var next = pick(self);
          unlist(next);
          return next;
        }
        if (timers.isEmpty() || timers.peek().at > deadline) {
          now = deadline == NEVER ? now : deadline;
          return null;
        }
        now = Math.max(now, timers.peek().at);
      }
    } catch (Throwable e) {
      failure = new SimulationFailure(seed, at() + "an event or the goal failed", e);
    }
    return null;
  }

  private SimTask pick(@Nullable SimTask self) {
    if (self != null && self.state == SimTask.State.READY && !chance.oneIn(switchOneIn)) {
      return self;
    }
    int index = chance.below(ready.size());
    trace.fold(index);
    return ready.get(index);
  }

  private void fireTimers() {
    while (!timers.isEmpty() && timers.peek().at <= now) {
      var timer = timers.poll();
      if (timer.event != null) {
        trace.fold(now);
        timer.event.run();
      } else if (timer.task != null
          && timer.task.waits == timer.waits
          && timer.task.state == SimTask.State.WAITING) {
        wake(timer.task);
      }
    }
  }

  private boolean reached() {
    if (goal != null && goal.getAsBoolean()) {
      reached = true;
      return true;
    }
    return now >= deadline;
  }

  /// Hands the turn on and waits for the next one.
  private void pass(SimTask self) {
    var next = choose(self);
    if (next != self) {
      give(next);
      self.turn.await();
    } else {
      current = self;
    }
    self.state = SimTask.State.RUNNING;
    if (self.dead) {
      throw died(self);
    }
  }

  private void give(@Nullable SimTask next) {
    current = next;
    if (next != null) {
      next.state = SimTask.State.RUNNING;
      next.turn.give();
    } else if (driver != null) {
      driver.give();
    }
  }

  private boolean run(BooleanSupplier until, long end) {
    if (driver != null) {
      throw new IllegalStateException("the scheduler runs already");
    }
    var caller = Turn.ofCaller();
    driver = caller;
    goal = until;
    deadline = end;
    reached = false;
    try {
      var first = choose(null);
      if (first != null) {
        give(first);
        if (!caller.await(() -> points)) {
          throw stuck();
        }
      }
    } finally {
      driver = null;
      goal = null;
    }
    if (failure != null) {
      throw failure;
    }
    return reached;
  }

  private SimulationFailure stuck() {
    var task = current;
    var failed =
        new SimulationFailure(
            seed, at() + task + " blocks outside the simulation, or computes for ever");
    if (task != null) {
      failed.setStackTrace(task.turn.stack());
    }
    return failed;
  }

  private void checkTurn(SimTask self) {
    if (!self.turn.isCaller()) {
      throw new IllegalStateException(
          "called by a thread that the simulation does not know, while " + self + " has the turn");
    }
  }

  private String waiting() {
    var names = new ArrayList<String>();
    for (var process : processes) {
      process.tasks.forEach(task -> names.add(task.name()));
    }
    return names + " wait for ever";
  }
}
