package io.batonmq.server.platform;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.batonmq.seam.Storage;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;

/// The real disk as it is used on a network mount: read past the page cache.
class DirectDiskStorageTest extends DiskStorageTest {
  @BeforeEach
  void onlyWhereTheDiskCan() throws IOException {
    var file = Files.write(root.resolve("probe"), new byte[1]);
    assumeThat(Posix.ofThisMachine()).isPresent();
    boolean can = PosixDisk.readsDirectly(Posix.ofThisMachine().orElseThrow(), file);
    Files.delete(file);
    assumeThat(can).isTrue();
  }

  @Override
  Storage open() {
    return DiskStorage.open(root, mounts(), Posix.ofThisMachine());
  }

  @Override
  Mounts mounts() {
    return table("nfs4 server:/x rw,vers=4.2,local_lock=none");
  }
}
