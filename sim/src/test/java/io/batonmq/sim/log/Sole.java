package io.batonmq.sim.log;

import io.batonmq.log.LiveBodies;
import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotRef;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Reclaimer;
import io.batonmq.log.file.Rewriter;
import io.batonmq.log.file.SegmentFile;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.History.State;
import io.batonmq.sim.ha.TinyReader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One node that serves a store, all lanes in the calling thread: what happens is what was called.
final class Sole {
  static final LogSettings SMALL =
      new LogSettings(64 << 10, 32 << 10, 3, 50_000_000L, 300_000_000L, true);

  private static final int DATA = RecordFormat.USER_MIN;

  private final Clock clock;
  private final History history;
  private final String name;
  private final FileLog log;
  private final FileLog.Taken taken;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Long, Integer> live = new HashMap<>();
  private final Rewriter rewriter;
  private State state;
  private @Nullable SnapshotContent frozen;
  private int names;
  private long filler;

  private record Waiting(long end, State state) {}

  private record Frozen(long position, State state, Map<Long, Integer> live)
      implements SnapshotContent {
    @Override
    public void writeTo(Consumer<ByteBuffer> blocks) {
      blocks.accept(ByteBuffer.allocate(16).putLong(state.records()).putLong(state.hash()).flip());
    }

    @Override
    public Optional<LiveBodies> bodies() {
      return Optional.of(new Live(live, 0));
    }
  }

  /// Some records, each handed out twice, as one that two queues have.
  ///
  /// @param estimate bytes of them that there seem to be in any segment
  static final class Live implements LiveBodies {
    private final ArrayDeque<Map.Entry<Long, Integer>> left;
    private final long estimate;
    private int visits;

    Live(Map<Long, Integer> live, long estimate) {
      this.left = new ArrayDeque<>(live.entrySet());
      this.estimate = estimate;
    }

    @Override
    public long bytes(long from, long to) {
      return estimate;
    }

    @Override
    public boolean next(Visitor visitor) {
      visits++;
      var next = left.poll();
      if (next == null) {
        return false;
      }
      visitor.body(next.getKey(), next.getValue());
      visitor.body(next.getKey(), next.getValue());
      return true;
    }

    int visits() {
      return visits;
    }
  }

  /// Reads the store and takes it over.
  Sole(Storage storage, Clock clock, History history, String name, LogSettings settings) {
    this.clock = clock;
    this.history = history;
    this.name = name;
    this.log = new FileLog(storage, settings, name, this::unique);
    var reader = new TinyReader(history);
    this.taken = reader.readAll(log).orElseThrow();
    this.state = reader.state();
    this.rewriter = log.rewriter(taken.tenure());
  }

  Sole(Storage storage, Clock clock, History history, String name) {
    this(storage, clock, history, name, SMALL);
  }

  private String unique() {
    return name + ++names;
  }

  FileLog log() {
    return log;
  }

  FileLog.Taken taken() {
    return taken;
  }

  LogWriter writer() {
    return taken.writer();
  }

  State state() {
    return state;
  }

  /// Appends a record; it is not committed yet. Answers its position.
  long append(int size) {
    return append(DATA, size);
  }

  /// As [#append], a record that somebody needs.
  long keep(int size) {
    long position = append(size);
    keep(position, size);
    return position;
  }

  /// Somebody needs this record, which an earlier node may have appended.
  void keep(long position, int size) {
    live.put(position, RecordFormat.length(size));
  }

  /// Nobody needs it any more.
  void giveUp(long position) {
    live.remove(position);
  }

  private long append(int type, int size) {
    var payload = ByteBuffer.allocate(size);
    for (int at = 0; at + 8 <= size; at += 8) {
      payload.putLong(at, History.mixed(++filler + name.hashCode()));
    }
    long hash = History.hash(payload);
    long position = writer().append(type, payload);
    state = state.after(position, type, hash);
    history.appended(hash);
    history.committed(state, name);
    waiting.add(new Waiting(writer().end(), state));
    return position;
  }

  /// Writes, syncs and commits what was appended, and answers how many records are committed now.
  long commit() {
    writer().flush();
    work();
    return confirmed();
  }

  /// One turn of the log's lane.
  void work() {
    writer().doWork(Now.of(clock));
  }

  /// Writes a mark if it has been quiet for long enough.
  void idle() {
    writer().idle(Now.of(clock));
  }

  private long confirmed() {
    long committed = writer().committed();
    while (!waiting.isEmpty() && waiting.getFirst().end <= committed) {
      history.confirmed(waiting.removeFirst().state, name);
    }
    return history.confirmed();
  }

  /// Writes a snapshot of all that was appended and commits the record that names it.
  SnapshotRef snapshot() {
    var content = new Frozen(writer().end(), state, Map.copyOf(live));
    frozen = content;
    var ref = log.snapshotWriter().write(content, unique()).ref();
    append(DATA + 1, 40);
    commit();
    writer().snapshotCommitted(ref);
    return ref;
  }

  /// Drops the segments that nothing needs, and answers which.
  List<SegmentFile> drop() {
    var reclaimer = log.reclaimer(writer().tenure());
    var dropped = reclaimer.droppable(writer().anchored().position(), new long[0], 20);
    if (!dropped.isEmpty()) {
      writer().append(RecordFormat.SEGMENTS_DROPPED, Reclaimer.encode(dropped));
      commit();
      reclaimer.unlink(dropped);
      log.snapshots().removeBefore(writer().anchored());
    }
    return dropped;
  }

  Rewriter rewriter() {
    return rewriter;
  }

  /// Rewrites what is sparse as of the last snapshot, and answers the results, which are carried out.
  List<Rewriter.Result> rewrite() {
    consider();
    List<Rewriter.Result> done = new ArrayList<>();
    for (var result = find(); result.isPresent(); result = find()) {
      name(result.get());
      carryOut(result.get());
      done.add(result.get());
    }
    return done;
  }

  /// Begins to rewrite what is sparse as of the last snapshot, which is committed.
  void consider() {
    var content = Objects.requireNonNull(frozen);
    rewriter.consider(content, writer().anchored().position());
    rewriter.committed(content.position());
  }

  /// Works until there is something to be named.
  Optional<Rewriter.Result> find() {
    List<Rewriter.Result> found = new ArrayList<>();
    while (found.isEmpty() && rewriter.doWork(found::add)) {
      // a piece
    }
    return found.stream().findFirst();
  }

  /// Appends the record that names it; answers whether that is committed.
  boolean name(Rewriter.Result result) {
    switch (result) {
      case Rewriter.Result.Dead(var files) ->
          writer().append(RecordFormat.SEGMENTS_DROPPED, Reclaimer.encode(files));
      case Rewriter.Result.Replaced replaced ->
          writer().append(RecordFormat.SEGMENT_REWRITTEN, replaced.encode());
    }
    commit();
    return writer().committed() == writer().end();
  }

  /// Does what a committed record has named.
  void carryOut(Rewriter.Result result) {
    var reclaimer = log.reclaimer(writer().tenure());
    switch (result) {
      case Rewriter.Result.Dead(var files) -> reclaimer.unlink(files);
      case Rewriter.Result.Replaced replaced -> {
        rewriter.publish(replaced);
        reclaimer.unlink(replaced.files());
      }
    }
  }

  /// Ends without a word, as a killed process does.
  void end() {
    writer().end(new LogWriter.End.Released("end of the test"));
    writer().close();
    taken.lock().close();
  }
}
