package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.seam.Storage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The part of [LogVerify] that reads rewritten segments: each has its name only when it is whole and on
/// stable storage, so that one which is not sound is damaged.
final class RewrittenVerify {
  private final Storage storage;
  private final List<String> lines = new ArrayList<>();
  private final List<String> damages = new ArrayList<>();

  /// Checksums by which the log has named them, as far as it still tells.
  private final Map<SegmentFile, Integer> named = new HashMap<>();

  private long count;

  RewrittenVerify(Storage storage) {
    this.storage = storage;
  }

  List<String> lines() {
    return lines;
  }

  List<String> damages() {
    return damages;
  }

  long count() {
    return count;
  }

  /// Takes note of what a record of the log says.
  void note(ByteBuffer record) {
    if (RecordFormat.type(record, 0) == RecordFormat.SEGMENT_REWRITTEN) {
      ByteBuffer payload = record.slice(RecordFormat.HEADER, RecordFormat.payload(record, 0));
      named.put(SegmentFile.read(payload), payload.getInt());
    }
  }

  /// Reads those in the directory of a tenure, once all records are noted.
  void verify(Tenure tenure) {
    for (String name : storage.list(tenure.directory())) {
      Optional<SegmentFile> file = SegmentFile.rewritten(tenure, name);
      if (file.isPresent()) {
        try {
          verify(tenure, file.get());
        } catch (DamagedException e) {
          count++;
          damages.add(e.what());
        }
      }
    }
  }

  private void verify(Tenure tenure, SegmentFile file) {
    Optional<Rewritten.Opened> opened = Rewritten.open(storage, tenure, file);
    if (opened.isEmpty()) {
      // Unlinked meanwhile, by an active node.
      return;
    }
    try (Rewritten.Opened in = opened.get()) {
      Rewritten head = in.head();
      if (named.getOrDefault(file, head.checksum()) != head.checksum()) {
        throw new DamagedException(in.path() + " is not what the log has named");
      }
      long bytes = 0;
      for (int i = 0; i < head.index().count(); i++) {
        bytes += RecordFormat.length(in.at(i).limit() - RecordFormat.HEADER);
      }
      count++;
      lines.add(
          "rewritten "
              + in.path()
              + " from="
              + file.base()
              + " records="
              + head.index().count()
              + " bytes="
              + bytes);
    }
  }
}
