package io.batonmq.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A part of a frozen state that is never changed: what is changed is another part from then on. So it
/// is written once, and later snapshots name the place. Used by the lane that writes snapshots.
public interface SnapshotPart {
  /// Where it was written in this tenure; null if it was not.
  @Nullable SnapshotPlace place();

  /// It stands there from now on, on stable storage.
  void placed(SnapshotPlace place);

  /// Its bytes, 1 to 1 MiB.
  ByteBuffer bytes();
}
