package io.batonmq.broker;

/// How much memory the owners of groups take, over all queues of the active node. Where it is full, a queue
/// forgets the owner of a group of which nothing is out before it remembers another; what is out is bounded
/// by what consumers may leave unsettled.
final class GroupRoom {
  static final long BYTES_MAX = 16L << 20;

  /// What a group costs beside its name.
  private static final int EACH = 300;

  private final long max;
  private long taken;

  GroupRoom(long max) {
    this.max = max;
  }

  void take(String group) {
    taken += cost(group);
  }

  void giveBack(String group) {
    taken -= cost(group);
  }

  boolean full() {
    return taken > max;
  }

  private static long cost(String group) {
    return EACH + 2L * group.length();
  }
}
