package io.batonmq.checks.bench.micro;

import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Follower;
import io.batonmq.log.file.LogWriter;
import io.batonmq.seam.Now;
import io.batonmq.server.platform.DiskStorage;
import io.batonmq.server.platform.RealClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// A log of its own on the disk, served as an active node would. Whoever appends is its owner and its lane
/// at once, so that a batch is what the caller says it is; spare segments are made by a thread beside.
final class OneLog implements AutoCloseable {
  /// Of one record, in bytes.
  static final int RECORD = 1024;

  private static final long HOUSEKEEPING_NAP_NANOS = 1_000_000;

  private final RealClock clock = new RealClock();
  private final Path folder;
  private final FileLog.Taken taken;
  private final ByteBuffer payload = ByteBuffer.allocateDirect(RECORD);
  private final Thread housekeeping;
  private final Lock house = new ReentrantLock();
  private volatile boolean closed;
  private boolean kept = true;

  OneLog(Path parent) throws IOException {
    folder = Files.createTempDirectory(parent, "log");
    FileLog log = fileLog();
    log.prepare();
    taken = taken(log.takeOver(0, Optional.empty(), (_, _, _, _) -> {}, _ -> {}));
    housekeeping = Thread.ofPlatform().daemon().name("housekeeping").start(this::keepHouse);
  }

  private static FileLog.Taken taken(Optional<FileLog.Taken> taken) {
    return taken.orElseThrow(() -> new IllegalStateException("somebody else is at this log"));
  }

  /// The log as another node sees it.
  FileLog fileLog() {
    return new FileLog(
        DiskStorage.open(folder),
        LogSettings.DEFAULTS,
        "bench",
        () -> UUID.randomUUID().toString());
  }

  private LogWriter writer() {
    return taken.writer();
  }

  private void keepHouse() {
    while (!closed) {
      if (!prepareSpare()) {
        LockSupport.parkNanos(HOUSEKEEPING_NAP_NANOS);
      }
    }
  }

  private boolean prepareSpare() {
    house.lock();
    try {
      return kept && writer().prepareSpare();
    } finally {
      house.unlock();
    }
  }

  /// Whether spare segments are made from now on; what is being made is made when this returns.
  void keepHouse(boolean on) {
    house.lock();
    try {
      kept = on;
    } finally {
      house.unlock();
    }
  }

  /// Appends records and waits until they are committed.
  ///
  /// @return position of the last
  long append(int records) {
    long position = -1;
    for (int i = 0; i < records; i++) {
      position = writer().append(RecordFormat.USER_MIN, payload.duplicate());
    }
    writer().flush();
    writer().doWork(Now.of(clock));
    if (writer().committed() != writer().end()) {
      throw new IllegalStateException("not committed: " + writer().ended());
    }
    return position;
  }

  /// Reads the whole log as a standby does that has just started.
  ///
  /// @return number of bytes
  long scan() {
    try (Follower follower = follower(fileLog())) {
      return follower.position();
    }
  }

  /// A standby that has read all that it may.
  static Follower follower(FileLog log) {
    Follower follower = log.follow(0);
    long before;
    do {
      before = follower.readUpTo();
    } while (follower.poll((_, _, _, _) -> {}) > 0 || follower.readUpTo() != before);
    return follower;
  }

  /// Takes over from the node that serves, by one that stood by.
  ///
  /// @return at which position
  static long takeOver(FileLog log, Follower follower) {
    FileLog.Taken next = taken(log.takeOver(1, Optional.of(follower), (_, _, _, _) -> {}, _ -> {}));
    next.writer().close();
    next.lock().close();
    return next.sealed();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      housekeeping.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    writer().close();
    taken.lock().close();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
