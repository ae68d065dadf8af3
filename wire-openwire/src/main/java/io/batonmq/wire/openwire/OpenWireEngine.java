package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.WireEngine;
import io.batonmq.session.Wiring;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One OpenWire connection: frames in, and by whose hands they go on.
///
/// ```
/// INTRODUCTION -> LOGIN -> CHECKING -> CONNECTING -> OPEN -> CLOSED
/// ```
///
/// Commands are done in the order in which they come. One that has to wait for the broker (a message without credit,
/// the beginning of a transaction) makes those after it wait, but for acknowledgements outside of transactions and
/// signs of life: what a full queue waits for may be just these. When too much waits, nothing more is read.
final class OpenWireEngine implements WireEngine {
  private enum Phase {
    INTRODUCTION,
    LOGIN,
    CHECKING,
    CONNECTING,
    OPEN,
    CLOSED
  }

  private final Peer peer;
  private final Wiring wiring;
  private final OpenWireLimits limits;
  private final Frames frames;
  private final Recall recall;
  private final Conversation conversation;
  private final Deque<Struct> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private Phase phase = Phase.INTRODUCTION;
  private @Nullable Struct login;
  private long phaseDeadline;
  private long lastRead;
  private long idleNanos;
  private boolean working;

  /// Memory that the frame at hand has.
  private long room;

  /// Since when there is none for it; [#NEVER] if there is.
  private long starved = NEVER;

  /// Whether frames were looked at when it last worked.
  private boolean open = true;

  OpenWireEngine(OpenWireProtocol protocol, Wiring wiring, Now now) {
    this.wiring = wiring;
    this.limits = protocol.limits();
    this.peer = new Peer(wiring, protocol, now);
    this.frames = new Frames(limits.firstFrameBytes());
    this.recall = new Recall(limits.recallBytes());
    this.conversation = new Conversation(peer, this::resume);
    this.phaseDeadline = now.nanos() + TimeUnit.MILLISECONDS.toNanos(limits.handshakeMillis());
    this.lastRead = now.nanos();
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
          lastRead = now.nanos();
          peer.readOn();
          frames.fill(bytes);
          work();
        });
  }

  /// Goes on with what waits.
  private void resume() {
    if (!working) {
      work();
    }
  }

  private void work() {
    working = true;
    try {
      for (Struct next = waiting.peek();
          next != null && phase == Phase.OPEN && handle(next);
          next = waiting.peek()) {
        waitingBytes -= conversation.size(next);
        waiting.poll();
      }
      while (mayRead() && mayTake() && frames.next()) {
        Struct struct = read();
        if (room > 0) {
          // It does not wait for credit with it: what makes room for others may come by the same
          // lines.
          peer.coming().giveBack(room);
          room = 0;
          frames.trim();
        }
        if (struct != null) {
          take(struct);
        }
      }
      boolean may = mayRead() && starved == NEVER;
      if (may && !open) {
        // Nobody listened meanwhile: the silence was not the peer's.
        lastRead = peer.now().nanos();
      }
      open = may;
      wiring.line().reading(phase == Phase.CLOSED || may);
    } finally {
      working = false;
    }
  }

  /// Whether the next frame may be looked at.
  private boolean mayRead() {
    return switch (phase) {
      case INTRODUCTION, LOGIN, OPEN -> waitingBytes <= limits.waitingBytes();
      case CHECKING, CONNECTING, CLOSED -> false;
    };
  }

  /// Whether there is memory for the frame that comes.
  private boolean mayTake() {
    int large = frames.large();
    if (large > 0 && room == 0) {
      if (!peer.coming().take(large)) {
        starved = peer.now().nanos();
        return false;
      }
      room = large;
    }
    starved = NEVER;
    return true;
  }

  private @Nullable Struct read() {
    return Decoder.read(
        frames.bytes(),
        frames.frameFrom(),
        frames.frameEnd(),
        peer.coding(),
        recall,
        type -> allowed(type));
  }

  private boolean allowed(Type type) {
    return switch (phase) {
      case INTRODUCTION -> type == Type.WIRE_FORMAT_INFO;
      case LOGIN ->
          switch (type) {
            case CONNECTION_INFO, CONNECTION_CONTROL, KEEP_ALIVE_INFO, SHUTDOWN_INFO -> true;
            default -> false;
          };
      default -> Conversation.allowed(type);
    };
  }

  private void take(Struct struct) {
    switch (phase) {
      case INTRODUCTION -> introduced(struct);
      case LOGIN -> beforeLogin(struct);
      default -> {
        if ((!waiting.isEmpty() && !Conversation.urgent(struct)) || !handle(struct)) {
          waiting.add(struct);
          waitingBytes += conversation.size(struct);
        }
      }
    }
  }

  /// Takes leave when all that the peer sent before is done.
  private boolean handle(Struct struct) {
    if (struct.type() != Type.SHUTDOWN_INFO) {
      return conversation.handle(struct);
    }
    peer.disconnect(true);
    peer.answer(struct);
    close("");
    return true;
  }

  private void introduced(Struct info) {
    Introduction agreed = Introduction.of(info, limits);
    peer.write(Introduction.own(limits));
    peer.coding(agreed.coding());
    idleNanos = TimeUnit.MILLISECONDS.toNanos(agreed.idleMillis());
    phase = Phase.LOGIN;
    peer.write(
        new Struct(Type.BROKER_INFO)
            .with(
                Field.BROKER_ID,
                new Struct(Type.BROKER_ID).with(Field.VALUE, peer.protocol().brokerId()))
            .with(Field.BROKER_NAME, peer.protocol().brokerName()));
  }

  private void beforeLogin(Struct struct) {
    switch (struct.type()) {
      case CONNECTION_INFO -> {
        login = struct;
        authenticate(struct);
      }
      case SHUTDOWN_INFO -> {
        peer.answer(struct);
        close("");
      }
      default -> peer.answer(struct);
    }
  }

  private void authenticate(Struct info) {
    String said = info.text(Field.USER_NAME);
    String user = said == null ? "" : said;
    String password = info.text(Field.PASSWORD);
    if (user.isEmpty() || !wiring.authenticator().mechanisms().contains("PLAIN")) {
      checked(user, wiring.authenticator().anonymous());
      return;
    }
    phase = Phase.CHECKING;
    byte[] secret = (password == null ? "" : password).getBytes(StandardCharsets.UTF_8);
    wiring
        .authenticator()
        .plain(user, secret, found -> guarded(peer.now(), () -> checked(user, found)));
  }

  private void checked(String user, Optional<Principal> found) {
    Struct info = login;
    if (phase == Phase.CLOSED || info == null) {
      return;
    }
    if (found.isEmpty()) {
      peer.fail(info, Faults.notAuthenticated(user));
      close("not authenticated: user \"" + printable(user) + "\"");
      return;
    }
    phase = Phase.CONNECTING;
    phaseDeadline = NEVER;
    frames.max(limits.frameBytes());
    peer.again(info.flag(Field.FAILOVER_RECONNECT));
    String name = Ids.connection(info.needed(Field.CONNECTION_ID));
    String clientId = info.text(Field.CLIENT_ID);
    peer.connect(
        new Command.Connect(
            wiring.connection(),
            found.get(),
            clientId == null || clientId.isEmpty() ? name : clientId,
            true,
            wiring.remoteAddress(),
            wiring.outlet(),
            name));
  }

  private static String printable(String user) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(user.length(), 64); i++) {
      char c = user.charAt(i);
      text.append(c >= 0x20 && c < 0x7f && c != '"' ? c : '?');
    }
    return text.toString();
  }

  @Override
  public void emit(Output output, Now now) {
    guarded(
        now,
        () -> {
          if (!peer.connected()) {
            return;
          }
          switch (output) {
            case Output.Connected _ -> connected();
            case Output.ConnectionClosed(Refusal refusal) -> end(refusal);
            default -> {
              if (handingOver(output)) {
                close("");
              } else {
                peer.emit(output);
              }
            }
          }
        });
  }

  /// Told as the fate of one message, a hand-over would be an error in the application. As the end of the connection
  /// it makes the client connect to the other node and send again what has no answer.
  private static boolean handingOver(Output output) {
    Refusal refusal =
        switch (output) {
          case Output.Sent sent -> sent.refusal();
          case Output.Ended ended -> ended.refusal();
          case Output.LinkRefused refused -> refused.refusal();
          case Output.LinkClosed closed -> closed.refusal();
          default -> null;
        };
    return refusal != null && refusal.reason() == Refusal.Reason.HANDING_OVER;
  }

  private void connected() {
    Struct info = login;
    login = null;
    if (info == null) {
      return;
    }
    phase = Phase.OPEN;
    peer.answer(info);
    List<String> brokers = peer.protocol().brokers().get();
    if (info.flag(Field.MANAGEABLE) && !brokers.isEmpty()) {
      peer.write(
          new Struct(Type.CONNECTION_CONTROL)
              .with(Field.FAULT_TOLERANT, true)
              .with(Field.CONNECTED_BROKERS, String.join(",", brokers)));
    }
    work();
  }

  @Override
  public void writable(Now now) {
    lastRead = now.nanos();
    guarded(now, conversation::pump);
  }

  @Override
  public void end(Refusal refusal, Now now) {
    guarded(now, () -> end(refusal));
  }

  /// Without an error, so that a client with failover connects again, and somewhere else.
  private void end(Refusal refusal) {
    Struct info = login;
    if (info != null) {
      peer.fail(info, Faults.connecting(refusal));
      close(refusal.text());
      return;
    }
    close(refusal.reason() == Refusal.Reason.HANDING_OVER ? "" : refusal.text());
  }

  @Override
  public long tick(Now now) {
    guarded(now, this::due);
    return deadline();
  }

  private void due() {
    long nanos = peer.now().nanos();
    if (phase == Phase.CLOSED) {
      return;
    }
    if (phaseDeadline != NEVER && nanos - phaseDeadline >= 0) {
      close("the peer did not introduce itself in time");
    } else if (listening() && nanos - lastRead >= idleNanos) {
      close("nothing came from the peer for " + idleNanos / 1_000_000 + " ms");
    } else {
      if (starved != NEVER) {
        work();
      }
      conversation.due();
      if (idleNanos > 0 && nanos - peer.lastWrite() >= idleNanos / 3) {
        peer.write(new Struct(Type.KEEP_ALIVE_INFO));
      }
    }
  }

  private boolean listening() {
    return idleNanos > 0
        && phase != Phase.INTRODUCTION
        && open
        && mayRead()
        && !peer.held()
        && peer.writable();
  }

  private long deadline() {
    if (phase == Phase.CLOSED) {
      return NEVER;
    }
    long next = Math.min(phaseDeadline, conversation.deadline());
    if (starved != NEVER) {
      next = Math.min(next, starved + BodyRoom.RETRY_NANOS);
    }
    if (listening()) {
      next = Math.min(next, lastRead + idleNanos);
    }
    return idleNanos > 0 && phase != Phase.INTRODUCTION
        ? Math.min(next, peer.lastWrite() + idleNanos / 3)
        : next;
  }

  @Override
  public void lost(Now now) {
    guarded(
        now,
        () -> {
          phase = Phase.CLOSED;
          peer.coming().giveAllBack();
          peer.going().giveAllBack();
          peer.disconnect(false);
        });
  }

  /// Runs one step so that nothing that a peer sends can hurt any connection but its own.
  private void guarded(Now now, Runnable step) {
    peer.now(now);
    try {
      step.run();
    } catch (Malformed malformed) {
      fail(malformed.text());
    } catch (RuntimeException bug) {
      fail("internal error: " + bug);
    }
  }

  private void fail(String reason) {
    if (phase != Phase.CLOSED && phase != Phase.INTRODUCTION) {
      peer.write(
          new Struct(Type.CONNECTION_ERROR)
              .with(Field.EXCEPTION, new Fault("java.io.IOException", reason)));
    }
    close(reason);
  }

  private void close(String reason) {
    if (phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CLOSED;
    peer.disconnect(false);
    peer.coming().giveAllBack();
    peer.going().giveAllBack();
    waiting.clear();
    frames.clear();
    wiring.line().close(reason);
  }
}
