package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads single records by position, for bodies that are not in memory. Used by one lane.
public final class RecordReader implements AutoCloseable {
  private static final int FILES_MAX = 32;

  private final Storage storage;
  private final Register register;
  private @Nullable SegmentMap segments;

  private record Open(SegmentMap.Place place, Segment head, StoredFile file) {}

  private final Map<Long, Open> open =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Open> eldest) {
          boolean remove = size() > FILES_MAX;
          if (remove) {
            eldest.getValue().file().close();
          }
          return remove;
        }
      };

  RecordReader(Storage storage, Register register) {
    this.storage = storage;
    this.register = register;
  }

  /// The payload of the record that begins at a position, which is committed and not dropped.
  public ByteBuffer read(long position) {
    Optional<ByteBuffer> payload = tryRead(position);
    if (payload.isEmpty()) {
      // The map may be older than the segment, or the handle older than the record.
      forget();
      payload = tryRead(position);
    }
    return payload.orElseThrow(() ->
        new DamagedException(
            "the record at position " + position + " is damaged; run 'baton data verify'"));
  }

  private Optional<ByteBuffer> tryRead(long position) {
    if (segments == null) {
      segments = new SegmentMap(storage, new Chain(storage, register));
    }
    SegmentMap.Place place = segments.holding(position);
    Open in = open.get(place.base());
    if (in == null) {
      Optional<Open> opened = open(place);
      if (opened.isEmpty()) {
        return Optional.empty();
      }
      in = opened.get();
      open.put(place.base(), in);
    }
    return record(in, position);
  }

  private Optional<Open> open(SegmentMap.Place place) {
    Optional<StoredFile> file =
        storage.open(place.tenure().path(Segment.name(place.base())), Storage.Access.READ);
    return file.flatMap(opened -> Segment.read(opened).map(head -> new Open(place, head, opened)));
  }

  private static Optional<ByteBuffer> record(Open in, long position) {
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
