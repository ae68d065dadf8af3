package io.batonmq.checks.bench.micro;

import io.batonmq.log.file.RecordReader;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Reading back a log of 64 MiB of records: single ones anywhere in it, and all of it.
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.SECONDS)
public class LogRead {
  private static final int RECORDS = (64 << 20) / OneLog.RECORD;
  private static final int BATCH = 64;

  private final SplittableRandom dice = new SplittableRandom(1);
  private final long[] positions = new long[RECORDS / BATCH];
  private OneLog log;
  private RecordReader reader;

  @Setup(Level.Trial)
  public void fill() throws IOException {
    log = new OneLog(Micro.folder());
    for (int i = 0; i < positions.length; i++) {
      positions[i] = log.append(BATCH);
    }
    reader = log.fileLog().reader();
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    reader.close();
    log.close();
  }

  /// A body that is not cached.
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  public int readOne() {
    return reader.read(positions[dice.nextInt(positions.length)]).remaining();
  }

  /// What a node reads that starts without a snapshot.
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public long scan64MiB() {
    return log.scan();
  }
}
