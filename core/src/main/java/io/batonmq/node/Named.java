package io.batonmq.node;

import io.batonmq.log.SnapshotRef;
import io.batonmq.log.file.Rewriter;
import io.batonmq.log.file.SegmentFile;
import java.util.List;

/// What a record names that ends at a position: done once that is committed.
sealed interface Named {
  long end();

  record Drop(List<SegmentFile> dropped, long end) implements Named {}

  record Replace(Rewriter.Result.Replaced replaced, long end) implements Named {}

  record Taken(SnapshotRef snapshot, long end) implements Named {}
}
