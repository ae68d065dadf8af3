package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tenures whose records count, oldest first: each begins where its predecessor is sealed.
public final class Chain {
  /// A tenure with its manifest.
  public record Link(Tenure tenure, Manifest.Valid manifest) {
    public long start() {
      return manifest.start();
    }
  }

  private final Storage storage;
  private final Register register;
  private final List<Link> links = new ArrayList<>();

  /// Up to this epoch there is nothing new to be found.
  private long passed;

  /// Reads the chain that ends in the newest tenure with a manifest; empty in a new store.
  public Chain(Storage storage, Register register) {
    this(storage, register, Optional.empty());
  }

  /// @param known a tenure that has a manifest although its heart may never have beaten: it ended between
  ///     the two
  Chain(Storage storage, Register register, Optional<Link> known) {
    this.storage = storage;
    this.register = register;
    this.passed = known.map(link -> link.tenure.epoch()).orElse(0L);
    register.newest().flatMap(this::newestValid).or(() -> known).ifPresent(this::extendTo);
  }

  private Optional<Link> newestValid(Tenure newest) {
    for (long epoch = newest.epoch(); epoch > passed; epoch--) {
      Tenure tenure = register.read(epoch);
      Optional<Link> link = published(tenure) ? link(tenure) : Optional.empty();
      if (link.isPresent()) {
        return link;
      }
    }
    // A tenure that has no manifest although a later one is claimed either gets none any more, or
    // is
    // found as the predecessor of a later one.
    passed = Math.max(passed, newest.epoch() - 1);
    return Optional.empty();
  }

  /// Whether a manifest may be looked for: see [Heart].
  private boolean published(Tenure tenure) {
    return !storage.namesMayBeStale() || Heart.read(storage, tenure).orElse(Heart.NONE).beats() > 0;
  }

  private Optional<Link> link(Tenure tenure) {
    return Manifest.read(storage, tenure)
        .filter(Manifest.Valid.class::isInstance)
        .map(valid -> new Link(tenure, (Manifest.Valid) valid));
  }

  /// Adds a later tenure and all between.
  void extendTo(Link newest) {
    long end = links.isEmpty() ? 0 : links.getLast().tenure.epoch();
    ArrayDeque<Link> added = new ArrayDeque<>();
    Link at = newest;
    while (at.tenure.epoch() > end) {
      added.addFirst(at);
      if (at.manifest.predecessorEpoch() == end) {
        links.addAll(added);
        passed = Math.max(passed, newest.tenure.epoch());
        return;
      }
      Tenure before = register.read(at.manifest.predecessorEpoch());
      at =
          link(before)
              .orElseThrow(() -> new DamagedException("no manifest in " + before.directory()));
    }
    // The power failed before the manifest that was read had reached the disk.
    if (end != at.tenure.epoch()) {
      throw new DamagedException(
          "epoch " + end + " was passed over by " + newest.tenure.directory());
    }
  }

  public boolean isEmpty() {
    return links.isEmpty();
  }

  public Link newest() {
    return links.getLast();
  }

  public Link oldest() {
    return links.getFirst();
  }

  public List<Link> links() {
    return List.copyOf(links);
  }

  /// The tenure whose record stands at a position.
  public Link at(long position) {
    for (Link link : links.reversed()) {
      if (link.start() <= position) {
        return link;
      }
    }
    throw new DamagedException("no tenure holds position " + position);
  }

  /// The tenure after one of the chain: known already, or found in the register now.
  public Optional<Link> after(Link link) {
    int index = links.indexOf(link);
    if (index == links.size() - 1) {
      register.newest().flatMap(this::newestValid).ifPresent(this::extendTo);
    }
    return index < links.size() - 1 ? Optional.of(links.get(index + 1)) : Optional.empty();
  }
}
