package io.batonmq.wire.amqp;

import io.batonmq.message.ContentReader;
import io.batonmq.message.Format;
import io.batonmq.seam.Now;
import io.batonmq.session.WireEngine;
import io.batonmq.session.WireProtocol;
import io.batonmq.session.Wiring;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// AMQP 1.0.
///
/// @param containerId what this broker calls itself
/// @param failover where else clients may connect, asked for at each Open
/// @param saysUser whether each message says which user sent it, whatever the peer says
/// @param readers of the formats of other protocols
public record AmqpProtocol(
    String containerId,
    Supplier<List<FailoverServer>> failover,
    AmqpLimits limits,
    boolean saysUser,
    Map<Format, ContentReader> readers)
    implements WireProtocol {

  public AmqpProtocol {
    readers = Map.copyOf(readers);
  }

  /// One that forwards what peers say of their users.
  public AmqpProtocol(
      String containerId, Supplier<List<FailoverServer>> failover, AmqpLimits limits) {
    this(containerId, failover, limits, false, Map.of());
  }

  private static final byte[] FIRST = {'A', 'M', 'Q', 'P'};

  /// A place where the broker may be found, as Open's `failover-server-list` tells it.
  ///
  /// @param scheme `amqp` or `amqps`
  public record FailoverServer(String host, int port, String scheme) {}

  @Override
  public String name() {
    return "AMQP";
  }

  @Override
  public Match match(ByteBuffer first) {
    int count = Math.min(first.remaining(), FIRST.length);
    for (int i = 0; i < count; i++) {
      if (first.get(first.position() + i) != FIRST[i]) {
        return Match.NO;
      }
    }
    return count == FIRST.length ? Match.YES : Match.MORE;
  }

  @Override
  public WireEngine open(Wiring wiring, Now now) {
    return new AmqpEngine(this, wiring, now);
  }
}
