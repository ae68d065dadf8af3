package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Where the segments of a chain are, by base position. Names are listed, so a segment made a moment ago
/// by another node may be missing. Those that are known without a list are always there: the first of
/// each tenure, and the newest that the heart announces.
///
/// A segment may have been rewritten, see [Rewritten]. As long as it is there itself, it counts; then the
/// newest rewriting, which lies in the directory of the tenure that made it. One that is not named by a
/// committed record has another name and is not looked at.
final class SegmentMap {
  /// A segment's place.
  record Place(Tenure tenure, long base) {}

  private final Storage storage;
  private final TreeMap<Long, Place> places = new TreeMap<>();

  /// Rewritten segments by their base, the newest first.
  private final TreeMap<Long, ArrayDeque<SegmentFile>> rewritten = new TreeMap<>();

  private final Map<Long, Tenure> tenures = new HashMap<>();

  /// Bases of segments that were seen to be there.
  private final Set<Long> seen = new HashSet<>();

  /// Bases that no list had.
  private final Set<Long> guessed = new HashSet<>();

  SegmentMap(Storage storage, Chain chain) {
    this.storage = storage;
    for (Chain.Link link : chain.links()) {
      List<SegmentFile> found = new ArrayList<>();
      // A tenure's segments take over from its predecessor's at the seal, not at the segment's
      // edge:
      // what the predecessor wrote beyond it does not count.
      places.tailMap(link.start(), true).clear();
      rewritten.tailMap(link.start(), true).clear();
      tenures.put(link.tenure().epoch(), link.tenure());
      guess(link.tenure(), link.start());
      for (String name : storage.list(link.tenure().directory())) {
        Segment.base(name)
            .filter(base -> base >= link.start())
            .ifPresent(base -> add(link.tenure(), base));
        SegmentFile.rewritten(link.tenure(), name).ifPresent(found::add);
      }
      // A name ends in a number, so that a list has the tenth before the second.
      found.sort(Comparator.comparingInt(SegmentFile::generation));
      found.forEach(
          file -> rewritten.computeIfAbsent(file.base(), _ -> new ArrayDeque<>()).addFirst(file));
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

  /// The files in which a body at a position is looked for, in this order.
  List<SegmentFile> files(long position) {
    Optional<Place> whole = holding(position);
    Map.Entry<Long, ArrayDeque<SegmentFile>> others = rewritten.floorEntry(position);
    long base = whole.map(Place::base).orElse(-1L);
    List<SegmentFile> files = new ArrayList<>();
    if (others == null || base >= others.getKey()) {
      whole.ifPresent(place -> files.add(file(place)));
    }
    if (others != null && others.getKey() >= base) {
      files.addAll(others.getValue());
    }
    return files;
  }

  private static SegmentFile file(Place place) {
    return new SegmentFile(place.tenure().epoch(), place.base(), 0);
  }

  /// Opens one of these files; empty if it is not there any more, or not yet.
  ///
  /// @throws DamagedException if it is a rewritten segment, and not what was written
  Optional<Records> open(SegmentFile file) {
    Tenure tenure = tenures.get(file.epoch());
    if (tenure == null) {
      return Optional.empty();
    }
    return file.generation() == 0
        ? Segment.open(storage, tenure, file.base()).map(Records.class::cast)
        : Rewritten.open(storage, tenure, file).map(Records.class::cast);
  }

  /// All files by the base of their segment, in the order in which they count; also those that only their
  /// place in the chain tells of.
  NavigableMap<Long, List<SegmentFile>> all() {
    guessed.removeIf(base -> places.containsKey(base) && head(places.get(base)).isPresent());
    places.keySet().removeAll(guessed);
    guessed.clear();
    NavigableMap<Long, List<SegmentFile>> all = new TreeMap<>();
    places.forEach((base, place) -> all.put(base, new ArrayList<>(List.of(file(place)))));
    rewritten.forEach(
        (base, files) -> all.computeIfAbsent(base, _ -> new ArrayList<>()).addAll(files));
    return all;
  }
}
