package io.batonmq.mirror;

import java.nio.ByteBuffer;

/// Who hears what comes by a [Link]; called by the link's own lane, in order.
public interface Receiver {
  /// A frame came, whole.
  void frame(ByteBuffer frame);

  /// The link is lost; nothing comes any more.
  void lost(String why);
}
