package io.batonmq.log.file;

import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The word of a later claimant to an earlier one: you confirm no more.
///
/// A file of zeros that exists before the tenure is claimed, so that its name is known to everybody and
/// only its content matters: names that do *not* exist yet are cached by network file systems, and the
/// active would go on believing for a minute that nobody claimed a later epoch. The claimant writes and
/// syncs it *before* it reads the earlier tenure's records; the active reads it, freshly, *after* each
/// sync and before it confirms. If the active read zeros, the claimant has not read yet, and will find
/// the record.
final class Fence {
  private static final int SIZE = 4096;

  private Fence() {}

  static void create(Storage storage, Tenure tenure) {
    zeros(storage, tenure.fence());
    zeros(storage, tenure.heart());
    zeros(storage, tenure.lock());
  }

  private static void zeros(Storage storage, String path) {
    Optional<StoredFile> file = storage.createExclusive(path);
    if (file.isEmpty()) {
      throw new IllegalStateException("a fresh tenure has " + path + " already");
    }
    try (StoredFile opened = file.get()) {
      opened.zero(0, SIZE);
      opened.sync();
    }
  }

  /// Raises the fence of an earlier tenure; durable and visible when this returns.
  static void raise(Storage storage, Tenure tenure, long byEpoch) {
    ByteBuffer sector = ByteBuffer.allocate(SIZE);
    while (sector.hasRemaining()) {
      sector.putLong(byEpoch);
    }
    try (StoredFile file =
        storage
            .open(tenure.fence(), Storage.Access.WRITE)
            .orElseThrow(() ->
                new StorageException(StorageException.Kind.MISSING, "no " + tenure.fence()))) {
      file.write(0, sector.flip());
      file.sync();
    }
  }

  /// Whether a later claimant has raised the fence of this tenure.
  ///
  /// @throws StorageException if the fence is gone: nobody removes it while its node lives, so with it
  ///     the store was removed, or the disk is not there any more
  static boolean raised(Storage storage, Tenure tenure) {
    return raisedBy(storage, tenure) != 0;
  }

  /// The later epoch that raised it; 0 if none did; negative if it cannot be told which.
  ///
  /// @throws StorageException as [#raised]
  static long raisedBy(Storage storage, Tenure tenure) {
    Optional<StoredFile> file = storage.open(tenure.fence(), Storage.Access.READ);
    if (file.isEmpty()) {
      throw new StorageException(
          StorageException.Kind.MISSING,
          tenure.fence() + " is gone: the store was removed, or its disk is not there");
    }
    try (StoredFile opened = file.get()) {
      ByteBuffer sector = ByteBuffer.allocate(8);
      return opened.read(0, sector) < 8 ? -1 : sector.getLong(0);
    }
  }
}
