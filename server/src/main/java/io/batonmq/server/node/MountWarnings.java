package io.batonmq.server.node;

import io.batonmq.server.platform.Mount;
import java.util.ArrayList;
import java.util.List;

/// What is to be said about the file system that a store is on, before anything relies on it.
final class MountWarnings {
  private MountWarnings() {}

  /// Sentences, each about one thing; none if nothing is known against it.
  ///
  /// @param recoversLostLocks whether the kernel takes lost NFS locks again by itself
  static List<String> of(Mount mount, boolean recoversLostLocks) {
    List<String> said = new ArrayList<>();
    String place = mount.point() + " (" + mount.type() + "): ";
    for (Mount.Finding finding : mount.findings()) {
      said.add(place + finding.text());
    }
    if (recoversLostLocks && mount.type().startsWith("nfs")) {
      said.add(
          place
              + "recover_lost_locks is on: a master that lost its lock takes it again as if nobody"
              + " had had it meanwhile; load nfs with recover_lost_locks=N");
    }
    return said;
  }
}
