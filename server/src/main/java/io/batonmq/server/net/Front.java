package io.batonmq.server.net;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Clock;
import io.batonmq.session.Gateway;
import io.batonmq.session.WireProtocol;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where clients come in: event loops, listening ports and the connections that came by them.
@SuppressWarnings("FutureReturnValueIgnored") // of closing: there is nothing left to do if it fails
public final class Front implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Front.class);

  /// Numbers of connections are unique in a process, whatever number of fronts it has.
  private static final AtomicLong NUMBERS = new AtomicLong();

  private static final int FENCE_MILLIS_MAX = 1_000;

  private final FrontSettings settings;
  private final Gateway gateway;
  private final Clock clock;
  private final EventLoopGroup loops;
  private final ThreadPoolExecutor passwords;
  private final Handshakes handshakes;
  private final Map<String, ChannelFuture> prepared = new ConcurrentHashMap<>();
  private final Set<Channel> listeners = ConcurrentHashMap.newKeySet();
  private final Map<Channel, PeerConnection> connections = new ConcurrentHashMap<>();
  private final Map<EventLoop, Round> rounds = new ConcurrentHashMap<>();
  private volatile boolean closed;

  public Front(FrontSettings settings, Gateway gateway, Clock clock) {
    this.settings = settings;
    this.gateway = gateway;
    this.clock = clock;
    this.loops = new MultiThreadIoEventLoopGroup(settings.threads(), ioHandlers());
    this.passwords =
        new ThreadPoolExecutor(
            settings.passwordThreads(),
            settings.passwordThreads(),
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(settings.passwordQueue()),
            Thread.ofPlatform().daemon().name("passwords-", 0).factory());
    passwords.allowCoreThreadTimeOut(true);
    this.handshakes = new Handshakes(settings);
  }

  static IoHandlerFactory ioHandlers() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private static Class<? extends ServerChannel> serverChannel() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /// Begins to listen without letting anybody in: who connects from now on waits until [#open], instead of
  /// being refused and staying away for a while. Returns at once; a port that is not to be had is told by
  /// [#open].
  public void prepare(Listener listener) {
    prepared.computeIfAbsent(listener.name(), _ -> bind(listener));
  }

  /// Listens, and lets in who has waited; after [#closeNow], again.
  ///
  /// @return the port, which the system may have chosen
  /// @throws CannotListenException if that is not possible; the message says what to change
  public int open(Listener listener) throws CannotListenException {
    closed = false;
    ChannelFuture bound = prepared.remove(listener.name());
    if (bound == null || !bound.awaitUninterruptibly().isSuccess()) {
      // What had the port while this was prepared, such as the other node on the same machine, may
      // be gone.
      bound = bind(listener).awaitUninterruptibly();
    }
    if (!bound.isSuccess()) {
      throw CannotListenException.of(
          listener.name(), listener.host(), address(listener), bound.cause());
    }
    Channel socket = bound.channel();
    listeners.add(socket);
    socket.config().setAutoRead(true);
    int port = ((InetSocketAddress) socket.localAddress()).getPort();
    LOG.info(
        "listener open name={} host={} port={} protocols={} tls={} transport={}",
        listener.name(),
        listener.host(),
        port,
        listener.protocols().stream().map(WireProtocol::name).toList(),
        listener.tls().isPresent(),
        Epoll.isAvailable() ? "epoll" : "nio");
    return port;
  }

  private ChannelFuture bind(Listener listener) {
    return new ServerBootstrap()
        .group(loops)
        .channel(serverChannel())
        .option(ChannelOption.SO_BACKLOG, settings.backlog())
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(settings.unsentLow(), settings.unsentHigh()))
        .childHandler(arrival(listener))
        .bind(address(listener));
  }

  private static InetSocketAddress address(Listener listener) {
    return PortTrial.address(listener.host(), listener.port());
  }

  private ChannelHandler arrival(Listener listener) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (closed) {
          // It came while the listeners were being closed, and goes to the other node.
          channel.close();
          return;
        }
        // Not atomic with the count: a few more than allowed may come in at once, which is no harm.
        if (connections.size() >= settings.connections()) {
          LOG.warn(
              "connection refused listener={} peer={} reason=\"{} connections are open\"",
              listener.name(),
              channel.remoteAddress(),
              settings.connections());
          channel.close();
          return;
        }
        PeerConnection connection =
            new PeerConnection(NUMBERS.incrementAndGet(), channel, listener, Front.this, clock);
        connections.put(channel, connection);
        channel.closeFuture().addListener(_ -> connections.remove(channel));
        channel.pipeline().addLast(connection);
        listener.tls().ifPresent(port -> handshakes.begin(port, channel));
        if (closed) {
          channel.close();
        }
      }
    };
  }

  Round round(EventLoop loop) {
    return rounds.computeIfAbsent(loop, one -> new Round(one, gateway, clock));
  }

  /// The connection is not a client's: somebody else looks after it.
  void forget(Channel channel) {
    connections.remove(channel);
  }

  FrontSettings settings() {
    return settings;
  }

  Gateway gateway() {
    return gateway;
  }

  Executor passwords() {
    return passwords;
  }

  /// Number of connections.
  public int connections() {
    return connections.size();
  }

  /// Number of TLS handshakes under way.
  int handshakes() {
    return handshakes.count();
  }

  /// Stops listening there; the connections that came by it stay.
  public void close(int port) {
    listeners.removeIf(socket ->
        socket.localAddress() instanceof InetSocketAddress address
            && address.getPort() == port
            && socket.close().awaitUninterruptibly().isSuccess());
  }

  /// Stops listening, tells every peer why and waits until they are gone, at most as long as given.
  public void close(Refusal refusal, Duration patience) {
    closed = true;
    listeners.forEach(Channel::close);
    connections.values().forEach(connection -> connection.end(refusal));
    awaitGone(patience.toMillis());
    closeNow();
  }

  /// Cuts everything, at once and without a word: this node may not be the active one any more. Returns
  /// when listeners and sockets are closed, which takes milliseconds, or after one second.
  public void closeNow() {
    closed = true;
    prepared.values().forEach(bound -> listeners.add(bound.channel()));
    prepared.clear();
    listeners.forEach(Channel::close);
    connections.keySet().forEach(Channel::close);
    awaitGone(FENCE_MILLIS_MAX);
  }

  /// Shuts every socket down from the caller's thread, for when event loops hang: peers see the end of
  /// their connections, and nobody new comes in. Nothing is freed; the end of the process does that.
  ///
  /// Only where the transport is epoll, as on Linux: elsewhere the sockets stay until the process ends.
  public void cut() {
    closed = true;
    listeners.forEach(Front::shutDown);
    connections.keySet().forEach(Front::shutDown);
  }

  private static void shutDown(Channel channel) {
    if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
      try {
        socket.shutdown();
      } catch (IOException e) {
        LOG.debug("already closed channel={} reason={}", channel, e.toString());
      }
    }
  }

  private void awaitGone(long millis) {
    long deadline = clock.monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
    int open = 0;
    for (Set<Channel> channels : List.of(listeners, connections.keySet())) {
      for (Channel channel : List.copyOf(channels)) {
        long left = Math.max(0, deadline - clock.monotonicNanos());
        if (channel.closeFuture().awaitUninterruptibly(left, TimeUnit.NANOSECONDS)) {
          channels.remove(channel);
        } else {
          open++;
        }
      }
    }
    if (open > 0) {
      LOG.warn("sockets still open count={} after_ms={}", open, millis);
    }
  }

  /// Cuts everything and ends the threads.
  @Override
  public void close() {
    closeNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    passwords.shutdownNow();
    handshakes.close();
  }
}
