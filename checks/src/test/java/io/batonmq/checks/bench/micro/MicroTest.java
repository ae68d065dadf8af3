package io.batonmq.checks.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The pieces that are timed do what their figures are said to be of; they check themselves too, because a
/// benchmark of something that fails is fast.
class MicroTest {
  @TempDir private Path folder;

  @Test
  void aMessageIsSentConfirmedDeliveredAndAccepted() {
    var core = new CoreMessage();
    core.begin();

    assertThat(core.oneByOne()).isEqualTo(1);
    assertThat(core.oneByOne()).isEqualTo(2);
    assertThat(core.inGroupsOf64()).isEqualTo(66);
  }

  @Test
  void aLogIsAppendedToReadTakenOverAndRemoved() throws IOException {
    try (var log = new OneLog(folder)) {
      for (int i = 0; i < 100; i++) {
        log.append(8);
      }
      long position = log.append(1);
      assertThat(log.scan()).isGreaterThan(800L * OneLog.RECORD);
      try (var reader = log.fileLog().reader()) {
        assertThat(reader.read(position).remaining()).isEqualTo(OneLog.RECORD);
      }
      var standby = log.fileLog();
      try (var follower = OneLog.follower(standby)) {
        long followed = follower.position();
        log.append(3);
        // What was appended last is known to be committed by no mark yet, so it is the tail.
        assertThat(OneLog.takeOver(standby, follower)).isGreaterThanOrEqualTo(followed);
      }
    }
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void theLogIsHeldAgainstTheBareDisk() throws IOException {
    var figures = new Sustained(folder, 8, 1).measure();

    assertThat(figures).containsOnlyKeys("rate", "disk_rate", "share");
    assertThat(figures.get("share")).isEqualTo(figures.get("rate") / figures.get("disk_rate"));
  }
}
