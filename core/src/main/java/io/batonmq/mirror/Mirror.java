package io.batonmq.mirror;

import io.batonmq.seam.Clock;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Monitor;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The store of this node, with what is done to it done by the standbys as well.
///
/// While this node is not active it is the store, and nothing more. While it is, every change of a file that all nodes
/// keep goes to every [Copy], in the order in which it was made here; and a sync returns when the disk here and every
/// node that is waited for have synced. They sync at the same time.
public final class Mirror implements Storage {

  private final Storage own;
  private final Monitor monitor;
  private final Quorum quorum;
  private final Map<String, Written> unnamed = new HashMap<>();
  private BooleanSupplier away = () -> true;
  private PresenceListener presence = (_, _) -> {};

  /// Hears what this node says of itself.
  @FunctionalInterface
  interface PresenceListener {
    void said(String name, byte[] bytes);
  }

  public Mirror(Storage own, Monitor monitor, Clock clock) {
    this.own = own;
    this.monitor = monitor;
    this.quorum = new Quorum(monitor, clock);
  }

  // ---- the accord

  Storage own() {
    return own;
  }

  Quorum quorum() {
    return quorum;
  }

  /// @param active whether nobody else is active, as far as can be seen: then a tenure's lock is free
  void listens(BooleanSupplier active, PresenceListener said) {
    away = active;
    presence = said;
  }

  private interface Change {
    boolean done();
  }

  /// Does something here and has it done by the others, if it was done.
  private boolean change(Change here, Frame there) {
    monitor.enter();
    try {
      boolean done = here.done();
      if (done) {
        quorum.send(there);
      }
      return done;
    } finally {
      monitor.leave();
    }
  }

  /// Syncs here and there at the same time.
  private void sync(Runnable here, Quorum.Asked there) {
    monitor.enter();
    long ticket;
    try {
      ticket = quorum.ask(there);
    } finally {
      monitor.leave();
    }
    here.run();
    quorum.await(ticket);
  }

  // ---- the store

  @Override
  public void makeDirectory(String path) {
    if (!Paths.directory(path)) {
      own.makeDirectory(path);
      return;
    }
    change(
        () -> {
          own.makeDirectory(path);
          return true;
        },
        new Frame.MakeDirectory(path));
  }

  @Override
  public void syncDirectory(String path) {
    if (path.isEmpty() || Paths.directory(path)) {
      sync(() -> own.syncDirectory(path), ticket -> new Frame.SyncDirectory(path, ticket));
    } else {
      own.syncDirectory(path);
    }
  }

  @Override
  public List<String> list(String path) {
    return own.list(path);
  }

  @Override
  public boolean exists(String path) {
    return own.exists(path);
  }

  @Override
  public Optional<StoredFile> createExclusive(String path) {
    if (Paths.presence(path)) {
      return own.createExclusive(path).map(file -> new Said(path, file));
    }
    monitor.enter();
    try {
      Optional<StoredFile> file = own.createExclusive(path);
      if (file.isEmpty()) {
        return file;
      }
      if (Paths.file(path)) {
        quorum.send(new Frame.Create(path));
        return Optional.of(new Kept(path, file.get()));
      }
      Written written = new Written();
      unnamed.put(path, written);
      return Optional.of(new Unnamed(file.get(), written));
    } finally {
      monitor.leave();
    }
  }

  @Override
  public Optional<StoredFile> open(String path, Access access) {
    Optional<StoredFile> file = own.open(path, access);
    if (file.isEmpty() || access == Access.READ) {
      return file;
    }
    if (Paths.presence(path)) {
      return Optional.of(new Said(path, file.get()));
    }
    if (Paths.file(path)) {
      return Optional.of(new Kept(path, file.get()));
    }
    monitor.enter();
    Written written = unnamed.get(path);
    monitor.leave();
    return written == null ? file : Optional.of(new Unnamed(file.get(), written));
  }

  @Override
  public boolean link(String existing, String name) {
    monitor.enter();
    try {
      boolean linked = own.link(existing, name);
      if (!linked) {
        return false;
      }
      Written written = unnamed.get(existing);
      if (Paths.file(name)) {
        give(name, Optional.ofNullable(written));
      } else if (written != null) {
        unnamed.put(name, written);
      }
      return true;
    } finally {
      monitor.leave();
    }
  }

  /// Sends a file that has just got its name.
  private void give(String name, Optional<Written> written) {
    written.ifPresent(file -> file.named(name));
    if (quorum.alone()) {
      return;
    }
    try (StoredFile file = own.open(name, Access.READ).orElseThrow()) {
      long size = file.size();
      quorum.send(new Frame.Begin(name, size));
      List<Written.Range> ranges =
          written.map(Written::ranges).orElse(List.of(new Written.Range(0, size)));
      for (Written.Range range : ranges) {
        for (long at = range.start(); at < range.end(); at += Frame.CHUNK) {
          ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(Frame.CHUNK, range.end() - at));
          file.read(at, chunk);
          quorum.sendWrite(name, at, chunk.flip());
        }
      }
      quorum.send(new Frame.Publish(name));
    }
  }

  @Override
  public void remove(String path) {
    if (Paths.file(path) || Paths.directory(path)) {
      change(
          () -> {
            own.remove(path);
            return true;
          },
          new Frame.Remove(path));
      return;
    }
    own.remove(path);
    monitor.enter();
    unnamed.remove(path);
    monitor.leave();
  }

  @Override
  public Optional<HeldLock> tryLock(String path) {
    return own.tryLock(path);
  }

  /// The lock of a tenure is held here by nobody: the node whose tenure it is has a disk of its own. It is as good
  /// as held while that node can be seen.
  @Override
  public LockWatch watchLock(String path, Runnable wake) {
    return Paths.lock(path) ? new AwayWatch() : own.watchLock(path, wake);
  }

  @Override
  public boolean namesMayBeStale() {
    return own.namesMayBeStale();
  }

  @Override
  public long usableBytes() {
    return own.usableBytes();
  }

  @Override
  public boolean waitsForOthers() {
    return true;
  }

  private final class AwayWatch implements LockWatch {
    private boolean handed;

    @Override
    public Optional<HeldLock> granted() {
      if (handed || !away.getAsBoolean()) {
        return Optional.empty();
      }
      handed = true;
      return Optional.of(
          new HeldLock() {
            @Override
            public boolean stillHeld() {
              return true;
            }

            @Override
            public void close() {}
          });
    }

    @Override
    public void close() {}
  }

  /// A file that every node keeps, open for writing.
  private final class Kept implements StoredFile {
    private final String path;
    private final StoredFile file;

    Kept(String path, StoredFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      return file.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      ByteBuffer same = from.duplicate();
      monitor.enter();
      try {
        file.write(offset, from);
        quorum.sendWrite(path, offset, same);
      } finally {
        monitor.leave();
      }
      quorum.pace();
    }

    @Override
    public void zero(long offset, long length) {
      monitor.enter();
      try {
        file.zero(offset, length);
        quorum.send(new Frame.Zero(path, offset, length));
      } finally {
        monitor.leave();
      }
    }

    @Override
    public void sync() {
      Mirror.this.sync(file::sync, ticket -> new Frame.Sync(path, ticket));
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /// A file that has no name of its own at first, open for writing. A segment is: it is written on by the handle with which
  /// it was made.
  private final class Unnamed implements StoredFile {
    private final StoredFile file;
    private final Written written;

    Unnamed(StoredFile file, Written written) {
      this.file = file;
      this.written = written;
    }

    private @Nullable Kept kept() {
      String name = written.name();
      return name == null ? null : new Kept(name, file);
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      return file.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      Kept kept = kept();
      if (kept != null) {
        kept.write(offset, from);
        return;
      }
      written.add(offset, from.remaining());
      file.write(offset, from);
    }

    @Override
    public void zero(long offset, long length) {
      Kept kept = kept();
      if (kept != null) {
        kept.zero(offset, length);
      } else {
        file.zero(offset, length);
      }
    }

    @Override
    public void sync() {
      Kept kept = kept();
      if (kept != null) {
        kept.sync();
      } else {
        file.sync();
      }
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /// What this node says of itself: told to the others as it is, and waited for by nobody.
  private final class Said implements StoredFile {
    private final String path;
    private final StoredFile file;

    Said(String path, StoredFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      return file.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      byte[] said = new byte[Math.min(from.remaining(), Frame.CHUNK)];
      from.duplicate().get(said);
      file.write(offset, from);
      monitor.enter();
      try {
        quorum.send(new Frame.Write(path, offset, said));
      } finally {
        monitor.leave();
      }
      presence.said(path.substring(path.indexOf('/') + 1), said);
    }

    @Override
    public void zero(long offset, long length) {
      file.zero(offset, length);
    }

    @Override
    public void sync() {
      file.sync();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
