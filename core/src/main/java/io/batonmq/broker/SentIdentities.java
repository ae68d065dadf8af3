package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.queue.KeyList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The identities of what was sent in one transaction, and at which place of it each was sent. Sequences that
/// follow each other at places that do are one run; a name takes the memory of its text.
final class SentIdentities {
  /// Sequence of the first, place of the first, and how many: of each run.
  private static final int RUN = 3;

  private final Map<String, Producer> producers = new LinkedHashMap<>();

  /// Places by name, by address.
  private final Map<Integer, Map<String, Integer>> names = new LinkedHashMap<>();

  static final class Producer {
    final ProducerWindow window = new ProducerWindow();
    private final KeyList runs = new KeyList();
    private long floor = ProducerWindow.NO_FLOOR;

    /// The highest that was logged with any of them.
    long floor() {
      return floor;
    }

    int runs() {
      return runs.size() / RUN;
    }

    /// Some of the runs, `[from, to)`.
    void write(int from, int to, FieldWriter writer) {
      writer.signed(floor);
      writer.number(to - from);
      for (int run = from; run < to; run++) {
        writer.signed(runs.get(RUN * run));
        writer.number(runs.get(RUN * run + 1));
        writer.number(runs.get(RUN * run + 2));
      }
    }

    private boolean add(long sequence, int place) {
      if (!window.add(sequence)) {
        return false;
      }
      int last = runs.size() - RUN;
      if (last >= 0
          && runs.get(last) + runs.get(last + 2) == sequence
          && runs.get(last + 1) + runs.get(last + 2) == place) {
        runs.set(last + 2, runs.get(last + 2) + 1);
      } else {
        runs.add(sequence);
        runs.add(place);
        runs.add(1);
      }
      return true;
    }
  }

  /// False if it was sent in this transaction before.
  boolean add(Identity identity, int address, long floor, int place) {
    return switch (identity) {
      case Identity.Sequenced(String name, long sequence) -> {
        Producer producer = producers.computeIfAbsent(name, _ -> new Producer());
        producer.floor = Math.max(producer.floor, floor);
        yield producer.add(sequence, place);
      }
      case Identity.Named(String id) ->
          names.computeIfAbsent(address, _ -> new LinkedHashMap<>()).putIfAbsent(id, place) == null;
    };
  }

  /// Whether a message was sent in this transaction before.
  boolean contains(@Nullable Identity identity, int address) {
    return switch (identity) {
      case Identity.Sequenced(String name, long sequence) -> {
        Producer producer = producers.get(name);
        yield producer != null && producer.window.contains(sequence);
      }
      case Identity.Named(String id) -> names.getOrDefault(address, Map.of()).containsKey(id);
      case null -> false;
    };
  }

  Map<String, Producer> producers() {
    return producers;
  }

  Map<Integer, Map<String, Integer>> names() {
    return names;
  }

  /// Visits the places of one producer's messages whose identity passes a test, one by one.
  void places(String name, Predicate<Identity> test, IntConsumer visitor) {
    KeyList runs = producers.getOrDefault(name, new Producer()).runs;
    for (int run = 0; run < runs.size(); run += RUN) {
      for (int i = 0; i < runs.get(run + 2); i++) {
        if (test.test(new Identity.Sequenced(name, runs.get(run) + i))) {
          visitor.accept((int) runs.get(run + 1) + i);
        }
      }
    }
  }

  void read(String name, FieldReader reader) {
    Producer producer = producers.computeIfAbsent(name, _ -> new Producer());
    producer.floor = Math.max(producer.floor, reader.signed());
    int count = reader.count(RUN);
    for (int run = 0; run < count; run++) {
      long sequence = reader.signed();
      int place = reader.smallNumber();
      int length = reader.smallNumber();
      producer.runs.add(sequence);
      producer.runs.add(place);
      producer.runs.add(length);
      producer.window.addAll(sequence, length);
    }
  }
}
