package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
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

  /// Reads the chain that ends in the newest tenure with a manifest; empty in a new store.
  public Chain(Storage storage, Register register) {
    this.storage = storage;
    this.register = register;
    register.newest().flatMap(this::newestValid).ifPresent(this::addWithPredecessors);
  }

  private Optional<Link> newestValid(Tenure newest) {
    for (long epoch = newest.epoch(); epoch > 0; epoch--) {
      Optional<Link> link = link(register.read(epoch));
      if (link.isPresent()) {
        return link;
      }
    }
    return Optional.empty();
  }

  private Optional<Link> link(Tenure tenure) {
    return Manifest.read(storage, tenure)
        .filter(Manifest.Valid.class::isInstance)
        .map(valid -> new Link(tenure, (Manifest.Valid) valid));
  }

  private void addWithPredecessors(Link newest) {
    Link at = newest;
    links.addFirst(at);
    while (at.manifest.predecessorEpoch() > 0) {
      Tenure before = register.read(at.manifest.predecessorEpoch());
      at =
          link(before)
              .orElseThrow(() -> new DamagedException("no manifest in " + before.directory()));
      links.addFirst(at);
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

  /// The tenure after one of the chain: known already, or found in the register now. Tenures without a
  /// manifest are waited for by asking again; void ones are passed over.
  public Optional<Link> after(Link link) {
    int index = links.indexOf(link);
    if (index < links.size() - 1) {
      return Optional.of(links.get(index + 1));
    }
    Optional<Tenure> newest = register.newest();
    if (newest.isEmpty()) {
      return Optional.empty();
    }
    for (long epoch = link.tenure.epoch() + 1; epoch <= newest.get().epoch(); epoch++) {
      Optional<Link> next = link(register.read(epoch));
      if (next.isPresent() && next.get().manifest.predecessorEpoch() == link.tenure.epoch()) {
        links.add(next.get());
        return next;
      }
    }
    return Optional.empty();
  }
}
