package io.batonmq.server.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS handshakes under way, over all acceptors: a limited number, each for a limited time. Where there are
/// too many, the oldest goes: who means well is through in milliseconds, and who is silent is the oldest soon.
///
/// What takes time, looking at files and signing, is done by threads of its own, so that clients that come by the
/// thousand after a take-over do not hold up those who are in.
@SuppressWarnings("FutureReturnValueIgnored") // of closing: there is nothing left to do if it fails
final class Handshakes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);

  private final FrontSettings settings;
  private final ThreadPoolExecutor threads;
  private final SequencedSet<Channel> underWay = new LinkedHashSet<>();

  Handshakes(FrontSettings settings) {
    this.settings = settings;
    // No more tasks wait than there are connections: a handshake goes on when its task is done.
    this.threads =
        new ThreadPoolExecutor(
            settings.passwordThreads(),
            settings.passwordThreads(),
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("tls-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// Begins the one of a connection that has just come; nothing is read from it before.
  void begin(TlsPort port, Channel channel) {
    channel.config().setAutoRead(false);
    admit(channel);
    channel.closeFuture().addListener(_ -> over(channel));
    try {
      threads.execute(() -> shakeHands(port, channel));
    } catch (RejectedExecutionException stopped) {
      channel.close();
    }
  }

  private void shakeHands(TlsPort port, Channel channel) {
    var context = port.context();
    try {
      channel
          .eventLoop()
          .execute(() -> {
            if (channel.isActive()) {
              SslHandler handler = context.newHandler(channel.alloc(), threads);
              handler.setHandshakeTimeoutMillis(settings.handshakeMillis());
              handler.handshakeFuture().addListener(_ -> shaken(handler, channel));
              channel.pipeline().addFirst(handler);
              channel.config().setAutoRead(true);
            }
          });
    } catch (RejectedExecutionException stopped) {
      LOG.trace("the event loops are gone, and with them the connection", stopped);
    }
  }

  private void shaken(SslHandler handler, Channel channel) {
    over(channel);
    var engine = handler.engine();
    if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
      // With TLS 1.2 a peer may begin anew, again and again, which costs it little and us much.
      engine.setEnableSessionCreation(false);
    }
  }

  private synchronized void admit(Channel channel) {
    underWay.addLast(channel);
    if (underWay.size() > settings.handshakes()) {
      Channel oldest = underWay.removeFirst();
      LOG.warn(
          "connection closed peer={} reason=\"{} TLS handshakes are under way, and this is the"
              + " oldest\"",
          oldest.remoteAddress(),
          settings.handshakes());
      oldest.close();
    }
  }

  private synchronized void over(Channel channel) {
    underWay.remove(channel);
  }

  /// Number of handshakes under way.
  synchronized int count() {
    return underWay.size();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
