package io.batonmq.server.platform;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A mounted file system, and what is known against keeping a shared store on it. Safety does not
/// rest on locks, so none of it loses a message by itself; it costs takeovers that should not have
/// been, or that do not come.
///
/// @param point where it is mounted
/// @param type as the kernel names it: `ext4`, `nfs4`, `fuse.sshfs`
/// @param source the device or the server
/// @param options name to value; the empty string where there is no value
public record Mount(Path point, String type, String source, Map<String, String> options) {
  private static final Set<String> NETWORK =
      Set.of(
          "9p",
          "afs",
          "beegfs",
          "ceph",
          "cifs",
          "gfs2",
          "glusterfs",
          "gpfs",
          "lustre",
          "nfs",
          "nfs4",
          "ocfs2",
          "smb3",
          "smbfs",
          "virtiofs");

  private static final Set<String> CLUSTER =
      Set.of("afs", "beegfs", "ceph", "gfs2", "glusterfs", "gpfs", "lustre");

  public Mount {
    options = Map.copyOf(options);
  }

  /// How bad a finding is.
  public enum Level {
    /// Known to break what a shared store relies on.
    UNSAFE,
    /// Nobody has shown that it works.
    UNTESTED
  }

  /// One thing that is known against a mount, with what to do about it.
  public record Finding(Level level, String text) {}

  /// Whether other machines may write here, so that this machine's cache may be old. File systems
  /// in user space are taken for such: nobody can tell.
  public boolean network() {
    return NETWORK.contains(type) || type.equals("fuse") || type.startsWith("fuse.");
  }

  /// Whether attributes and names are not cached.
  public boolean uncached() {
    return options.containsKey("noac") || "0".equals(options.get("actimeo"));
  }

  /// What is known against a shared store here; empty if nothing is.
  public List<Finding> findings() {
    var found = new ArrayList<Finding>();
    switch (type) {
      case "nfs", "nfs4" -> nfs(found);
      case "cifs", "smb3", "smbfs" -> smb(found);
      case "ocfs2" ->
          unsafe(
              found,
              "OCFS2 has no locks that all machines of the cluster know, so two brokers may both"
                  + " think that they have the master's; use GFS2 or NFSv4");
      case "virtiofs" ->
          unsafe(found, "locks on virtiofs may end at the guest: other guests do not see them");
      case "9p" -> plan9(found);
      case "tmpfs", "ramfs" ->
          unsafe(found, "it is memory: nothing survives the loss of power; use a disk");
      default -> {
        if (CLUSTER.contains(type) || network()) {
          untested(found, type + " was not tested; the messages are safe, the locks may not be");
        }
      }
    }
    if (has("nobarrier") || "0".equals(options.get("barrier"))) {
      unsafe(found, "mounted without barriers: a sync does not reach the disk; remove nobarrier");
    }
    if (has("localflocks") || has("localflock") || has("noflock")) {
      unsafe(found, "locks stay on this machine; mount without localflocks, localflock, noflock");
    }
    if ("lock_nolock".equals(options.get("lockproto"))) {
      unsafe(found, "mounted without a lock manager (lockproto=lock_nolock)");
    }
    return List.copyOf(found);
  }

  private void nfs(List<Finding> found) {
    var version = options.getOrDefault("vers", options.getOrDefault("nfsvers", ""));
    if (version.startsWith("3") || version.startsWith("2")) {
      unsafe(
          found,
          "NFSv"
              + version
              + " does not time out the lock of a master that ended abnormally: a slave can only"
              + " tell by its silence that it is gone; mount vers=4.1");
    }
    if (has("nolock")) {
      unsafe(found, "nolock: locks stay on this machine; remove the option");
    }
    var local = options.getOrDefault("local_lock", "none");
    if (local.equals("all") || local.equals("posix")) {
      unsafe(found, "local_lock=" + local + ": locks stay on this machine; remove the option");
    }
  }

  private void smb(List<Finding> found) {
    if (has("nobrl")) {
      unsafe(found, "nobrl: locks are not sent to the server; remove the option");
    }
    if ("loose".equals(options.get("cache"))) {
      unsafe(found, "cache=loose: reads may be old for ever; mount cache=strict or cache=none");
    }
    untested(found, "SMB was not tested; the messages are safe, the locks may not be");
  }

  private void plan9(List<Finding> found) {
    if (Set.of("loose", "fscache", "mmap").contains(options.getOrDefault("cache", "none"))) {
      unsafe(found, "9p with cache=" + options.get("cache") + ": reads may be old; use cache=none");
    }
    untested(found, "9p was not tested; the messages are safe, the locks may not be");
  }

  private boolean has(String option) {
    return options.containsKey(option);
  }

  private static void unsafe(List<Finding> found, String text) {
    found.add(new Finding(Level.UNSAFE, text));
  }

  private static void untested(List<Finding> found, String text) {
    found.add(new Finding(Level.UNTESTED, text));
  }
}
