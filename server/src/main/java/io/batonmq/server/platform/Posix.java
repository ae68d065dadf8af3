package io.batonmq.server.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/// The system calls of 64-bit Linux that a log needs and the JDK does not offer: locks that belong
/// to a file description (`F_OFD_SETLK`), error numbers, and reads past the page cache. All native
/// calls of Baton are in this class.
///
/// Every call answers as the kernel does: 0 or more, or the error number negated. `EINTR` is never
/// answered; the call is made again. No call is ended by [Thread#interrupt], and none closes a file
/// because of it, as channels do.
final class Posix {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_CLOEXEC = 0x80000;

  /// What reads past the page cache are aligned to: no disk in use has larger sectors.
  static final int ALIGNMENT = 4096;

  static final int BUFFER = 256 * 1024;

  private static final int F_OFD_SETLK = 37;
  private static final int F_OFD_SETLKW = 38;
  private static final short F_WRLCK = 1;
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_STATX_FORCE_SYNC = 0x2000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int S_IFMT = 0xF000;
  private static final int S_IFDIR = 0x4000;

  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /// `struct flock` where `off_t` has 64 bits: short type @0, short whence @2, start @8,
  /// length @16, int pid @24. All zero but the type means: the whole file.
  private static final long FLOCK_BYTES = 32;

  /// `struct statx`, the same on every architecture: u16 mode @28, u64 ino @32, u64 size @40, u32
  /// dev_major @136, u32 dev_minor @140.
  private static final long STATX_BYTES = 256;

  private static final Optional<Posix> THIS_MACHINE = load();

  private final MethodHandle open;
  private final MethodHandle close;
  private final MethodHandle pread;
  private final MethodHandle pwrite;
  private final MethodHandle fsync;
  private final MethodHandle fdatasync;
  private final MethodHandle link;
  private final MethodHandle unlink;
  private final MethodHandle rmdir;
  private final MethodHandle mkdir;
  private final MethodHandle fcntl;
  private final MethodHandle statx;
  private final int direct;
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  /// What is known of a file.
  record Stat(long device, long inode, long size, boolean directory) {
    boolean sameFile(Stat other) {
      return device == other.device && inode == other.inode;
    }
  }

  /// Memory outside the heap that a thread uses again for each call. Threads that do I/O are few.
  private static final class Scratch {
    final MemorySegment capture = Arena.ofAuto().allocate(CAPTURE);
    final MemorySegment struct = Arena.ofAuto().allocate(STATX_BYTES, 8);
    final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER, ALIGNMENT);
  }

  private Posix(Linker linker, int direct) {
    this.direct = direct;
    open = call(linker, 2, "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    close = call(linker, -1, "close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    var transfer = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    pread = call(linker, -1, "pread", transfer);
    pwrite = call(linker, -1, "pwrite", transfer);
    fsync = call(linker, -1, "fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    fdatasync = call(linker, -1, "fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    link = call(linker, -1, "link", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    unlink = call(linker, -1, "unlink", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    rmdir = call(linker, -1, "rmdir", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    mkdir = call(linker, -1, "mkdir", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    fcntl = call(linker, 2, "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    statx =
        call(
            linker,
            -1,
            "statx",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  }

  /// The calls, if this machine has them in the form that is known here.
  static Optional<Posix> ofThisMachine() {
    return THIS_MACHINE;
  }

  private static Optional<Posix> load() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return Optional.empty();
    }
    int direct =
        switch (System.getProperty("os.arch", "")) {
          case "amd64", "x86_64" -> 0x4000;
          case "aarch64" -> 0x10000;
          default -> 0;
        };
    try {
      return direct == 0 ? Optional.empty() : Optional.of(new Posix(Linker.nativeLinker(), direct));
    } catch (UnsatisfiedLinkError | UnsupportedOperationException | IllegalCallerException _) {
      return Optional.empty();
    }
  }

  /// @param firstVariadic index of the first variadic argument, which some machines pass otherwise;
  ///   negative for a plain function
  @SuppressWarnings("restricted") // this class is the one that the rest need not look at
  private static MethodHandle call(
      Linker linker, int firstVariadic, String name, FunctionDescriptor descriptor) {
    var address =
        linker
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError("no " + name + " in libc"));
    var errno = Linker.Option.captureCallState("errno");
    return firstVariadic < 0
        ? linker.downcallHandle(address, descriptor, errno)
        : linker.downcallHandle(
            address, descriptor, errno, Linker.Option.firstVariadicArg(firstVariadic));
  }

  /// The flag for reads past the page cache.
  int direct() {
    return direct;
  }

  /// An aligned piece of memory of [#BUFFER] bytes that belongs to the calling thread until its
  /// next call that reads or writes.
  MemorySegment buffer() {
    return scratch.get().buffer;
  }

  int open(Path path, int flags) {
    var state = scratch.get();
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path.toString());
      int result;
      do {
        result =
            result(state, (int) open.invokeExact(state.capture, name, flags | O_CLOEXEC, 0640));
      } while (result == -Errno.EINTR);
      return result;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /// Also after an error the descriptor is gone; it must not be closed again.
  void close(int fd) {
    try {
      int _ = (int) close.invokeExact(scratch.get().capture, fd);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long read(int fd, MemorySegment into, long length, long offset) {
    return transfer(pread, fd, into, length, offset);
  }

  long write(int fd, MemorySegment from, long length, long offset) {
    return transfer(pwrite, fd, from, length, offset);
  }

  private long transfer(MethodHandle call, int fd, MemorySegment data, long length, long offset) {
    var state = scratch.get();
    try {
      long result;
      do {
        result = (long) call.invokeExact(state.capture, fd, data, length, offset);
        result = result < 0 ? -errno(state) : result;
      } while (result == -Errno.EINTR);
      return result;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int syncData(int fd) {
    return onDescriptor(fdatasync, fd);
  }

  int sync(int fd) {
    return onDescriptor(fsync, fd);
  }

  /// Not made again after EINTR: a failed sync is final.
  private int onDescriptor(MethodHandle call, int fd) {
    var state = scratch.get();
    try {
      return result(state, (int) call.invokeExact(state.capture, fd));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int link(Path existing, Path name) {
    var state = scratch.get();
    try (var arena = Arena.ofConfined()) {
      var from = arena.allocateFrom(existing.toString());
      var to = arena.allocateFrom(name.toString());
      return result(state, (int) link.invokeExact(state.capture, from, to));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int unlink(Path path) {
    return onPath(unlink, path);
  }

  int removeDirectory(Path path) {
    return onPath(rmdir, path);
  }

  private int onPath(MethodHandle call, Path path) {
    var state = scratch.get();
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path.toString());
      return result(state, (int) call.invokeExact(state.capture, name));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int makeDirectory(Path path) {
    var state = scratch.get();
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path.toString());
      return result(state, (int) mkdir.invokeExact(state.capture, name, 0750));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /// Takes the exclusive lock of a whole file for this descriptor, or keeps it if it has it.
  ///
  /// @param wait whether to wait for it, however long; then nothing ends the call but the lock
  int lock(int fd, boolean wait) {
    var state = scratch.get();
    state.struct.asSlice(0, FLOCK_BYTES).fill((byte) 0);
    state.struct.set(JAVA_SHORT, 0, F_WRLCK);
    int command = wait ? F_OFD_SETLKW : F_OFD_SETLK;
    try {
      int result;
      do {
        result = result(state, (int) fcntl.invokeExact(state.capture, fd, command, state.struct));
      } while (result == -Errno.EINTR);
      return result;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /// What a path names now, asked of the server where there is one.
  StatResult stat(Path path) {
    try (var arena = Arena.ofConfined()) {
      return stat(AT_FDCWD, arena.allocateFrom(path.toString()), 0);
    }
  }

  /// What a descriptor stands for.
  StatResult stat(int fd) {
    try (var arena = Arena.ofConfined()) {
      return stat(fd, arena.allocateFrom(""), AT_EMPTY_PATH);
    }
  }

  /// Either what is known, or why it is not.
  ///
  /// @param error 0, or the error number negated
  record StatResult(Optional<Stat> stat, int error) {}

  private StatResult stat(int fd, MemorySegment name, int flags) {
    var state = scratch.get();
    int how = flags | AT_STATX_FORCE_SYNC;
    try {
      int returned =
          (int) statx.invokeExact(state.capture, fd, name, how, STATX_BASIC_STATS, state.struct);
      if (returned < 0) {
        return new StatResult(Optional.empty(), -errno(state));
      }
      var struct = state.struct;
      long device = ((long) struct.get(JAVA_INT, 136) << 32) | struct.get(JAVA_INT, 140);
      boolean directory = (struct.get(JAVA_SHORT, 28) & S_IFMT) == S_IFDIR;
      var stat = new Stat(device, struct.get(JAVA_LONG, 32), struct.get(JAVA_LONG, 40), directory);
      return new StatResult(Optional.of(stat), 0);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static int result(Scratch state, int returned) {
    return returned < 0 ? -errno(state) : returned;
  }

  private static int errno(Scratch state) {
    return (int) ERRNO.get(state.capture, 0L);
  }

  /// A downcall throws nothing of its own; what comes out here is a mistake in this class or an
  /// Error.
  private static RuntimeException impossible(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException exception) {
      return exception;
    }
    return new IllegalStateException(e);
  }
}
