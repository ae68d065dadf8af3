package io.batonmq.seam;

import java.util.List;
import java.util.Optional;

/// One directory tree that several nodes may share: a local directory, or one that a file server
/// exports. Paths are relative, `/`-separated, without `.` and `..`.
///
/// Calls block until the operation is done. They are made by a node's own lanes (log, baton,
/// housekeeping), never by the thread that owns the queues. In the simulation each call is a point
/// where the node may be paused, crashed, or overtaken by another.
///
/// **What may be stale.** On a network file system names and listings are cached: [#list], [#exists]
/// and a missing answer of [#open] may be up to a minute old. They are hints. Decided by the file
/// server, and never stale: [#createExclusive] and [#link] (success and refusal), and what is read
/// through a handle opened after the fact was synced. A name that one of those two refused is
/// visible to this node from then on.
///
/// **Errors** are [StorageException]s with a [StorageException.Kind]. A failed write or sync is
/// final: the caller must not write that file again, because the kernel may have dropped the page.
public interface Storage {
  /// Makes the directory unless it exists, parents too. The name is durable after
  /// [#syncDirectory] of its parent.
  void makeDirectory(String path);

  /// Returns when every name created, linked or removed in the directory before is on stable
  /// storage.
  void syncDirectory(String path);

  /// The names in a directory, sorted, without their path; empty if there is no such directory. A
  /// hint.
  List<String> list(String path);

  /// Whether there is such a file or directory. A hint.
  boolean exists(String path);

  /// Creates an empty file and opens it for writing and reading; empty if the name is taken. Decided
  /// by the server.
  Optional<StoredFile> createExclusive(String path);

  /// Opens an existing file freshly: what is read through the handle is at least as new as this call.
  /// Empty if there is no such file (a hint).
  Optional<StoredFile> open(String path, Access access);

  /// Gives an existing file a further name, atomically; false if that name is taken. Decided by the
  /// server. The content that was synced before the call is visible under the new name at once.
  boolean link(String existing, String name);

  /// Removes a file or an empty directory; does nothing if there is none.
  void remove(String path);

  /// Takes the exclusive lock of an existing file if nobody has it; empty if somebody has, or if
  /// there is no such file. The lock belongs to this holder, not to the process: closing other
  /// handles of the file does not lose it.
  Optional<HeldLock> tryLock(String path);

  /// Begins to wait for the exclusive lock of an existing file.
  ///
  /// @param wake run when the lock is granted, on any thread; it must only wake somebody
  LockWatch watchLock(String path, Runnable wake);

  /// Whether hints of this storage may be old, as on a network file system.
  boolean namesMayBeStale();

  /// Whether a sync may wait for other nodes, so that it is for a lane that may stand still for seconds.
  default boolean waitsForOthers() {
    return false;
  }

  /// Bytes that a file here may still take.
  long usableBytes();

  /// How a file is opened.
  enum Access {
    READ,
    WRITE
  }
}
