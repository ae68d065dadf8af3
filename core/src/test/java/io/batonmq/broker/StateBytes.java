package io.batonmq.broker;

import io.batonmq.log.SnapshotContent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A state as the bytes of its snapshot, to compare two of them.
public final class StateBytes {
  private StateBytes() {}

  public static byte[] of(BrokerState state) {
    return of(state.freeze());
  }

  public static byte[] of(SnapshotContent content) {
    byte[] all = {};
    for (ByteBuffer block : blocks(content)) {
      int from = all.length;
      all = Arrays.copyOf(all, from + block.remaining());
      block.get(all, from, block.remaining());
    }
    return all;
  }

  public static List<ByteBuffer> blocks(SnapshotContent content) {
    List<ByteBuffer> blocks = new ArrayList<>();
    content.writeTo(block -> blocks.add(copy(block)));
    return blocks;
  }

  /// The blocks of a snapshot that is written in parts.
  public static List<ByteBuffer> inParts(SnapshotContent content) {
    List<ByteBuffer> blocks = new ArrayList<>();
    content.writeBefore(block -> blocks.add(copy(block)));
    content.parts().forEach(part -> blocks.add(copy(part.bytes())));
    content.writeAfter(block -> blocks.add(copy(block)));
    return blocks;
  }

  private static ByteBuffer copy(ByteBuffer block) {
    byte[] copy = new byte[block.remaining()];
    block.get(copy);
    return ByteBuffer.wrap(copy);
  }

  /// How many ranges of accepted sequences a producer has.
  public static int ranges(BrokerState state, String producer) {
    ProducerWindow window = state.identities().windows().get(producer);
    return window == null ? 0 : window.ranges();
  }

  /// Live extents, all of them.
  public static long[] extents(BrokerState state) {
    return state.extents().below(state.end());
  }
}
