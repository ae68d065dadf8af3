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

  private final Map<Long, Segment.Opened> open =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Segment.Opened> eldest) {
          boolean remove = size() > FILES_MAX;
          if (remove) {
            eldest.getValue().file().close();
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
    Optional<ByteBuffer> payload = lookUp(position);
    if (payload.isEmpty()) {
      // The map may be older than the segment, or the handle older than the record.
      forget();
      payload = lookUp(position);
    }
    return payload.orElseThrow(
        () -> new DamagedException("the record at position " + position + " is damaged"));
  }

  private Optional<ByteBuffer> lookUp(long position) {
    try {
      if (segments == null) {
        segments = new SegmentMap(storage, chain.get());
      }
      return segments.holding(position).flatMap(this::open).flatMap(in -> record(in, position));
    } catch (StorageException e) {
      // Dropped by another node while it was open here.
      if (e.kind() == StorageException.Kind.STALE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<Segment.Opened> open(SegmentMap.Place place) {
    Segment.Opened known = open.get(place.base());
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Segment.Opened> opened = Segment.open(storage, place.tenure(), place.base());
    opened.ifPresent(segment -> open.put(place.base(), segment));
    return opened;
  }

  private static Optional<ByteBuffer> record(Segment.Opened in, long position) {
    long offset = position - in.head().base() + Segment.HEADER;
    ByteBuffer head = RecordFormat.buffer(RecordFormat.HEADER);
    if (in.file().read(offset, head) < RecordFormat.HEADER
        || RecordFormat.look(head, 0, position) != RecordFormat.Found.HEADER) {
      return Optional.empty();
    }
    int payload = RecordFormat.payload(head, 0);
    if (position + RecordFormat.HEADER + payload > in.head().limit()) {
      return Optional.empty();
    }
    ByteBuffer whole = ByteBuffer.allocate(RecordFormat.HEADER + payload);
    if (in.file().read(offset, whole) < whole.capacity() || !RecordFormat.payloadSound(whole, 0)) {
      return Optional.empty();
    }
    return Optional.of(whole.slice(RecordFormat.HEADER, payload));
  }

  /// Closes what is open and looks anew next time.
  public void forget() {
    open.values().forEach(in -> in.file().close());
    open.clear();
    segments = null;
  }

  @Override
  public void close() {
    forget();
  }
}
