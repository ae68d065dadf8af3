package io.batonmq.session;

import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.Refusal;
import org.jspecify.annotations.Nullable;

/// What has come of a message that comes in fragments.
final class Receiving {
  /// Names the fragments in the log; 0 before the first, and when they were given up.
  long tail;

  long bytes;
  int count;

  /// Where it goes, as far as its first fragment says.
  @Nullable LiveAddress address;

  /// Why it will not be taken over. What still comes of it is thrown away.
  @Nullable Refusal refusal;
}
