package io.batonmq.sim;

import org.jspecify.annotations.Nullable;

/// One thread of a simulated process. It runs only when the scheduler handed it the turn.
public final class SimTask {
  enum State {
    NEW,
    READY,
    HELD,
    WAITING,
    RUNNING,
    DONE
  }

  final Scheduler scheduler;
  final SimProcess process;
  final int id;
  private final String name;
  final Turn turn;

  State state = State.NEW;

  /// Where this task stands in the list of those that may run, while it is READY.
  int readyIndex = -1;

  /// Counts the waits, so that a timer of a wait that has ended wakes nobody.
  long waits;

  boolean permit;

  /// Set once, with the death of the process; the task unwinds at its next scheduling point.
  boolean dead;

  int deaths;

  SimTask(Scheduler scheduler, SimProcess process, int id, String name, Runnable body) {
    this.scheduler = scheduler;
    this.process = process;
    this.id = id;
    this.name = process.name() + "/" + name;
    this.turn = Turn.of(this.name, () -> run(body));
  }

  /// The name of the process and of the task.
  public String name() {
    return name;
  }

  /// Whether its body has returned, or was unwound.
  public boolean done() {
    return state == State.DONE;
  }

  /// Ends its [SimProcess#park], or the next one at once. From anywhere in the simulation.
  public void unpark() {
    scheduler.unpark(this);
  }

  private void run(Runnable body) {
    @Nullable Throwable failure = null;
    try {
      body.run();
    } catch (ProcessDied _) {
      // its own death, or a call on the storage of a process that is dead
    } catch (Throwable e) {
      failure = e;
    }
    // What a dying task throws while it unwinds is seen by nobody in life either.
    scheduler.ended(this, dead ? null : failure);
  }

  @Override
  public String toString() {
    return name;
  }
}
