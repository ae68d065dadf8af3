package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads single records by position, for bodies that are not in memory. Used by one lane.
public final class RecordReader implements AutoCloseable {
  private static final int FILES_MAX = 32;

  private final Storage storage;
  private final Supplier<Chain> chain;
  private @Nullable SegmentMap segments;

  private final Map<SegmentFile, Records> open =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SegmentFile, Records> eldest) {
          boolean remove = size() > FILES_MAX;
          if (remove) {
            eldest.getValue().close();
          }
          return remove;
        }
      };

  RecordReader(Storage storage, Supplier<Chain> chain) {
    this.storage = storage;
    this.chain = chain;
  }

  /// The payload of the record that begins at a position, which is committed and not dropped.
  public ByteBuffer read(long position) {
    ByteBuffer record = record(position);
    return record.slice(RecordFormat.HEADER, record.limit() - RecordFormat.HEADER);
  }

  /// As [#read], with its header.
  ByteBuffer record(long position) {
    Optional<ByteBuffer> record = lookUp(position);
    if (record.isEmpty()) {
      // The map may be older than the segment, or the handle older than the record.
      forget();
      record = lookUp(position);
    }
    return record.orElseThrow(
        () -> new DamagedException("the record at position " + position + " is damaged"));
  }

  private Optional<ByteBuffer> lookUp(long position) {
    try {
      if (segments == null) {
        segments = new SegmentMap(storage, chain.get());
      }
      for (SegmentFile file : segments.files(position)) {
        Optional<ByteBuffer> record = open(segments, file).flatMap(in -> in.record(position));
        if (record.isPresent()) {
          return record;
        }
      }
      return Optional.empty();
    } catch (StorageException e) {
      // Dropped by another node while it was open here.
      if (e.kind() == StorageException.Kind.STALE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<Records> open(SegmentMap in, SegmentFile file) {
    Records known = open.get(file);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Records> opened = in.open(file);
    opened.ifPresent(records -> open.put(file, records));
    return opened;
  }

  /// Closes what is open and looks anew next time.
  public void forget() {
    open.values().forEach(Records::close);
    open.clear();
    segments = null;
  }

  @Override
  public void close() {
    forget();
  }
}
