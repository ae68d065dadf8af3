package io.batonmq.checks.bench.micro;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Group commits: how many a second, by the number of records in each.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class LogAppend {
  @Param({"1", "8", "64"})
  int records;

  private OneLog log;

  /// A new one each time: a second writes some hundred megabytes.
  @Setup(Level.Iteration)
  public void open() throws IOException {
    log = new OneLog(Micro.folder());
  }

  @TearDown(Level.Iteration)
  public void close() throws IOException {
    log.close();
  }

  @Benchmark
  public long appendAndCommit() {
    return log.append(records);
  }
}
