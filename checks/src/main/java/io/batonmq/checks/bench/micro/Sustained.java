package io.batonmq.checks.bench.micro;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The log beside the bare disk: both write batches of the same records and sync each, in turn, a slice of
/// time each, so that what the disk does to one it does to the other.
final class Sustained {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final Path folder;
  private final int records;
  private final int slices;

  /// @param records of a batch
  /// @param slices of each of the two
  Sustained(Path folder, int records, int slices) {
    this.folder = folder;
    this.records = records;
    this.slices = slices;
  }

  private interface Batch {
    void write() throws IOException;
  }

  /// Records a second of both, the medians of their slices, and the log's share of what the disk can do: the
  /// median of the ratios of neighbouring slices.
  Map<String, Double> measure() throws IOException {
    double[] disk = new double[slices];
    double[] log = new double[slices];
    double[] share = new double[slices];
    try (BareDisk bare = new BareDisk(folder, records, false);
        OneLog own = new OneLog(folder)) {
      // Not counted: code is compiled, and both files are where they will be.
      rate(bare::writeBatch);
      logRate(own);
      for (int i = 0; i < slices; i++) {
        disk[i] = rate(bare::writeBatch);
        log[i] = logRate(own);
        share[i] = log[i] / disk[i];
      }
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("rate", median(log));
    figures.put("disk_rate", median(disk));
    figures.put("share", median(share));
    return figures;
  }

  /// The log makes its next segments in its own slices, as many as it uses up; not in those of the bare disk.
  private double logRate(OneLog log) throws IOException {
    log.keepHouse(true);
    try {
      return rate(() -> log.append(records));
    } finally {
      log.keepHouse(false);
    }
  }

  private double rate(Batch batch) throws IOException {
    long batches = 0;
    long began = System.nanoTime();
    long took;
    do {
      batch.write();
      batches++;
      took = System.nanoTime() - began;
    } while (took < SLICE_NANOS);
    return batches * records * 1e9 / took;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
