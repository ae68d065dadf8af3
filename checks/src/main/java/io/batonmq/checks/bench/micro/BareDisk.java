package io.batonmq.checks.bench.micro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/// The disk without a broker: a batch of records is written into a file filled with zeros, and synced. No log
/// that syncs can be faster.
public final class BareDisk implements AutoCloseable {
  private static final int RECORD = 1024;
  private static final int BLOCK = 4096;
  private static final long FILE = 256L << 20;

  private final Path path;
  private final FileChannel file;
  private final ByteBuffer batch;
  private long at;

  /// @param records written between two syncs
  /// @param direct past the page cache; batches are filled up to whole blocks
  BareDisk(Path directory, int records, boolean direct) throws IOException {
    path = directory.resolve("bare");
    zeros(path);
    int size = direct ? (records * RECORD + BLOCK - 1) / BLOCK * BLOCK : records * RECORD;
    batch = ByteBuffer.allocateDirect(size + 2 * BLOCK).alignedSlice(BLOCK).limit(size);
    file = open(path, direct);
  }

  /// What it does in some seconds.
  ///
  /// @param records written between two syncs
  /// @param direct past the page cache; batches are filled up to whole blocks
  public static Map<String, Double> measure(
      Path directory, int seconds, int records, boolean direct) throws IOException {
    try (BareDisk disk = new BareDisk(directory, records, direct)) {
      long syncs = 0;
      long began = System.nanoTime();
      long end = began + seconds * 1_000_000_000L;
      while (System.nanoTime() < end) {
        disk.writeBatch();
        syncs++;
      }
      double took = (System.nanoTime() - began) / 1e9;
      Map<String, Double> figures = new LinkedHashMap<>();
      figures.put("rate", syncs * records / took);
      figures.put("sync_us", took * 1e6 / syncs);
      return figures;
    }
  }

  /// Writes the next batch and syncs it.
  void writeBatch() throws IOException {
    if (at + batch.remaining() > FILE) {
      at = 0;
    }
    file.write(batch.duplicate(), at);
    file.force(false);
    at += batch.remaining();
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.delete(path);
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
