package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.WireEngine;
import io.batonmq.session.Wiring;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/// One AMQP connection: protocol headers and frames in, and by whose hands they go on.
///
/// ```
/// HEADER -> SASL -> AMQP_HEADER -> OPENING -> OPEN -> CLOSING -> CLOSED
///    '------------------------------^ (no SASL, where nobody needs a name)
/// ```
///
/// In CLOSING a Close has been sent: whatever comes is thrown away until the peer's Close or a time limit,
/// because closing a socket with unread bytes in it would take our Close back from the peer's hands.
final class AmqpEngine implements WireEngine, SaslServer.Verdict {
  private enum Phase {
    HEADER,
    SASL,
    AMQP_HEADER,
    OPENING,
    OPEN,
    CLOSING,
    CLOSED;

    /// Whether no AMQP frame may be sent yet.
    boolean early() {
      return this == HEADER || this == SASL || this == AMQP_HEADER;
    }
  }

  private static final int AMQP_FRAME = 0;
  private static final int SASL_FRAME = 1;
  private static final long HEADER_AMQP = 0x0001_0000;
  private static final long HEADER_SASL = 0x0301_0000;
  private static final byte[] HEADER = {'A', 'M', 'Q', 'P'};
  private static final byte[] HEARTBEAT = {0, 0, 0, 8, 2, 0, 0, 0};

  /// Heartbeats are not sent more often than this, whatever a peer asks for.
  private static final long HEARTBEAT_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(200);

  private final AmqpLimits limits;
  private final Wiring wiring;
  private final FrameReader reader;
  private final Performatives performatives;
  private final Conversation conversation;
  private final Endpoint endpoint;
  private final SaslServer sasl;
  private Phase phase = Phase.HEADER;
  private @Nullable Principal principal;
  private long phaseDeadline;
  private long lastRead;
  private long lastWrite;
  private long heartbeatNanos;
  private boolean reading;
  private String closeReason = "";

  AmqpEngine(AmqpProtocol protocol, Wiring wiring, Now now) {
    this.limits = protocol.limits();
    this.wiring = wiring;
    this.reader = new FrameReader(limits.saslFrameBytes());
    this.performatives = new Performatives(limits);
    this.conversation = new Conversation(wiring, protocol, now);
    this.endpoint = new Endpoint(protocol, conversation, this::write);
    this.sasl =
        new SaslServer(wiring.authenticator(), wiring.line(), this, limits.saslFrameBytes());
    this.phaseDeadline = now.nanos() + TimeUnit.MILLISECONDS.toNanos(limits.authenticateMillis());
    this.lastRead = now.nanos();
    this.lastWrite = now.nanos();
  }

  @Override
  public void receive(ByteBuffer bytes, Now now) {
    guarded(
        now,
        () -> {
          if (phase == Phase.CLOSED) {
            bytes.position(bytes.limit());
            return;
          }
          if (conversation.held()) {
            conversation.readOn();
            lastRead = now.nanos();
          }
          reader.fill(bytes);
          read();
        });
  }

  /// Reads what there is, up to the end of the last whole frame.
  private void read() {
    reading = true;
    try {
      readFrames();
    } finally {
      reading = false;
    }
  }

  private void readFrames() {
    while (phase != Phase.CLOSED && !sasl.checking()) {
      if (phase == Phase.HEADER || phase == Phase.AMQP_HEADER) {
        long header = reader.header();
        if (header < 0) {
          return;
        }
        header(header);
      } else if (reader.next()) {
        lastRead = conversation.now().nanos();
        frame();
      } else {
        return;
      }
    }
    // A password is being checked: what a peer sends before it knows the outcome is kept, but only
    // as
    // much as a handshake needs.
    if (sasl.checking() && reader.waiting() > limits.saslFrameBytes() * 4) {
      throw Malformed.limit("too much was sent before authentication");
    }
  }

  private void header(long header) {
    if (phase == Phase.HEADER && header == HEADER_SASL) {
      phase = Phase.SASL;
      writeHeader(HEADER_SASL);
      sasl.begin();
    } else if (phase == Phase.AMQP_HEADER && header == HEADER_AMQP) {
      opening();
    } else if (phase == Phase.HEADER && header == HEADER_AMQP) {
      wiring
          .authenticator()
          .anonymous()
          .ifPresentOrElse(
              nobody -> {
                principal = nobody;
                opening();
              },
              () -> {
                writeHeader(HEADER_SASL);
                close("the peer skipped SASL, and anonymous peers are not let in");
              });
    } else {
      // §2.2: answer with the header that is supported, and close.
      writeHeader(phase == Phase.HEADER ? HEADER_SASL : HEADER_AMQP);
      close("the peer speaks a version that is not spoken here: 0x%08x".formatted(header));
    }
  }

  private void writeHeader(long header) {
    wiring.line().write(ByteBuffer.allocate(8).put(HEADER).putInt((int) header).flip());
  }

  private void opening() {
    phase = Phase.OPENING;
    reader.frameMax(limits.frameBytes());
    endpoint.start();
  }

  private void frame() {
    if (phase == Phase.SASL) {
      if (reader.type() != SASL_FRAME) {
        throw Malformed.framing("only SASL frames come before authentication");
      }
      sasl.read(Described.read(reader.bytes(), reader.bodyAt(), reader.frameEnd()));
      return;
    }
    if (reader.type() != AMQP_FRAME) {
      throw Malformed.framing("a frame has type " + reader.type());
    }
    if (reader.bodyAt() == reader.frameEnd()) {
      return;
    }
    Described body = Described.read(reader.bytes(), reader.bodyAt(), reader.frameEnd());
    if (phase == Phase.CLOSING) {
      if (body.kind() == Performatives.CLOSE) {
        close("");
      }
      return;
    }
    if (phase == Phase.OPENING && !endpoint.remotelyOpen() && body.kind() != Performatives.OPEN) {
      throw Malformed.framing("the first frame of a connection is Open");
    }
    endpoint.read(performatives.read(body), reader.channel(), body, reader.frameEnd());
    if (body.kind() == Performatives.OPEN) {
      opened();
    } else if (body.kind() == Performatives.CLOSE) {
      // The peer ends the connection, and nothing of it is in doubt.
      conversation.disconnect(true);
      endpoint.close(null);
      close("");
    }
  }

  private void opened() {
    Principal peer = principal;
    if (peer == null) {
      throw Malformed.framing("Open came before authentication");
    }
    phaseDeadline = NEVER;
    long idle = endpoint.remoteIdleMillis();
    heartbeatNanos =
        idle <= 0 ? 0 : Math.max(HEARTBEAT_NANOS_MIN, TimeUnit.MILLISECONDS.toNanos(idle) / 2);
    conversation.connect(
        new Command.Connect(
            wiring.connection(),
            peer,
            endpoint.remoteContainerId(),
            endpoint.wantsToBeAlone(),
            wiring.remoteAddress(),
            wiring.outlet()));
  }

  @Override
  public void accepted(Principal who) {
    principal = who;
    phase = Phase.AMQP_HEADER;
    resume();
  }

  @Override
  public void refused(String why) {
    close("not authenticated: " + why);
  }

  /// Goes on with what came while a password was checked.
  private void resume() {
    if (!reading) {
      guarded(conversation.now(), this::read);
    }
  }

  @Override
  public void emit(Output output, Now now) {
    guarded(
        now,
        () -> {
          if (!conversation.connected()) {
            return;
          }
          switch (output) {
            case Output.Connected _ -> {
              if (phase == Phase.OPENING) {
                phase = Phase.OPEN;
                endpoint.open();
              }
            }
            case Output.ConnectionClosed(Refusal refusal) -> end(refusal);
            default -> told(output);
          }
        });
  }

  private void told(Output output) {
    Refusal refusal = Endpoint.refusal(output);
    if (refusal != null && refusal.reason() == Refusal.Reason.HANDING_OVER) {
      // Told as the fate of one message, this would be an error in the application. Told as the end
      // of
      // the connection, the client connects to the other node and sends again what has no answer.
      end(refusal);
    } else {
      endpoint.told(output);
    }
  }

  @Override
  public void writable(Now now) {
    guarded(now, endpoint::pump);
  }

  @Override
  public void end(Refusal refusal, Now now) {
    guarded(now, () -> end(refusal));
  }

  private void end(Refusal refusal) {
    // A hand-over is no news of this connection.
    String reason = refusal.reason() == Refusal.Reason.HANDING_OVER ? "" : refusal.text();
    if (phase.early()) {
      close(reason);
    } else {
      shut(Refusals.connectionError(refusal), phase != Phase.OPEN, reason);
    }
  }

  @Override
  public long tick(Now now) {
    guarded(now, this::due);
    return deadline();
  }

  private void due() {
    long nanos = conversation.now().nanos();
    switch (phase) {
      case CLOSED -> {}
      case CLOSING -> {
        if (nanos - phaseDeadline >= 0) {
          close("");
        }
      }
      default -> {
        if (phaseDeadline != NEVER && nanos - phaseDeadline >= 0) {
          close("the peer did not authenticate and open in time");
        } else if (listening() && nanos - lastRead >= idleNanos()) {
          fail(Malformed.limit("local-idle-timeout expired"));
        } else if (heartbeatNanos > 0 && nanos - lastWrite >= heartbeatNanos) {
          write(ByteBuffer.wrap(HEARTBEAT));
        }
      }
    }
  }

  private long deadline() {
    return switch (phase) {
      case CLOSED -> NEVER;
      case CLOSING -> phaseDeadline;
      default -> {
        long next = phaseDeadline;
        if (listening()) {
          next = Math.min(next, lastRead + idleNanos());
        }
        yield heartbeatNanos > 0 ? Math.min(next, lastWrite + heartbeatNanos) : next;
      }
    };
  }

  /// Whether the peer owes a sign of life.
  private boolean listening() {
    return !conversation.held()
        && (phase == Phase.OPEN || (phase == Phase.OPENING && phaseDeadline == NEVER));
  }

  private long idleNanos() {
    return TimeUnit.MILLISECONDS.toNanos(limits.idleMillis());
  }

  @Override
  public void lost(Now now) {
    guarded(
        now,
        () -> {
          phase = Phase.CLOSED;
          sasl.abandon();
          conversation.disconnect(false);
        });
  }

  private void write(ByteBuffer bytes) {
    lastWrite = conversation.now().nanos();
    wiring.line().write(bytes);
  }

  /// Runs one step so that nothing that a peer sends can hurt any connection but its own.
  private void guarded(Now now, Runnable step) {
    conversation.now(now);
    try {
      step.run();
      conversation.frameRead();
      Malformed failure = conversation.failure();
      if (failure != null) {
        fail(failure);
      }
    } catch (Malformed malformed) {
      fail(malformed);
    } catch (RuntimeException bug) {
      failHard(bug);
    }
  }

  private void failHard(RuntimeException bug) {
    try {
      shut(
          new ErrorCondition(AmqpError.INTERNAL_ERROR, "internal error"),
          phase != Phase.OPEN,
          "internal error: " + bug);
    } catch (RuntimeException worse) {
      conversation.disconnect(false);
      close("internal error: " + bug + ", then " + worse);
    }
  }

  private void fail(Malformed malformed) {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      // Broken bytes after our Close: there is nothing to wait for.
      close("");
    } else if (phase.early()) {
      close(malformed.text());
    } else {
      shut(Refusals.error(malformed.condition(), malformed.text()), false, malformed.text());
    }
  }

  /// Sends Close and waits a little for the answer.
  private void shut(ErrorCondition error, boolean establishmentFailed, String reason) {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      return;
    }
    if (phase.early()) {
      close(reason);
      return;
    }
    phase = Phase.CLOSING;
    phaseDeadline =
        conversation.now().nanos() + TimeUnit.MILLISECONDS.toNanos(limits.closeMillis());
    conversation.disconnect(false);
    if (establishmentFailed) {
      endpoint.failToOpen();
    }
    endpoint.close(error);
    closeReason = reason;
  }

  private void close(String reason) {
    if (phase != Phase.CLOSED) {
      phase = Phase.CLOSED;
      sasl.abandon();
      conversation.disconnect(false);
      reader.clear();
      wiring.line().close(closeReason.isEmpty() ? reason : closeReason);
    }
  }
}
