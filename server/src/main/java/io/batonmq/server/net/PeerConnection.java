package io.batonmq.server.net;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Line;
import io.batonmq.session.Outlet;
import io.batonmq.session.Output;
import io.batonmq.session.WireEngine;
import io.batonmq.session.WireProtocol;
import io.batonmq.session.Wiring;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection: a socket on its event loop, and the engine of the protocol that it turned out to
/// speak. Everything but [#emit] runs on the event loop.
///
/// *In*: reading stops while the broker's inbox is full, and while too many answers wait for the peer to
/// take them. *Out*: the
/// broker's thread puts outputs into a queue and wakes the loop once for all that gathers until the loop
/// looks; each call into the engine ends with at most one flush.
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel is told to the handler
final class PeerConnection extends ChannelInboundHandlerAdapter implements Line, Outlet {
  private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);

  /// Outputs handled before other connections of the loop have their turn.
  private static final int BURST = 512;

  /// The first byte of a TLS handshake.
  private static final byte TLS_HANDSHAKE = 22;

  private final long number;
  private final Channel channel;
  private final Listener listener;
  private final Front front;
  private final Clock clock;
  private final String remote;
  private final Round round;
  private final Queue<Output> outputs = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private @Nullable WireEngine engine;
  private @Nullable ByteBuf first;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos = WireEngine.NEVER;
  private boolean dirty;
  private boolean closing;
  private boolean calling;

  /// The broker's inbox is full.
  private boolean throttled;

  /// The peer does not take what it asked for.
  private boolean clogged;

  /// The engine cannot go on before the broker has answered.
  private boolean paused;

  PeerConnection(long number, Channel channel, Listener listener, Front front, Clock clock) {
    this.number = number;
    this.channel = channel;
    this.listener = listener;
    this.front = front;
    this.clock = clock;
    this.remote = String.valueOf(channel.remoteAddress());
    this.round = front.round(channel.eventLoop());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    schedule(
        clock.monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(front.settings().detectMillis()));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (!closing) {
        WireEngine known = engine;
        if (known == null) {
          detect(bytes);
        } else {
          receive(known, bytes);
        }
      }
    } finally {
      bytes.release();
    }
  }

  private void receive(WireEngine known, ByteBuf bytes) {
    for (ByteBuffer part : bytes.nioBuffers()) {
      call(now -> known.receive(part, now));
    }
  }

  /// Looks at the first bytes until they tell the protocol.
  private void detect(ByteBuf bytes) {
    ByteBuf seen = first;
    if (seen == null) {
      seen = Unpooled.buffer(WireProtocol.FIRST_BYTES, WireProtocol.FIRST_BYTES);
      first = seen;
    }
    int took = Math.min(bytes.readableBytes(), seen.writableBytes());
    seen.writeBytes(bytes, took);
    boolean more = false;
    if (listener.pair().isPresent() && listener.tls().isEmpty() && !seen.isWritable()) {
      byte[] magic = new byte[WireProtocol.FIRST_BYTES];
      seen.getBytes(0, magic);
      if (Arrays.equals(magic, PairProof.MAGIC)) {
        leaveTo(listener.pair().get(), seen, bytes);
        return;
      }
    }
    for (WireProtocol protocol : listener.protocols()) {
      switch (protocol.match(seen.nioBuffer())) {
        case YES -> {
          begin(protocol, seen, bytes);
          return;
        }
        case MORE -> more = true;
        case NO -> {}
      }
    }
    if (!more) {
      refuse(seen);
    }
  }

  /// It is a node of the pair: its connection goes to another loop, and is not the clients'.
  private void leaveTo(PairDoor door, ByteBuf seen, ByteBuf rest) {
    first = null;
    closing = true;
    if (!door.admit()) {
      channel.close();
      return;
    }
    ByteBuf read = Unpooled.copiedBuffer(seen, rest);
    if (timer != null) {
      timer.cancel(false);
    }
    front.forget(channel);
    PairChannel pair = new PairChannel(door, channel);
    channel.config().setAutoRead(false);
    channel.pipeline().replace(this, "pair", pair);
    channel
        .deregister()
        .addListener(_ ->
            door.loop()
                .register(channel)
                .addListener(_ -> {
                  pair.begin(read);
                  channel.config().setAutoRead(true);
                }));
  }

  private void begin(WireProtocol protocol, ByteBuf seen, ByteBuf rest) {
    first = null;
    Wiring wiring =
        new Wiring(
            number,
            remote,
            this,
            this,
            new Throttle(),
            new LoopAuthenticator(listener.authenticator(), front.passwords(), this::onLoop));
    WireEngine opened = protocol.open(wiring, Now.of(clock));
    engine = opened;
    receive(opened, seen);
    if (rest.isReadable()) {
      receive(opened, rest);
    }
  }

  private void refuse(ByteBuf seen) {
    first = null;
    byte[] bytes = new byte[seen.readableBytes()];
    seen.readBytes(bytes);
    if (Strangers.looksLikeHttp(bytes)) {
      write(ByteBuffer.wrap(Strangers.httpAnswer()));
    }
    close(
        looksLikeTls(bytes)
            ? "the peer speaks TLS, and this port is plain: let it use tcp:// or amqp://, or make"
                + " the port one with TLS (sslEnabled=true, ssl://)"
            : "no protocol of this port begins with " + Strangers.printable(bytes));
    flush();
  }

  private static boolean looksLikeTls(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == TLS_HANDSHAKE;
  }

  /// Every step of the engine: the step, what is due, one flush.
  private void call(Consumer<Now> step) {
    WireEngine known = engine;
    if (known == null) {
      return;
    }
    boolean outer = !calling;
    calling = true;
    try {
      Now now = Now.of(clock);
      step.accept(now);
      if (outer) {
        schedule(known.tick(now));
      }
    } finally {
      if (outer) {
        calling = false;
        flush();
      }
    }
  }

  private void flush() {
    if (dirty) {
      dirty = false;
      channel.flush();
      if (unsentBytes() > front.settings().unsentMax()) {
        clogged = true;
        read();
      }
    }
  }

  /// Reads from the socket, or not, as things are now.
  private void read() {
    channel.config().setAutoRead(!throttled && !clogged && !paused);
  }

  /// Sees to it that the engine is called in time. A timer that is too early only asks again, so that the
  /// deadline of an idle connection may move with every frame without moving the timer.
  private void schedule(long deadline) {
    if (deadline >= timerNanos || !channel.isActive()) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerNanos = deadline;
    long delay = Math.max(0, deadline - clock.monotonicNanos());
    timer = channel.eventLoop().schedule(() -> guarded(this::due), delay, TimeUnit.NANOSECONDS);
  }

  private void due() {
    timer = null;
    timerNanos = WireEngine.NEVER;
    if (engine == null) {
      close("the peer did not show which protocol it speaks in time");
      flush();
    } else {
      call(_ -> {});
    }
  }

  // Line

  @Override
  public void write(ByteBuffer bytes) {
    if (!closing) {
      dirty = true;
      channel.write(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    }
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void reading(boolean on) {
    if (paused == on) {
      paused = !on;
      read();
    }
  }

  @Override
  public void close(String reason) {
    if (closing) {
      return;
    }
    closing = true;
    if (!reason.isEmpty()) {
      LOG.warn(
          "connection closed listener={} peer={} reason=\"{}\"", listener.name(), remote, reason);
    }
    // After what was written before; a peer that does not read it has a limit.
    dirty = true;
    channel.write(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    channel
        .eventLoop()
        .schedule(
            () -> {
              channel.close();
            },
            front.settings().lingerMillis(),
            TimeUnit.MILLISECONDS);
  }

  // Outlet

  @Override
  public void emit(Output output) {
    outputs.add(output);
    if (woken.compareAndSet(false, true)) {
      onLoop(this::deliver);
    }
  }

  private void deliver() {
    // Cleared before the queue is read: an output added after the last look wakes the loop again.
    woken.set(false);
    WireEngine known = engine;
    if (known == null || closing) {
      outputs.clear();
      return;
    }
    call(now -> {
      Output output = outputs.poll();
      for (int i = 1; output != null; i++) {
        known.emit(output, now);
        output = i < BURST ? outputs.poll() : null;
      }
    });
    if (!outputs.isEmpty() && woken.compareAndSet(false, true)) {
      onLoop(this::deliver);
    }
  }

  /// Runs a task on the event loop, outside of any call into the engine, and with its flush.
  private void onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(() -> guarded(() -> call(_ -> task.run())));
    } catch (RejectedExecutionException stopped) {
      LOG.trace("the event loops are gone, and with them the connection", stopped);
    }
  }

  /// Event loops tell nobody of a task that failed. Where there was no memory for one, its peer waited for ever.
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable bug) {
      channel.pipeline().fireExceptionCaught(bug);
    }
  }

  /// Tells the peer that it is over.
  void end(Refusal refusal) {
    try {
      channel
          .eventLoop()
          .execute(() -> {
            WireEngine known = engine;
            if (known == null) {
              channel.close();
            } else {
              call(now -> known.end(refusal, now));
            }
          });
    } catch (RejectedExecutionException stopped) {
      LOG.trace("the event loops are gone, and with them the connection", stopped);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      clogged = false;
      read();
      // Not from here: this may be in the middle of a flush.
      channel
          .eventLoop()
          .execute(() -> {
            WireEngine known = engine;
            if (known != null && !closing) {
              call(known::writable);
            }
          });
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    if (timer != null) {
      timer.cancel(false);
    }
    call(now -> {
      WireEngine known = engine;
      if (known != null) {
        known.lost(now);
      }
    });
    engine = null;
    outputs.clear();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      TlsFailure.said(handshake.cause())
          .ifPresent(reason ->
              LOG.warn(
                  "connection closed listener={} peer={} reason=\"{}\"",
                  listener.name(),
                  remote,
                  reason));
    }
  }

  /// A peer may ask for new keys again and again and take none of the answers: that never comes to the engine, and
  /// once it filled the memory of brokers (CVE-2026-39304).
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (listener.tls().isPresent() && unsentBytes() > 2L * front.settings().unsentMax()) {
      LOG.warn(
          "connection closed listener={} peer={} reason=\"the peer does not take what it asks"
              + " for\"",
          listener.name(),
          remote);
      channel.close();
    }
  }

  private long unsentBytes() {
    ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
    return unsent == null ? 0 : unsent.totalPendingWriteBytes();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException || TlsFailure.is(cause)) {
      LOG.debug("connection lost listener={} peer={} cause={}", listener.name(), remote, cause);
    } else {
      LOG.error("bug listener={} peer={}", listener.name(), remote, cause);
    }
    channel.close();
  }

  /// The broker's inbox, which stops this connection from reading while it is full.
  private final class Throttle implements Gateway {
    @Override
    public boolean submit(Command command) {
      boolean room = front.gateway().submit(command);
      round.submitted();
      if (!room && !throttled) {
        throttled = true;
        read();
        whenReady(() -> onLoop(this::resume));
      }
      return room;
    }

    @Override
    public void submitted(Now now) {
      // Once for all that the event loop reads in this round.
    }

    @Override
    public void whenReady(Runnable ready) {
      front.gateway().whenReady(ready);
    }

    private void resume() {
      throttled = false;
      WireEngine known = engine;
      if (known != null && !closing) {
        call(now -> known.receive(ByteBuffer.allocate(0), now));
      }
      read();
    }
  }
}
