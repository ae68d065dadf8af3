package io.batonmq.sim.ha;

import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordHandler;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Follower;
import io.batonmq.seam.Storage;
import io.batonmq.sim.ha.History.State;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Reads a whole store as its next active node would: from the newest snapshot, or from the beginning, to
/// the end of the tail.
public final class TinyReader implements RecordHandler {
  private final History history;
  private State state = State.EMPTY;
  private long handed;

  public TinyReader(History history) {
    this.history = history;
  }

  public State state() {
    return state;
  }

  /// Records handed out, not counting those in the snapshot.
  public long handed() {
    return handed;
  }

  @Override
  public void record(long position, long end, int type, ByteBuffer payload) {
    long hash = History.hash(payload);
    state = state.after(position, type, hash);
    handed++;
    history.handed(state, hash, "reader");
  }

  /// Takes the store over, and answers the log with which it did.
  public Optional<FileLog.Taken> readAll(Storage storage, LogSettings settings) {
    return readAll(new FileLog(storage, settings, "reader", () -> "reader"));
  }

  /// Takes the store over.
  public Optional<FileLog.Taken> readAll(FileLog log) {
    log.prepare();
    long known = log.register().newest().map(newest -> newest.epoch()).orElse(0L);
    Optional<Follower> follower = read(log);
    var taken = log.takeOver(known, follower, this, _ -> {});
    follower.ifPresent(Follower::close);
    return taken;
  }

  /// Reads what is committed, as a standby does; the follower can go on.
  public Optional<Follower> read(FileLog log) {
    Optional<Follower> follower = Optional.empty();
    if (log.chain().isPresent()) {
      var snapshot = log.newestSnapshot();
      if (snapshot.position() > 0) {
        log.snapshots()
            .read(snapshot, block -> state = new State(block.getLong(), block.getLong()));
        history.committed(state, "reader, restored");
      }
      follower = Optional.of(log.follow(snapshot.position()));
      while (follower.get().poll(this) > 0) {
        // all that is committed
      }
    }
    return follower;
  }
}
