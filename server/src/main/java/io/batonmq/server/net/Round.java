package io.batonmq.server.net;

import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.session.Gateway;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One event loop's round of reading: after all connections that had something to read, the broker is told
/// once. So what many connections sent is decided, written and synced together.
final class Round implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Round.class);

  private final EventLoop loop;
  private final Gateway gateway;
  private final Clock clock;

  // The event loop's.
  private boolean due;

  Round(EventLoop loop, Gateway gateway, Clock clock) {
    this.loop = loop;
    this.gateway = gateway;
    this.clock = clock;
  }

  /// A connection of this event loop has submitted something.
  void submitted() {
    if (due) {
      return;
    }
    due = true;
    try {
      loop.execute(this);
    } catch (RejectedExecutionException stopped) {
      LOG.trace("the event loop is gone, and with it its connections", stopped);
    }
  }

  @Override
  public void run() {
    due = false;
    gateway.submitted(Now.of(clock));
  }
}
