package io.batonmq.node;

import io.batonmq.broker.Effects;
import io.batonmq.log.SnapshotContent;

/// What the broker asks of the world, done by the keeper, and what it says, said by the node.
record KeeperEffects(Keeper keeper, Lanes lanes) implements Effects {
  @Override
  public void load(long position) {
    keeper.load(position);
    lanes.wakeKeeper();
  }

  @Override
  public void snapshot(SnapshotContent content) {
    keeper.snapshot(content);
    lanes.wakeKeeper();
  }

  @Override
  public void reclaim(long position, long[] liveExtents, int extentShift) {
    keeper.reclaim(position, liveExtents, extentShift);
    lanes.wakeKeeper();
  }

  @Override
  public void warn(String line) {
    lanes.warn(line);
  }
}
