package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.file.FileLog;
import io.batonmq.sim.ha.History;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Records that somebody needs, spread over a log of others that nobody does, and what they hold.
final class Kept {
  private final Map<Long, Record> records = new LinkedHashMap<>();

  private record Record(int size, long hash, long number) {}

  /// Appends and commits so many records, of which one in `oneIn` is kept.
  void append(Sole node, int count, int oneIn, int size) {
    for (int i = 0; i < count; i++) {
      if (i % oneIn == oneIn / 2) {
        long position = node.keep(size);
        node.commit();
        try (var reader = node.log().reader()) {
          records.put(
              position,
              new Record(size, History.hash(reader.read(position)), node.state().records()));
        }
      } else {
        node.append(size);
        node.commit();
      }
    }
  }

  /// Nobody needs some of them any more: all but one in so many.
  void giveUpAllBut(Sole node, int oneIn) {
    int i = 0;
    for (long position : List.copyOf(records.keySet())) {
      if (i++ % oneIn != 0) {
        node.giveUp(position);
        records.remove(position);
      }
    }
  }

  /// Another node needs them too.
  void handTo(Sole node) {
    handTo(node, Long.MAX_VALUE);
  }

  /// Another node needs those too that are among the first so many records of the log.
  void handTo(Sole node, long among) {
    records.forEach((position, record) -> {
      if (record.number <= among) {
        node.keep(position, record.size);
      }
    });
  }

  int count() {
    return records.size();
  }

  Iterable<Long> positions() {
    return records.keySet();
  }

  long hash(long position) {
    return Objects.requireNonNull(records.get(position)).hash;
  }

  /// Reads all that are among the first so many records of the log.
  void read(FileLog log, long among, Object what) {
    try (var reader = log.reader()) {
      records.forEach((position, record) -> {
        if (record.number <= among) {
          assertThat(History.hash(reader.read(position)))
              .as("%s, position %d", what, position)
              .isEqualTo(record.hash);
        }
      });
    }
  }

  void read(FileLog log) {
    read(log, Long.MAX_VALUE, "kept");
  }
}
