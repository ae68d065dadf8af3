package io.batonmq.server.platform;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.seam.StoredFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A directory of this machine or of a file server.
///
/// On a network file system a file that is opened for reading is read past this machine's page
/// cache (`O_DIRECT`). Where neither that is possible nor the mount is uncached, the storage is
/// refused: a node could not see that it was superseded.
///
/// Threads that call it are never interrupted. On Linux nothing would happen; elsewhere the JDK
/// closes the channel that an interrupted thread uses, and the locks of its file are gone.
public final class DiskStorage implements Storage {
  private static final String PROBE = ".probe-";

  private final Path root;
  private final Disk disk;
  private final Optional<Mount> mount;

  private DiskStorage(Path root, Disk disk, Optional<Mount> mount) {
    this.root = root;
    this.disk = disk;
    this.mount = mount;
  }

  /// Opens the directory, which is made if it is missing.
  ///
  /// @throws StorageException if it can not be, or can not be read past the cache and has to be
  public static DiskStorage open(Path root) {
    return open(root, Mounts.ofThisMachine(), Posix.ofThisMachine());
  }

  static DiskStorage open(Path root, Mounts mounts, Optional<Posix> posix) {
    Path real;
    try {
      Files.createDirectories(root);
      real = root.toRealPath();
    } catch (IOException e) {
      throw PortableDisk.failure("open", root, e);
    }
    var mount = mounts.of(real);
    boolean network = mount.isPresent() && mount.get().network();
    boolean direct = network && posix.isPresent() && readsDirectly(posix.get(), real);
    if (network && !direct && !mount.orElseThrow().uncached()) {
      throw new StorageException(
          Kind.IO,
          root
              + " is on "
              + mount.get().type()
              + " and can not be read past the cache: mount it with noac, or use another one");
    }
    Disk disk =
        posix.isPresent() ? new PosixDisk(posix.get(), network, direct) : new PortableDisk();
    return new DiskStorage(real, disk, mount);
  }

  private static boolean readsDirectly(Posix posix, Path directory) {
    var probe = directory.resolve(PROBE + UUID.randomUUID());
    try {
      Files.write(probe, new byte[1]);
      return PosixDisk.readsDirectly(posix, probe);
    } catch (IOException e) {
      throw PortableDisk.failure("write", probe, e);
    } finally {
      posix.unlink(probe);
    }
  }

  /// The mount that it is on, where the system tells.
  public Optional<Mount> mount() {
    return mount;
  }

  @Override
  public void makeDirectory(String path) {
    disk.makeDirectory(at(path));
  }

  @Override
  public void syncDirectory(String path) {
    disk.syncDirectory(at(path));
  }

  @Override
  public List<String> list(String path) {
    var names = new ArrayList<String>();
    try (var entries = Files.newDirectoryStream(at(path))) {
      for (var entry : entries) {
        var name = entry.getFileName().toString();
        // A file that is removed while it is open lives on under such a name on NFS.
        if (!name.startsWith(".nfs") && !name.startsWith(PROBE)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw PortableDisk.failure("list", at(path), new IOException(e));
    } catch (IOException e) {
      throw PortableDisk.failure("list", at(path), e);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public boolean exists(String path) {
    return disk.exists(at(path));
  }

  @Override
  public Optional<StoredFile> createExclusive(String path) {
    return disk.createExclusive(at(path));
  }

  @Override
  public Optional<StoredFile> open(String path, Access access) {
    return disk.open(at(path), access);
  }

  @Override
  public boolean link(String existing, String name) {
    return disk.link(at(existing), at(name));
  }

  @Override
  public void remove(String path) {
    disk.remove(at(path));
  }

  @Override
  public Optional<HeldLock> tryLock(String path) {
    return disk.tryLock(at(path));
  }

  @Override
  public LockWatch watchLock(String path, Runnable wake) {
    return disk.watchLock(at(path), wake);
  }

  @Override
  public boolean namesMayBeStale() {
    return mount.isPresent() && mount.get().network();
  }

  @Override
  public long usableBytes() {
    try {
      return Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      throw PortableDisk.failure("space", root, e);
    }
  }

  /// A name in a log may come from a file that somebody else wrote: none leads out of the
  /// directory.
  private Path at(String path) {
    if (path.isEmpty()) {
      return root;
    }
    for (var part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw new IllegalArgumentException("no path of a storage: " + path);
      }
    }
    return root.resolve(path);
  }
}
