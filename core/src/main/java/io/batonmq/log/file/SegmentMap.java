package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Where the segments of a chain are, by base position. Names are listed, so a segment made a moment ago
/// by another node may be missing. Those that are known without a list are always there: the first of
/// each tenure, and the newest that the heart announces.
final class SegmentMap {
  /// A segment's place.
  record Place(Tenure tenure, long base) {}

  private final Storage storage;
  private final TreeMap<Long, Place> places = new TreeMap<>();

  /// Bases of segments that were seen to be there.
  private final Set<Long> seen = new HashSet<>();

  /// Bases that no list had.
  private final Set<Long> guessed = new HashSet<>();

  SegmentMap(Storage storage, Chain chain) {
    this.storage = storage;
    for (Chain.Link link : chain.links()) {
      // A tenure's segments take over from its predecessor's at the seal, not at the segment's
      // edge:
      // what the predecessor wrote beyond it does not count.
      places.tailMap(link.start(), true).clear();
      guess(link.tenure(), link.start());
      for (String name : storage.list(link.tenure().directory())) {
        Segment.base(name)
            .filter(base -> base >= link.start())
            .ifPresent(base -> add(link.tenure(), base));
      }
    }
    if (!chain.isEmpty() && storage.namesMayBeStale()) {
      Tenure newest = chain.newest().tenure();
      Heart.read(storage, newest)
          .filter(heart -> heart.beats() > 0)
          .filter(heart -> !places.containsKey(heart.newestSegment()))
          .ifPresent(heart -> guess(newest, heart.newestSegment()));
    }
  }

  private void add(Tenure tenure, long base) {
    places.put(base, new Place(tenure, base));
    guessed.remove(base);
  }

  private void guess(Tenure tenure, long base) {
    places.put(base, new Place(tenure, base));
    guessed.add(base);
  }

  /// The segment that should hold a position; empty if nothing is known that far down.
  Optional<Place> holding(long position) {
    Map.Entry<Long, Place> entry = places.floorEntry(position);
    while (entry != null && !isThere(entry.getValue())) {
      // Dropped meanwhile, or a name without a segment, which a claimant took where the records of
      // a
      // tenure end. The segment before it is the one that ends there.
      places.remove(entry.getKey());
      entry = places.floorEntry(position);
    }
    return Optional.ofNullable(entry).map(Map.Entry::getValue);
  }

  /// Asked once for each: bodies are read by the thousand.
  private boolean isThere(Place place) {
    if (!seen.contains(place.base()) && head(place).isPresent()) {
      seen.add(place.base());
    }
    return seen.contains(place.base());
  }

  /// The segment that holds a position.
  Place require(long position) {
    return holding(position)
        .orElseThrow(() -> new DamagedException("no segment holds position " + position));
  }

  /// The head of the newest segment.
  Optional<Segment> newest() {
    return holding(Long.MAX_VALUE).flatMap(this::head);
  }

  private Optional<Segment> head(Place place) {
    return Segment.head(storage, place.tenure(), place.base());
  }

  /// All segments, also those that only their place in the chain tells of.
  NavigableMap<Long, Place> all() {
    guessed.removeIf(base -> places.containsKey(base) && head(places.get(base)).isPresent());
    places.keySet().removeAll(guessed);
    guessed.clear();
    return new TreeMap<>(places);
  }
}
