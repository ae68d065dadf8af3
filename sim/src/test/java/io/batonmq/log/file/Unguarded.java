package io.batonmq.log.file;

import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordHandler;
import io.batonmq.seam.Storage;
import java.util.List;
import java.util.function.Supplier;

/// Logs in which a guard is left out, to see that it is missed. In this package, because nobody else can
/// make one.
public final class Unguarded extends FileLog {
  private final LogSettings settings;
  private final boolean marks;
  private final boolean tail;

  private Unguarded(
      Storage storage,
      LogSettings settings,
      String node,
      Supplier<String> unique,
      boolean marks,
      boolean tail) {
    super(storage, settings, node, unique);
    this.settings = settings;
    this.marks = marks;
    this.tail = tail;
  }

  /// Followers hand out what they read, committed or not.
  public static FileLog withoutMarks(
      Storage storage, LogSettings settings, String node, Supplier<String> unique) {
    return new Unguarded(storage, settings, node, unique, false, true);
  }

  /// A claimant goes on from the newest committed mark, and leaves out what stands above it.
  public static FileLog withoutTail(
      Storage storage, LogSettings settings, String node, Supplier<String> unique) {
    return new Unguarded(storage, settings, node, unique, true, false);
  }

  @Override
  Follower follower(Storage on, Chain through, SegmentMap segments, long from) {
    return new Follower(on, settings, through, segments, from) {
      @Override
      boolean isCommitted(Raw raw) {
        return !marks || super.isCommitted(raw);
      }

      @Override
      Tail finish(Chain.Link last, RecordHandler handler) {
        Tail all = super.finish(last, handler);
        return tail
            ? all
            : new Tail(
                all.start(), all.chain(), List.of(), all.start(), all.chain(), all.snapshot());
      }
    };
  }
}
