package io.batonmq.ha;

import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogWriter;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;

/// How an active node gives the baton up: it finishes what it has taken, closes its doors, and leaves a note.
final class Departure {
  private static final long QUIESCE_NANOS_MAX = 5_000_000_000L;
  private static final long CLOSE_NANOS_MAX = 5_000_000_000L;

  private final Storage storage;
  private final FileLog log;
  private final Replica replica;
  private final Note note;
  private final String reason;
  private long deadlineNanos;
  private boolean released;

  /// Begins: nothing new is taken from here on.
  Departure(Storage storage, FileLog log, Replica replica, Note note, String reason, Now now) {
    this.storage = storage;
    this.log = log;
    this.replica = replica;
    this.note = note;
    this.reason = reason;
    this.deadlineNanos = now.nanos() + QUIESCE_NANOS_MAX;
    replica.quiesce();
  }

  String reason() {
    return reason;
  }

  /// Whether the doors are closed, so that nothing is confirmed any more.
  boolean released() {
    return released;
  }

  /// Closes the doors once everything that was taken is confirmed, or when that takes too long; answers whether it did.
  ///
  /// @param closing is run before they close
  boolean release(Role.Active active, Runnable closing, Now now) {
    if (!replica.quiesced() && now.nanos() - deadlineNanos < 0) {
      return false;
    }
    // From here on nothing is confirmed; what was not confirmed is not lost either, it is in the
    // tail.
    active.appender().end(new LogWriter.End.Released(reason));
    closing.run();
    replica.release(reason);
    active.appender().close();
    deadlineNanos = now.nanos() + CLOSE_NANOS_MAX;
    released = true;
    return true;
  }

  /// Writes the hand-over down, once the log's lane is out of its files; answers whether it did.
  boolean passed(Role.Active active, Now now) {
    // What the log's lane still writes would be a tail that the next active has to copy. If its
    // disk
    // hangs, nobody waits for that.
    if (!active.appender().closed() && now.nanos() - deadlineNanos < 0) {
      return false;
    }
    Note.leave(storage, log, active.appender().tenure(), note);
    return true;
  }
}
