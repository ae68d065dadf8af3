package io.batonmq.server.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeatTest {
  @TempDir Path base;

  @Test
  void eachHasItsOwnAndASeatThatIsFreeIsTakenAgain() throws IOException {
    var first = Seat.take(base);
    try (var second = Seat.take(base)) {
      assertThat(first.instance().dir()).isEqualTo(base.toAbsolutePath().resolve("nodes/1"));
      assertThat(second.instance().dir()).isEqualTo(base.toAbsolutePath().resolve("nodes/2"));
      first.close();
      try (var again = Seat.take(base)) {
        assertThat(again.instance()).isEqualTo(first.instance());
        assertThat(again.instance().etc()).isDirectory();
      }
    }
  }
}
