package io.batonmq.wire.openwire;

/// What one connection has of a [BodyRoom].
final class Share {
  private final BodyRoom room;
  private long mine;

  Share(BodyRoom room) {
    this.room = room;
  }

  /// Takes room for a body; false if there is none now.
  boolean take(long bytes) {
    boolean taken = room.take(bytes);
    mine += taken ? bytes : 0;
    return taken;
  }

  void giveBack(long bytes) {
    long back = Math.min(bytes, mine);
    mine -= back;
    room.giveBack(back);
  }

  /// The connection has ended, whatever it was about to take.
  void giveAllBack() {
    giveBack(mine);
  }
}
