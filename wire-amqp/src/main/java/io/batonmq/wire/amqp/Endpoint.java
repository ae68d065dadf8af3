package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import io.batonmq.session.Output;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.impl.ProtonByteArrayBufferAllocator;
import org.apache.qpid.protonj2.engine.AMQPPerformativeEnvelopePool;
import org.apache.qpid.protonj2.engine.Connection;
import org.apache.qpid.protonj2.engine.EngineHandler;
import org.apache.qpid.protonj2.engine.EngineHandlerContext;
import org.apache.qpid.protonj2.engine.HeaderEnvelope;
import org.apache.qpid.protonj2.engine.IncomingAMQPEnvelope;
import org.apache.qpid.protonj2.engine.LinkState;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.engine.Session;
import org.apache.qpid.protonj2.engine.impl.ProtonEngine;
import org.apache.qpid.protonj2.engine.impl.ProtonFrameEncodingHandler;
import org.apache.qpid.protonj2.engine.impl.ProtonPerformativeHandler;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.messaging.Terminus;
import org.apache.qpid.protonj2.types.transactions.Coordinator;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.Attach;
import org.apache.qpid.protonj2.types.transport.Detach;
import org.apache.qpid.protonj2.types.transport.End;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.apache.qpid.protonj2.types.transport.Flow;
import org.apache.qpid.protonj2.types.transport.Performative;
import org.apache.qpid.protonj2.types.transport.Transfer;
import org.jspecify.annotations.Nullable;

/// protonj2's engine with what surrounds it here: performatives that [Performatives] has read go in, frames
/// come out, and its events become links. It keeps the state of connection, sessions and links; it sees
/// neither SASL nor undecoded bytes.
///
/// Three of its habits are worked around, each where it hurts: an exception in a handler must not pass
/// through it (it would fail the engine with `internal-error`); a Flow that names a link wakes only that
/// link although it may open the session's window for all; and see [EngineSession].
final class Endpoint {
  private static final Symbol[] OFFERED = {
    Names.ANONYMOUS_RELAY, Names.DELAYED_DELIVERY, Names.SHARED_SUBS
  };
  private static final String PRODUCT = "baton";

  private final AmqpProtocol protocol;
  private final Conversation conversation;
  private final Consumer<ByteBuffer> out;
  private final ProtonEngine engine = new ProtonEngine();
  private final Connection connection = engine.connection();
  private final Barrier barrier = new Barrier();
  private final AMQPPerformativeEnvelopePool<IncomingAMQPEnvelope> envelopes =
      AMQPPerformativeEnvelopePool.incomingEnvelopePool();
  private final Map<Integer, EngineSession> sessions = new HashMap<>();
  private int channel;
  private long handle;

  Endpoint(AmqpProtocol protocol, Conversation conversation, Consumer<ByteBuffer> out) {
    this.protocol = protocol;
    this.conversation = conversation;
    this.out = out;
  }

  /// Takes the peer's AMQP header and answers it.
  void start() {
    engine.pipeline().addLast("amqp", new ProtonPerformativeHandler());
    engine.pipeline().addLast("encoder", new ProtonFrameEncodingHandler());
    engine.pipeline().addLast("barrier", barrier);
    engine.outputHandler(this::written);
    engine.errorHandler(_ -> {});
    // What the peer is told should the engine find that it broke a rule.
    connection.setCondition(
        new ErrorCondition(AmqpError.ILLEGAL_STATE, "the peer broke a rule of the protocol"));
    connection.setContainerId(protocol.containerId());
    connection.setMaxFrameSize(protocol.limits().frameBytes());
    connection.setChannelMax(protocol.limits().sessions() - 1);
    connection.setIdleTimeout(protocol.limits().idleMillis() / 2);
    connection.setOfferedCapabilities(OFFERED);
    connection.sessionOpenHandler(this::begun);
    connection.senderOpenHandler(this::consumes);
    connection.receiverOpenHandler(this::produces);
    engine.start();
    engine.pipeline().fireRead(HeaderEnvelope.AMQP_HEADER_ENVELOPE);
  }

  private void written(ProtonBuffer buffer, @Nullable Runnable complete) {
    byte[] bytes = new byte[buffer.getReadableBytes()];
    buffer.readBytes(bytes, 0, bytes.length);
    out.accept(ByteBuffer.wrap(bytes));
    if (complete != null) {
      complete.run();
    }
  }

  boolean remotelyOpen() {
    return connection.isRemotelyOpen();
  }

  String remoteContainerId() {
    return connection.getRemoteContainerId();
  }

  long remoteIdleMillis() {
    return connection.getRemoteIdleTimeout();
  }

  /// Whether the peer wants no other connection to have its container id.
  boolean wantsToBeAlone() {
    return Names.contains(connection.getRemoteDesiredCapabilities(), Names.SOLE_CONNECTION);
  }

  void open() {
    List<Map<Symbol, Object>> servers = new ArrayList<>();
    for (AmqpProtocol.FailoverServer server : protocol.failover().get()) {
      Map<Symbol, Object> entry = new LinkedHashMap<>();
      entry.put(Names.HOSTNAME, server.host());
      entry.put(Names.NETWORK_HOST, server.host());
      entry.put(Names.PORT, server.port());
      entry.put(Names.SCHEME, server.scheme());
      servers.add(entry);
    }
    Map<Symbol, Object> properties = new LinkedHashMap<>();
    properties.put(Names.PRODUCT, PRODUCT);
    if (!servers.isEmpty()) {
      properties.put(Names.FAILOVER_SERVER_LIST, servers);
    }
    connection.setProperties(properties);
    connection.open();
  }

  /// Opens only to say in Close why it cannot (AMQP 1.0 §2.4.1 lets no Close stand alone).
  void failToOpen() {
    if (engine.isRunning() && !connection.isLocallyOpen() && !connection.isLocallyClosed()) {
      connection.setProperties(Map.of(Names.OPEN_FAILED, true));
      connection.open();
    }
  }

  void close(@Nullable ErrorCondition error) {
    if (engine.isRunning()) {
      connection.setCondition(error);
      connection.open();
      connection.close();
    }
  }

  /// Hands a frame to the engine.
  void read(Performative performative, int onChannel, Described body, int frameEnd) {
    channel = onChannel;
    EngineSession session = sessions.get(onChannel);
    switch (performative) {
      case Attach attach -> handle = attach.getHandle();
      case Flow flow when session != null && flow.hasHandle() -> wakeOthers(session, flow);
      case Transfer transfer when session != null -> session.transfer(transfer);
      case Detach detach when session != null -> {
        AmqpLink link = session.link(detach.getHandle());
        if (link != null) {
          link.detaching();
        }
      }
      case End _ when session != null -> session.end();
      default -> {}
    }
    inject(performative, onChannel, payload(performative, body, frameEnd));
    switch (performative) {
      case Transfer transfer when session != null -> session.transferred(transfer);
      case Detach detach when session != null -> {
        AmqpLink link = session.detached(detach.getHandle());
        if (link != null) {
          link.detached(detach.getClosed());
        }
      }
      case End _ -> sessions.remove(onChannel);
      default -> {}
    }
    if (engine.isFailed()) {
      throw Malformed.of(AmqpError.ILLEGAL_STATE, "" + engine.failureCause().getMessage());
    }
    if (connection.isLocallyClosed()) {
      // By the engine itself: a channel or handle was beyond what Open and Begin allow.
      throw Malformed.framing(connection.getCondition().getDescription());
    }
  }

  private static @Nullable ProtonBuffer payload(
      Performative performative, Described body, int frameEnd) {
    return performative instanceof Transfer && frameEnd > body.end()
        ? ProtonByteArrayBufferAllocator.wrapped(body.bytes(), body.end(), frameEnd - body.end())
        : null;
  }

  private void wakeOthers(EngineSession session, Flow flow) {
    if (session.waits()) {
      Flow window = flow.copy();
      window.clearHandle();
      window.setEcho(false);
      inject(window, channel, null);
    }
  }

  private void inject(Performative performative, int onChannel, @Nullable ProtonBuffer payload) {
    if (!engine.isRunning()) {
      return;
    }
    engine.pipeline().fireRead(envelopes.take(performative, onChannel, payload));
    RuntimeException thrown = barrier.take();
    if (thrown instanceof Malformed malformed) {
      throw malformed;
    } else if (thrown != null) {
      throw Malformed.of(AmqpError.ILLEGAL_STATE, "" + thrown.getMessage());
    }
  }

  private void begun(Session session) {
    EngineSession known =
        new EngineSession(
            conversation, channel, (performative, on) -> inject(performative, on, null));
    sessions.put(channel, known);
    // The engine ends a session by itself, for a handle that is in use: then its links are gone.
    session.localCloseHandler(_ -> known.end());
    session.setHandleMax(protocol.limits().links() - 1L);
    session.closeHandler(Session::close);
    session.open();
  }

  private @Nullable EngineSession attaching(LinkState state) {
    if (state != LinkState.IDLE) {
      conversation.fail(AmqpError.ILLEGAL_STATE, "a link of that name is attached already");
      return null;
    }
    return sessions.get(channel);
  }

  private void consumes(Sender sender) {
    EngineSession session = attaching(sender.getState());
    if (session != null) {
      OutgoingLink link = new OutgoingLink(conversation, sender, session);
      session.attached(handle, link);
      link.attach();
    }
  }

  private void produces(Receiver receiver) {
    EngineSession session = attaching(receiver.getState());
    if (session == null) {
      return;
    }
    Terminus target = receiver.getRemoteTarget();
    if (target instanceof Coordinator) {
      CoordinatorLink link = new CoordinatorLink(conversation, receiver, conversation.number());
      session.attached(handle, link);
      link.attach();
    } else {
      IncomingLink link =
          new IncomingLink(
              conversation, receiver, session, target instanceof Target plain ? plain : null);
      session.attached(handle, link);
      link.attach();
    }
  }

  static @Nullable Refusal refusal(Output output) {
    return switch (output) {
      case Output.LinkRefused refused -> refused.refusal();
      case Output.LinkClosed closed -> closed.refusal();
      case Output.Sent sent -> sent.refusal();
      case Output.Settled settled -> settled.refusal();
      case Output.Ended ended -> ended.refusal();
      default -> null;
    };
  }

  /// Passes on what the broker says of a link. One that is gone swallows it.
  void told(Output output) {
    switch (output) {
      case Output.TemporaryMade(int number, String address) -> {
        switch (conversation.link(number)) {
          case IncomingLink link -> link.made(address);
          case OutgoingLink link -> link.made(address);
          case null, default -> {}
        }
      }
      case Output.ProducerOpened(int number, int credit) -> {
        if (conversation.link(number) instanceof IncomingLink link) {
          link.opened(credit);
        }
      }
      case Output.Grant(int number, int credit) -> {
        if (conversation.link(number) instanceof IncomingLink link) {
          link.granted(credit);
        }
      }
      case Output.Withdraw(int number) -> {
        if (conversation.link(number) instanceof IncomingLink link) {
          link.withdraw();
        }
      }
      case Output.Sent(int number, long delivery, Refusal refusal) -> {
        if (conversation.link(number) instanceof IncomingLink link) {
          link.sent(delivery, refusal);
        }
      }
      case Output.ConsumerOpened(int number, String address) -> {
        if (conversation.link(number) instanceof OutgoingLink link) {
          link.opened(address);
        }
      }
      case Output.Delivered delivered -> {
        if (conversation.link(delivered.link()) instanceof OutgoingLink link) {
          link.delivered(delivered);
        }
      }
      case Output.Fragment fragment -> {
        if (conversation.link(fragment.link()) instanceof OutgoingLink link) {
          link.fragment(fragment);
        }
      }
      case Output.Drained drained -> {
        if (conversation.link(drained.link()) instanceof OutgoingLink link) {
          link.drained(drained);
        }
      }
      case Output.Settled settled -> {
        if (conversation.link(settled.link()) instanceof OutgoingLink link) {
          link.settled(settled.first(), settled.last());
        }
      }
      case Output.LinkRefused(int number, Refusal refusal) -> {
        AmqpLink link = conversation.link(number);
        if (link != null) {
          link.refused(refusal);
        }
      }
      case Output.LinkClosed(int number, Refusal refusal) -> {
        AmqpLink link = conversation.link(number);
        if (link != null) {
          link.closed(refusal);
        }
      }
      case Output.Begun(long request, long transaction) ->
          conversation.transactions().begun(request, transaction);
      case Output.Ended(long request, Refusal refusal) ->
          conversation.transactions().ended(request, refusal);
      // Nobody here asks for branches of distributed transactions: AMQP 1.0 has none.
      case Output.ReadOnly _, Output.Recovered _, Output.Restored _ -> {}
      case Output.Connected _, Output.ConnectionClosed _, Output.News _, Output.Managed _ -> {}
    }
  }

  /// The line has room again.
  void pump() {
    for (AmqpLink link : conversation.links()) {
      if (link instanceof OutgoingLink outgoing) {
        outgoing.pump();
      }
    }
  }

  /// Keeps exceptions of handlers and of the engine itself from passing through the engine.
  private static final class Barrier implements EngineHandler {
    private @Nullable RuntimeException thrown;

    @Override
    public void handleRead(EngineHandlerContext context, IncomingAMQPEnvelope envelope) {
      try {
        context.fireRead(envelope);
      } catch (RuntimeException exception) {
        thrown = exception;
      }
    }

    @Nullable RuntimeException take() {
      RuntimeException taken = thrown;
      thrown = null;
      return taken;
    }
  }
}
