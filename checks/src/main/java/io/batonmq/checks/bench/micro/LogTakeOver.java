package io.batonmq.checks.bench.micro;

import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Follower;
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

/// Claim, read the tail, copy it, publish: what a standby that has followed does to take a log over, from a
/// node that stands still. The tail is its last batch, of so many records.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LogTakeOver {
  private static final int BATCHES = 64;

  @Param({"1", "64", "1024"})
  int tail;

  private OneLog log;
  private FileLog standby;
  private Follower follower;

  @Setup(Level.Iteration)
  public void follow() throws IOException {
    log = new OneLog(Micro.folder());
    for (int i = 0; i < BATCHES; i++) {
      log.append(BATCHES);
    }
    standby = log.fileLog();
    standby.keepReady();
    follower = OneLog.follower(standby);
    log.append(tail);
  }

  @TearDown(Level.Iteration)
  public void close() throws IOException {
    follower.close();
    log.close();
  }

  @Benchmark
  public long takeOver() {
    return OneLog.takeOver(standby, follower);
  }
}
