package io.batonmq.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class ErrnoTest {
  /// Nobody knows the numbers by heart.
  @Test
  void everyNumberThatHasANameHasWords() throws IllegalAccessException {
    for (var field : Errno.class.getDeclaredFields()) {
      if (field.getType() == int.class
          && Modifier.isStatic(field.getModifiers())
          && !field.getName().equals("EINTR")) {
        int errno = field.getInt(null);
        assertThat(Errno.failure("open", "there", -errno))
            .as(field.getName())
            .hasMessageMatching("open there: [a-z -]+, errno " + errno);
      }
    }
    assertThat(Errno.failure("open", "there", -Errno.ENOENT))
        .hasMessage("open there: it is not there, errno 2");
  }
}
