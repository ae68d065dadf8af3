package io.batonmq.server.net;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.session.Authenticator;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import io.batonmq.session.WireProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Plays a client's first steps to the code that will answer them, without a socket and without a broker
/// behind: what a process does for the first time takes it 50 to 100 ms here, and the client that would wait
/// for it is one whose broker has just died.
public final class Rehearsal {
  private static final FrontSettings STAGE =
      new FrontSettings(1, 1, 1, 10_000, 2_000, 128 << 10, 512 << 10, 1 << 20, 1, 1, 1, 10_000);

  private Rehearsal() {}

  /// @param clientSays the bytes of a client that logs in as anonymous
  /// @return what it was told
  public static byte[] play(WireProtocol protocol, List<byte[]> clientSays, Clock clock) {
    try (Front front = new Front(STAGE, new Nowhere(), clock)) {
      Listener listener = new Listener("rehearsal", "", 0, List.of(protocol), new Anybody());
      EmbeddedChannel channel = new EmbeddedChannel();
      PeerConnection connection = new PeerConnection(0, channel, listener, front, clock);
      channel.pipeline().addLast(connection);
      for (byte[] bytes : clientSays) {
        // From the allocator that sockets read into: it alone takes 70 ms when it is first asked.
        channel.writeInbound(channel.alloc().directBuffer().writeBytes(bytes));
        channel.runPendingTasks();
      }
      connection.end(new Refusal(Refusal.Reason.HANDING_OVER, "the rehearsal is over"));
      channel.runPendingTasks();
      byte[] told = told(channel);
      channel.close().syncUninterruptibly();
      return told;
    }
  }

  private static byte[] told(EmbeddedChannel channel) {
    var all = Unpooled.buffer();
    for (Object part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      if (part instanceof ByteBuf bytes) {
        all.writeBytes(bytes);
        bytes.release();
      }
    }
    byte[] told = new byte[all.readableBytes()];
    all.readBytes(told);
    return told;
  }

  /// A broker that hears nothing.
  private static final class Nowhere implements Gateway {
    @Override
    public boolean submit(Command command) {
      return true;
    }

    @Override
    public void submitted(Now now) {
      // Nobody is woken.
    }

    @Override
    public void whenReady(Runnable ready) {
      ready.run();
    }
  }

  private static final class Anybody implements Authenticator {
    @Override
    public List<String> mechanisms() {
      return List.of("ANONYMOUS");
    }

    @Override
    public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
      answer.accept(Optional.empty());
    }

    @Override
    public ScramVerifier scramVerifier(String user) {
      throw new IllegalStateException("SCRAM was not offered");
    }

    @Override
    public String nonce() {
      throw new IllegalStateException("SCRAM was not offered");
    }

    @Override
    public Optional<Principal> anonymous() {
      return Optional.of(new Principal("rehearsal", Set.of()));
    }
  }
}
