package io.batonmq.server.net;

import io.batonmq.mirror.Link;
import io.batonmq.mirror.Receiver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A standby's connection, as the active node has it: first the proof of who is there, then frames, each after its length
/// in four bytes.
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel is told to the handler
final class PairChannel extends ChannelInboundHandlerAdapter implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(PairChannel.class);
  private static final int PROOF_SECONDS_MAX = 10;
  private static final int KEPT_MAX = 64 << 10;

  private final PairDoor door;
  private final Channel channel;
  private final byte[] active;
  private byte[] standby = {};
  private final ByteBuf gathered = Unpooled.buffer();
  private boolean greeted;
  private volatile boolean over;
  private @Nullable Receiver receiver;

  PairChannel(PairDoor door, Channel channel) {
    this.door = door;
    this.channel = channel;
    this.active = door.proof().nonce();
  }

  /// The connection is on its event loop.
  ///
  /// @param first bytes that were read so far
  void begin(ByteBuf first) {
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (receiver == null) {
                close();
              }
            },
            PROOF_SECONDS_MAX,
            TimeUnit.SECONDS);
    take(first);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    take((ByteBuf) message);
  }

  private void take(ByteBuf bytes) {
    if (over) {
      bytes.release();
      return;
    }
    gathered.writeBytes(bytes);
    bytes.release();
    boolean more = true;
    while (more && !over) {
      more = receiver == null ? prove() : frame(receiver);
    }
    if (!over && gathered.readerIndex() > KEPT_MAX) {
      gathered.discardReadBytes();
    }
  }

  private boolean prove() {
    if (!greeted) {
      if (gathered.readableBytes() < PairProof.MAGIC.length + PairProof.NONCE) {
        return false;
      }
      gathered.skipBytes(PairProof.MAGIC.length);
      standby = new byte[PairProof.NONCE];
      gathered.readBytes(standby);
      greeted = true;
      channel.writeAndFlush(Unpooled.wrappedBuffer(active), channel.voidPromise());
      return true;
    }
    if (gathered.readableBytes() < PairProof.PROOF) {
      return false;
    }
    byte[] proof = new byte[PairProof.PROOF];
    gathered.readBytes(proof);
    if (!PairProof.same(proof, door.proof().ofStandby(standby, active))) {
      LOG.warn(
          "a standby is refused peer={} reason=\"it has another cluster-user or cluster-password\"",
          channel.remoteAddress());
      channel.write(Unpooled.wrappedBuffer(new byte[1]), channel.voidPromise());
      channel.flush();
      close();
      return false;
    }
    channel.writeAndFlush(
        Unpooled.wrappedBuffer(new byte[] {1}, door.proof().ofActive(standby, active)),
        channel.voidPromise());
    receiver = door.accept(this);
    door.settled();
    return true;
  }

  private boolean frame(Receiver to) {
    if (gathered.readableBytes() < 4) {
      return false;
    }
    int length = gathered.getInt(gathered.readerIndex());
    if (length < 1 || length > FRAME_MAX) {
      LOG.warn(
          "a standby is cut off peer={} reason=\"a frame of {} bytes\"",
          channel.remoteAddress(),
          length);
      close();
      return false;
    }
    if (gathered.readableBytes() < 4 + length) {
      return false;
    }
    gathered.skipBytes(4);
    byte[] bytes = new byte[length];
    gathered.readBytes(bytes);
    to.frame(ByteBuffer.wrap(bytes));
    return true;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end("the connection ended");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    end(String.valueOf(cause.getMessage()));
    channel.close();
  }

  private void end(String why) {
    if (over) {
      return;
    }
    over = true;
    gathered.release();
    Receiver to = receiver;
    if (to == null) {
      door.settled();
    } else {
      to.lost(why);
    }
  }

  // Link

  @Override
  public void send(ByteBuffer frame) {
    ByteBuf head = Unpooled.buffer(4).writeInt(frame.remaining());
    channel.writeAndFlush(
        Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(frame)), channel.voidPromise());
  }

  @Override
  public long pending() {
    ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
    return unsent == null ? 0 : unsent.totalPendingWriteBytes();
  }

  @Override
  public void close() {
    channel.close();
  }
}
