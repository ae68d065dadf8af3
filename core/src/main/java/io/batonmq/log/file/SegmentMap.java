package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Where the segments of a chain are, by base position. Names are listed, so a segment made a moment ago
/// by another node may be missing.
final class SegmentMap {
  /// A segment's place.
  record Place(Tenure tenure, long base) {}

  private final TreeMap<Long, Place> places = new TreeMap<>();

  SegmentMap(Storage storage, Chain chain) {
    for (Chain.Link link : chain.links()) {
      // A tenure's segments take over from its predecessor's at the seal, not at the segment's
      // edge:
      // what the predecessor wrote beyond it does not count.
      places.tailMap(link.start(), true).clear();
      for (String name : storage.list(link.tenure().directory())) {
        Segment.base(name)
            .filter(base -> base >= link.start())
            .filter(base -> isSegment(storage, link.tenure(), name))
            .ifPresent(base -> places.put(base, new Place(link.tenure(), base)));
      }
    }
  }

  private static boolean isSegment(Storage storage, Tenure tenure, String name) {
    Optional<StoredFile> file = storage.open(tenure.path(name), Storage.Access.READ);
    if (file.isEmpty()) {
      return false;
    }
    try (StoredFile opened = file.get()) {
      return Segment.read(opened).isPresent();
    }
  }

  void add(Tenure tenure, long base) {
    places.put(base, new Place(tenure, base));
  }

  void remove(long base) {
    places.remove(base);
  }

  /// The segment that holds a position.
  Place holding(long position) {
    var entry = places.floorEntry(position);
    if (entry == null) {
      throw new DamagedException("no segment holds position " + position);
    }
    return entry.getValue();
  }

  /// The newest segment.
  Optional<Place> newest() {
    return places.isEmpty() ? Optional.empty() : Optional.of(places.lastEntry().getValue());
  }

  NavigableMap<Long, Place> all() {
    return new TreeMap<>(places);
  }
}
