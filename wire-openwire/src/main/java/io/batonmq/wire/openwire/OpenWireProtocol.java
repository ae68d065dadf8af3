package io.batonmq.wire.openwire;

import io.batonmq.message.ContentReader;
import io.batonmq.message.Format;
import io.batonmq.message.Wildcards;
import io.batonmq.seam.Now;
import io.batonmq.session.WireEngine;
import io.batonmq.session.WireProtocol;
import io.batonmq.session.Wiring;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// OpenWire.
///
/// @param brokerName what this broker calls itself
/// @param brokerId text that no other process uses: ids of messages that came by other protocols begin with it
/// @param brokers URIs by which clients reach this broker and those that may take over from it, asked for at each
///     connection; empty where there is nothing to tell
/// @param wildcards how patterns are written in this broker, whatever they look like here
/// @param readers of the formats of other protocols
/// @param saysUser whether each message says which user sent it, whatever the peer says
/// @param coming memory for large frames that come, which all protocols of a node may share
/// @param going the same for large bodies that go: senders must not keep consumers from making room
public record OpenWireProtocol(
    String brokerName,
    String brokerId,
    Supplier<List<String>> brokers,
    Wildcards wildcards,
    Map<Format, ContentReader> readers,
    OpenWireLimits limits,
    boolean saysUser,
    BodyRoom coming,
    BodyRoom going)
    implements WireProtocol {

  /// After a length of four bytes: the type of a WireFormatInfo, and how its magic begins.
  private static final byte[] FIRST = {1, 'A', 'c', 't'};

  private static final int LENGTH_BYTES = 4;

  public OpenWireProtocol {
    readers = Map.copyOf(readers);
  }

  @Override
  public String name() {
    return "OPENWIRE";
  }

  @Override
  public Match match(ByteBuffer first) {
    int count = Math.min(first.remaining(), LENGTH_BYTES + FIRST.length);
    for (int i = 0; i < count; i++) {
      byte expected = i < LENGTH_BYTES ? 0 : FIRST[i - LENGTH_BYTES];
      // No peer introduces itself in more than 65,535 bytes.
      boolean fits = (i >= 2 && i < LENGTH_BYTES) || first.get(first.position() + i) == expected;
      if (!fits) {
        return Match.NO;
      }
    }
    return count == LENGTH_BYTES + FIRST.length ? Match.YES : Match.MORE;
  }

  @Override
  public WireEngine open(Wiring wiring, Now now) {
    return new OpenWireEngine(this, wiring, now);
  }
}
