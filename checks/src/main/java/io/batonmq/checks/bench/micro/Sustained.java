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
    try (BareDisk bare = new BareDisk(folder, records, false)) {
      // Not counted: code is compiled, and both files are where they will be.
      rate(bare::writeBatch);
      logRate();
      for (int i = 0; i < slices; i++) {
        disk[i] = rate(bare::writeBatch);
        log[i] = logRate();
        share[i] = log[i] / disk[i];
      }
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("rate", median(log));
    figures.put("disk_rate", median(disk));
    figures.put("share", median(share));
    return figures;
  }

  /// A log of its own for each slice, made and removed outside of the time that counts: it would fill the
  /// disk.
  private double logRate() throws IOException {
    try (OneLog log = new OneLog(folder)) {
      return rate(() -> log.append(records));
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
