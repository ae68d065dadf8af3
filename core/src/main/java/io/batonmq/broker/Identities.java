package io.batonmq.broker;

import io.batonmq.message.Identity;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What was accepted, so that a message that is sent again because its answer was lost is answered
/// again and not added again.
public final class Identities {
  /// How many names an address remembers: the newest. Part of the format of the log, not a setting: two
  /// nodes that remembered different numbers would be two different brokers.
  public static final int NAMES_MAX = 20_000;

  private final Map<String, ProducerWindow> producers = new LinkedHashMap<>();
  private final Map<Integer, Set<String>> names = new LinkedHashMap<>();

  /// Whether a message was accepted before.
  public boolean contains(@Nullable Identity identity, int address) {
    return switch (identity) {
      case Identity.Sequenced(String producer, long sequence) -> {
        ProducerWindow window = producers.get(producer);
        yield window != null && window.contains(sequence);
      }
      case Identity.Named(String id) -> {
        Set<String> known = names.get(address);
        yield known != null && known.contains(id);
      }
      case null -> false;
    };
  }

  /// Takes a message up as accepted; false if it was before.
  ///
  /// @param floor see [#floorFor]
  boolean add(@Nullable Identity identity, int address, long floor) {
    return switch (identity) {
      case Identity.Sequenced(String producer, long sequence) -> {
        ProducerWindow window = producers.computeIfAbsent(producer, _ -> new ProducerWindow());
        boolean added = window.add(sequence);
        window.raise(floor);
        yield added;
      }
      case Identity.Named(String id) -> {
        Set<String> known = names.computeIfAbsent(address, _ -> new LinkedHashSet<>());
        boolean added = known.add(id);
        if (known.size() > NAMES_MAX) {
          known.remove(known.iterator().next());
        }
        yield added;
      }
      case null -> true;
    };
  }

  /// Takes up all of a producer's sequences that another window has, of which none need be new.
  ///
  /// @param floor the highest that was logged with any of them
  void addAll(String producer, ProducerWindow sequences, long floor) {
    ProducerWindow window = producers.computeIfAbsent(producer, _ -> new ProducerWindow());
    window.addAll(sequences);
    window.raise(floor);
  }

  /// The places in a transaction of messages that were accepted before. Looks at single messages only where there
  /// are such.
  BitSet known(SentIdentities sent) {
    BitSet places = new BitSet();
    sent.producers()
        .forEach((name, producer) -> {
          if (overlaps(name, producer.window)) {
            sent.places(name, identity -> contains(identity, 0), places::set);
          }
        });
    sent.names()
        .forEach((address, known) ->
            known.forEach((name, place) -> {
              if (contains(new Identity.Named(name), address)) {
                places.set(place);
              }
            }));
    return places;
  }

  /// Takes up all that was sent in a transaction, of which some may be known.
  ///
  /// @param addresses those that exist: of others nothing would ever forget the names
  void addAll(SentIdentities sent, IntPredicate addresses) {
    sent.producers().forEach((name, producer) -> addAll(name, producer.window, producer.floor()));
    sent.names()
        .forEach((address, known) -> {
          if (addresses.test(address)) {
            known
                .keySet()
                .forEach(name -> add(new Identity.Named(name), address, ProducerWindow.NO_FLOOR));
          }
        });
  }

  /// Whether any of a producer's sequences that another window has was accepted before.
  boolean overlaps(String producer, ProducerWindow sequences) {
    ProducerWindow window = producers.get(producer);
    return window != null && window.overlaps(sequences);
  }

  /// The floor to log with a message, so that its producer has at most `rangesMax` ranges.
  long floorFor(@Nullable Identity identity, int rangesMax) {
    if (identity instanceof Identity.Sequenced(String producer, long sequence)) {
      ProducerWindow window = producers.get(producer);
      return window == null ? ProducerWindow.NO_FLOOR : window.floorFor(sequence, rangesMax);
    }
    return ProducerWindow.NO_FLOOR;
  }

  /// Whether anything is remembered of a producer.
  public boolean knows(String producer) {
    return producers.containsKey(producer);
  }

  /// Of how many producers something is remembered.
  public int producerCount() {
    return producers.size();
  }

  /// The producers of whom something is remembered, in the order in which they were first heard of.
  public Iterable<String> producers() {
    return producers.keySet();
  }

  void forget(String producer) {
    producers.remove(producer);
  }

  /// How many names an address remembers.
  int nameCount(int address) {
    Set<String> known = names.get(address);
    return known == null ? 0 : known.size();
  }

  void forgetNames(int address) {
    names.remove(address);
  }

  Map<String, ProducerWindow> windows() {
    return producers;
  }

  Map<Integer, Set<String>> names() {
    return names;
  }
}
