package io.batonmq.checks.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/// The disk without a broker: a loop that writes a batch of records into a file filled with zeros and syncs
/// it. No log that syncs can be faster.
final class BareDisk {
  private static final int RECORD = 1024;
  private static final int BLOCK = 4096;
  private static final long FILE = 256L << 20;

  private BareDisk() {}

  /// @param records written between two syncs
  /// @param direct past the page cache; batches are filled up to whole blocks
  static Map<String, Double> measure(Path directory, int seconds, int records, boolean direct)
      throws IOException {
    Path path = directory.resolve("bare");
    zeros(path);
    int size = direct ? (records * RECORD + BLOCK - 1) / BLOCK * BLOCK : records * RECORD;
    ByteBuffer batch = ByteBuffer.allocateDirect(size + 2 * BLOCK).alignedSlice(BLOCK).limit(size);
    try (FileChannel file = open(path, direct)) {
      long at = 0;
      long syncs = 0;
      long began = System.nanoTime();
      long end = began + seconds * 1_000_000_000L;
      while (System.nanoTime() < end) {
        if (at + size > FILE) {
          at = 0;
        }
        file.write(batch.duplicate(), at);
        file.force(false);
        at += size;
        syncs++;
      }
      double took = (System.nanoTime() - began) / 1e9;
      Map<String, Double> figures = new LinkedHashMap<>();
      figures.put("rate", syncs * records / took);
      figures.put("sync_us", took * 1e6 / syncs);
      return figures;
    } finally {
      Files.delete(path);
    }
  }

  private static FileChannel open(Path path, boolean direct) throws IOException {
    return direct
        ? FileChannel.open(path, StandardOpenOption.WRITE, direct())
        : FileChannel.open(path, StandardOpenOption.WRITE);
  }

  /// The JDK's option for O_DIRECT, by name: javac warns of it in a way that cannot be silenced.
  private static OpenOption direct() {
    try {
      return (OpenOption)
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getField("DIRECT").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK does not know O_DIRECT", e);
    }
  }

  private static void zeros(Path path) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
      for (long at = 0; at < FILE; at += zeros.capacity()) {
        file.write(zeros.duplicate(), at);
      }
      file.force(true);
    }
  }
}
