package io.batonmq.sim;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.seam.StoredFile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A [SimDisk] as one process has it mounted. Each call is a scheduling point before and after its
/// effect, so a node can be overtaken, stand still or die both between doing and learning.
public final class SimStorage implements Storage {
  final SimDisk disk;
  final SimProcess process;
  final long mount;
  private final View view;
  private final List<View.Handle> open = new ArrayList<>();
  private final Map<Operation, Kind> forced = new EnumMap<>(Operation.class);
  private long operations;
  private long diesAfter = Long.MAX_VALUE;

  SimStorage(SimDisk disk, SimProcess process, long mount, View view) {
    this.disk = disk;
    this.process = process;
    this.mount = mount;
    this.view = view;
    process.onDeath(() -> {
      view.processDied(List.copyOf(open));
      open.clear();
      disk.locks().ownerDied(this);
    });
  }

  /// The process that has mounted it.
  public SimProcess process() {
    return process;
  }

  /// Calls begun so far.
  public long operations() {
    return operations;
  }

  /// Has the process die after so many more calls: the last one has its effect and does not return.
  public void crashAfter(long calls) {
    diesAfter = operations + calls;
  }

  /// Has the next such call fail.
  public void failNext(Operation operation, Kind kind) {
    forced.put(operation, kind);
  }

  @Override
  public void makeDirectory(String path) {
    call(
        Operation.MAKE_DIRECTORY,
        path,
        0,
        () -> {
          disk.makeDirectory(path);
          view.present(path);
          return true;
        });
  }

  @Override
  public void syncDirectory(String path) {
    call(
        Operation.SYNC_DIRECTORY,
        path,
        0,
        () -> {
          disk.syncDirectory(path);
          return true;
        });
  }

  @Override
  public List<String> list(String path) {
    return call(Operation.LIST, path, 0, () -> view.list(path));
  }

  @Override
  public boolean exists(String path) {
    return call(Operation.EXISTS, path, 0, () -> view.exists(path));
  }

  @Override
  public Optional<StoredFile> createExclusive(String path) {
    return call(
        Operation.CREATE,
        path,
        0,
        () -> {
          var inode = disk.create(path);
          view.present(path);
          return inode == null ? Optional.empty() : Optional.of(file(path, inode, Access.WRITE));
        });
  }

  @Override
  public Optional<StoredFile> open(String path, Access access) {
    return call(
        Operation.OPEN,
        path,
        access == Access.WRITE ? 1 : 0,
        () -> {
          var inode = view.resolve(path);
          if (inode != null && inode.directory) {
            throw new StorageException(Kind.IO, path + " is a directory");
          }
          return inode == null ? Optional.empty() : Optional.of(file(path, inode, access));
        });
  }

  @Override
  public boolean link(String existing, String name) {
    return call(
        Operation.LINK,
        name,
        Hash.of(existing),
        () -> {
          boolean linked = disk.link(existing, name);
          view.present(name);
          return linked;
        });
  }

  @Override
  public void remove(String path) {
    call(
        Operation.REMOVE,
        path,
        0,
        () -> {
          disk.remove(path, view);
          view.absent(path);
          return true;
        });
  }

  @Override
  public Optional<HeldLock> tryLock(String path) {
    return call(
        Operation.LOCK,
        path,
        0,
        () -> {
          var inode = view.resolve(path);
          return inode == null
              ? Optional.empty()
              : Optional.ofNullable(disk.locks().tryLock(this, path, inode));
        });
  }

  @Override
  public LockWatch watchLock(String path, Runnable wake) {
    return call(
        Operation.WATCH,
        path,
        0,
        () -> {
          var inode = view.resolve(path);
          if (inode == null) {
            throw new StorageException(Kind.MISSING, path);
          }
          return disk.locks().watch(this, path, inode, wake);
        });
  }

  @Override
  public boolean namesMayBeStale() {
    return disk.model() == SimDisk.Model.NETWORK;
  }

  @Override
  public long usableBytes() {
    return call(Operation.SPACE, "", 0, disk::usableBytes);
  }

  /// One call: a point, its effect, a point, in the time that such a call takes.
  <T> T call(Operation operation, String path, long detail, Supplier<T> effect) {
    checkAlive();
    operations++;
    var trace = disk.scheduler().trace();
    if (trace.heard()) {
      trace.tell(() -> disk.scheduler().at() + process + " " + operation + " " + path);
    }
    disk.scheduler().point(Hash.fold(Hash.of(path) + Hash.of(operation.name()), detail));
    long nanos = disk.cost(operation);
    boolean late = nanos > 0 && chance().oneIn(2);
    take(late ? nanos : 0);
    view.background();
    disk.locks().maybeLose(this);
    T result;
    try {
      if (!isWrite(operation)) {
        var failure = failure(operation);
        if (failure != null) {
          throw new StorageException(failure, operation + " of " + path + " failed");
        }
      }
      result = effect.get();
      trace.fold(fold(result));
    } catch (StorageException e) {
      trace.fold(Hash.of(e.kind().name()));
      trace.tell(() -> disk.scheduler().at() + process + " " + operation + " " + path + ": " + e);
      disk.scheduler().point(0);
      throw e;
    }
    if (operations >= diesAfter) {
      process.kill();
      throw new ProcessDied(process.name());
    }
    take(late ? 0 : nanos);
    disk.scheduler().point(0);
    checkAlive();
    return result;
  }

  /// A point inside a call: a part of its effect is there.
  void step() {
    disk.scheduler().point(0);
    checkAlive();
  }

  void fold(long value) {
    disk.scheduler().trace().fold(value);
  }

  Chance chance() {
    return disk.chance();
  }

  void closed(View.Handle handle) {
    open.remove(handle);
  }

  @Nullable Kind failure(Operation operation) {
    var kind = forced.remove(operation);
    if (kind != null) {
      return kind;
    }
    var faults = disk.faults();
    boolean fails =
        switch (operation) {
          case READ -> chance().perMillion(faults.readError());
          case WRITE, ZERO -> chance().perMillion(faults.writeError());
          case SYNC, SYNC_DIRECTORY -> chance().perMillion(faults.syncError());
          default -> false;
        };
    return fails ? Kind.IO : null;
  }

  @Nullable Kind writeFailure(Operation operation, Inode inode, long offset, long length) {
    if (!disk.hasRoom(inode, offset, length) || chance().perMillion(disk.faults().noSpace())) {
      return Kind.NO_SPACE;
    }
    return failure(operation);
  }

  private static boolean isWrite(Operation operation) {
    return operation == Operation.WRITE
        || operation == Operation.ZERO
        || operation == Operation.SYNC;
  }

  private static long fold(Object result) {
    return switch (result) {
      case Boolean yes -> yes ? 1 : 2;
      case Number number -> number.longValue();
      case List<?> list -> list.hashCode();
      case Optional<?> optional -> optional.isPresent() ? 1 : 2;
      default -> 0;
    };
  }

  private void take(long nanos) {
    long stall =
        chance().perMillion(disk.faults().stall())
            ? chance().magnitude(disk.faults().stallNanosMax())
            : 0;
    if (nanos + stall > 0) {
      disk.scheduler().delay(nanos + stall);
    }
  }

  private void checkAlive() {
    if (!process.alive()) {
      throw new ProcessDied(process.name());
    }
  }

  private SimFile file(String path, Inode inode, Access access) {
    var handle = view.handle(inode, path);
    open.add(handle);
    return new SimFile(this, path, handle, access);
  }
}
