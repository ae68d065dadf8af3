package io.batonmq.server.net;

import io.batonmq.mirror.Link;
import io.batonmq.mirror.Receiver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Where the standbys of a replicated pair come in: by the ports of the clients, told apart by their first bytes. Their
/// connections are on an event loop of their own, and live on when the clients' are closed: the hand-over itself is
/// the last thing that a standby has to hear.
public final class PairDoor {
  private static final int UNPROVEN_MAX = 32;

  private final AtomicInteger unproven = new AtomicInteger();
  private final PairProof proof;
  private final Function<Link, Receiver> accept;
  private final EventLoopGroup loop;

  /// @param accept takes a link to a node that has proved who it is
  public PairDoor(PairProof proof, Function<Link, Receiver> accept) {
    this.proof = proof;
    this.accept = accept;
    IoHandlerFactory io = Front.ioHandlers();
    this.loop = new MultiThreadIoEventLoopGroup(1, io);
  }

  /// Whether one more may come who has proved nothing yet.
  boolean admit() {
    if (unproven.incrementAndGet() <= UNPROVEN_MAX) {
      return true;
    }
    unproven.decrementAndGet();
    return false;
  }

  /// One of them has proved who it is, or is gone.
  void settled() {
    unproven.decrementAndGet();
  }

  PairProof proof() {
    return proof;
  }

  Receiver accept(Link link) {
    return accept.apply(link);
  }

  EventLoopGroup loop() {
    return loop;
  }
}
