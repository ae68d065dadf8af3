package io.batonmq.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.platform.Mount.Finding;
import io.batonmq.server.platform.Mount.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountsTest {
  /// As recorded on a machine with local disks, containers and two NFS mounts, one with a space.
  private static final Mounts RECORDED =
      Mounts.parse(
          """
          22 27 0:21 / /proc rw,relatime - proc proc rw
          27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard,errors=remount-ro
          25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684096k
          40 27 8:17 /sub /data rw,noatime shared:29 master:3 - xfs /dev/sdb1 rw,attr2,inode64
          41 27 0:52 / /mnt/nfs\\040share rw,relatime shared:30 - nfs4 filer:/vol/mq\
           rw,vers=4.1,rsize=1048576,hard,proto=tcp,timeo=600,sec=sys,local_lock=none,addr=10.0.0.9
          42 27 0:53 / /mnt/old rw,relatime - nfs filer:/old rw,vers=3,nolock,local_lock=all
          43 41 0:54 / /mnt/nfs\\040share/inner rw,relatime - ext4 /dev/loop0 rw,nobarrier
          44 27 0:55 / /data rw,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b

          not a line of such a table
          """
              .lines()
              .toList());

  @Test
  void aPathIsOnTheLongestMountAboveItAndOnTheLastOfTwo() {
    assertThat(type("/home/x")).isEqualTo("ext4");
    assertThat(type("/mnt/nfs share/a/b")).isEqualTo("nfs4");
    assertThat(type("/mnt/nfs shares/a")).isEqualTo("ext4");
    assertThat(type("/mnt/nfs share/inner/a")).isEqualTo("ext4");
    assertThat(type("/mnt/nfs share/inner/../x")).isEqualTo("nfs4");
    assertThat(type("/data/x")).isEqualTo("overlay");
    assertThat(mount("/mnt/nfs share").options()).containsEntry("vers", "4.1");
    assertThat(mount("/mnt/nfs share").source()).isEqualTo("filer:/vol/mq");
    assertThat(Mounts.parse(List.of()).of(Path.of("/x"))).isEmpty();
  }

  @Test
  void aGoodMountHasNothingAgainstIt() {
    assertThat(mount("/home/x").findings()).isEmpty();
    assertThat(mount("/home/x").network()).isFalse();
    assertThat(mount("/mnt/nfs share").findings()).isEmpty();
    assertThat(mount("/mnt/nfs share").network()).isTrue();
    assertThat(mount("/mnt/nfs share").uncached()).isFalse();
  }

  @Test
  void everythingThatIsKnownAgainstAMountIsNamed() {
    assertThat(mount("/mnt/old").findings())
        .extracting(Finding::level)
        .containsExactly(Level.UNSAFE, Level.UNSAFE, Level.UNSAFE);
    assertThat(mount("/mnt/nfs share/inner").findings())
        .extracting(Finding::text)
        .singleElement()
        .asString()
        .contains("barriers");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nfs4 s:/x rw,vers=4.2                 | true  | 0 | 0
          nfs4 s:/x rw,vers=4.0,local_lock=flock| true  | 0 | 0
          nfs4 s:/x rw,vers=4.2,local_lock=posix| true  | 1 | 0
          nfs s:/x rw,vers=3                    | true  | 1 | 0
          nfs s:/x rw,vers=3,nolock             | true  | 2 | 0
          ocfs2 /dev/sdb rw                     | true  | 1 | 0
          gfs2 /dev/sdb rw                      | true  | 0 | 1
          gfs2 /dev/sdb rw,localflocks          | true  | 1 | 1
          gfs2 /dev/sdb rw,lockproto=lock_nolock| true  | 1 | 1
          cifs //s/x rw,cache=strict            | true  | 0 | 1
          cifs //s/x rw,cache=loose,nobrl       | true  | 2 | 1
          fuse.sshfs s:/x rw                    | true  | 0 | 1
          fuse.glusterfs s:/x rw                | true  | 0 | 1
          ceph s:/x rw                          | true  | 0 | 1
          lustre s:/x rw,localflock             | true  | 1 | 1
          9p host rw,cache=loose                | true  | 1 | 1
          virtiofs host rw                      | true  | 1 | 0
          tmpfs tmpfs rw                        | false | 1 | 0
          xfs /dev/sdb rw                       | false | 0 | 0
          btrfs /dev/sdb rw                     | false | 0 | 0
          ext4 /dev/sdb rw,barrier=0            | false | 1 | 0
          """)
  void kindsOfMounts(String mount, boolean network, int unsafe, int untested) {
    var found = DiskStorageTest.table(mount).of(Path.of("/x")).orElseThrow();
    assertThat(found.network()).isEqualTo(network);
    assertThat(count(found, Level.UNSAFE)).as("%s", found.findings()).isEqualTo(unsafe);
    assertThat(count(found, Level.UNTESTED)).as("%s", found.findings()).isEqualTo(untested);
  }

  @Test
  void uncachedMountsSaySo() {
    assertThat(DiskStorageTest.table("nfs4 s:/x rw,noac").of(Path.of("/")).get().uncached())
        .isTrue();
    assertThat(DiskStorageTest.table("nfs4 s:/x rw,actimeo=0").of(Path.of("/")).get().uncached())
        .isTrue();
  }

  private static long count(Mount mount, Level level) {
    return mount.findings().stream().filter(finding -> finding.level() == level).count();
  }

  private static String type(String path) {
    return mount(path).type();
  }

  private static Mount mount(String path) {
    return RECORDED.of(Path.of(path)).orElseThrow();
  }
}
