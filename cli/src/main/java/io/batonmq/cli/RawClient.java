package io.batonmq.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.jspecify.annotations.Nullable;

/// A client that sends messages as the bytes that they are, and looks at them so. A JMS client would take
/// them apart and put them together again, and no two of them do that alike.
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;

  /// Unanswered messages.
  private static final int WINDOW = 500;

  private static final EnumSet<EndpointState> OURS = EnumSet.of(EndpointState.ACTIVE);
  private static final EnumSet<EndpointState> THEIRS = EnumSet.of(EndpointState.CLOSED);

  private final String where;
  private final boolean named;
  private final Socket socket = new Socket();
  private final Transport transport = Proton.transport();
  private final Connection connection = Proton.connection();
  private final Session session;
  private final Deque<Delivery> unanswered = new ArrayDeque<>();
  private final byte[] buffer = new byte[64 << 10];
  private long tags;

  RawClient(BrokerAccess access) throws IOException {
    where = access.url().written();
    URI uri = URI.create(access.url().uri());
    if (access.url().failsOver() || !"amqp".equals(uri.getScheme())) {
      throw UserException.usage("--url: this command needs one address, such as tcp://host:61616");
    }
    Sasl sasl = transport.sasl();
    sasl.client();
    named = access.user().isPresent();
    if (named) {
      sasl.plain(access.user().orElseThrow(), access.password().orElse(""));
    } else {
      sasl.setMechanisms("ANONYMOUS");
    }
    transport.bind(connection);
    connection.setContainer(access.clientId().orElseGet(() -> "baton-" + UUID.randomUUID()));
    connection.setHostname(uri.getHost());
    session = connection.session();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    try {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), TIMEOUT_MILLIS);
      connection.open();
      session.open();
      await(() -> session.getRemoteState() == EndpointState.ACTIVE);
    } catch (ConnectException e) {
      socket.close();
      throw UserException.failed("nobody listens at " + where + "; is the broker running?");
    } catch (UnknownHostException e) {
      socket.close();
      throw UserException.failed(where + ": the host is not known");
    } catch (SocketTimeoutException e) {
      socket.close();
      throw UserException.failed(silent());
    } catch (IOException | UserException e) {
      socket.close();
      throw e;
    }
  }

  /// What the broker calls its software; empty if it does not say.
  String product() {
    var properties = connection.getRemoteProperties();
    var product = properties == null ? null : properties.get(Symbol.valueOf("product"));
    return product == null ? "" : product.toString();
  }

  /// Where messages go.
  ///
  /// @param address with the name of the queue, `address::queue`, where that differs
  Sender sender(String address) throws IOException {
    Sender sender = session.sender("sender-" + tags++);
    Target target = new Target();
    target.setAddress(address);
    target.setCapabilities(Symbol.valueOf("queue"));
    sender.setTarget(target);
    sender.setSource(new Source());
    sender.open();
    await(() -> opened(sender, sender.getRemoteTarget() != null));
    return sender;
  }

  /// Sends one, and does not wait for its answer unless many are missing.
  ///
  /// @param message all its sections
  void send(Sender sender, ByteBuffer message) throws IOException {
    await(() -> sender.getCredit() > 0 && answered() < WINDOW);
    byte[] tag = ByteBuffer.allocate(Long.BYTES).putLong(tags++).array();
    Delivery delivery = sender.delivery(tag);
    byte[] bytes = new byte[message.remaining()];
    message.duplicate().get(bytes);
    sender.send(bytes, 0, bytes.length);
    sender.advance();
    unanswered.add(delivery);
    write();
  }

  /// Waits until all that was sent is accepted.
  void finish() throws IOException {
    await(() -> answered() == 0);
  }

  /// How many have no answer yet.
  private int answered() {
    for (Delivery first = unanswered.peek();
        first != null && first.getRemoteState() != null;
        first = unanswered.peek()) {
      if (!(first.getRemoteState() instanceof Accepted)) {
        throw UserException.failed(where + " does not take a message: " + first.getRemoteState());
      }
      first.settle();
      unanswered.remove();
    }
    return unanswered.size();
  }

  /// Shows every message that a queue has now, and leaves it there.
  void browse(String address, Consumer<ByteBuffer> seen) throws IOException {
    Receiver receiver = session.receiver("browser-" + tags++);
    Source source = new Source();
    source.setAddress(address);
    source.setDistributionMode(Symbol.valueOf("copy"));
    source.setCapabilities(Symbol.valueOf("queue"));
    receiver.setSource(source);
    receiver.setTarget(new Target());
    receiver.open();
    await(() -> opened(receiver, receiver.getRemoteSource() != null));
    int[] came = {0};
    do {
      came[0] = 0;
      receiver.drain(WINDOW);
      await(() -> {
        came[0] += take(receiver, seen);
        return !receiver.draining();
      });
    } while (came[0] > 0);
    receiver.close();
    receiver.free();
  }

  private static int take(Receiver receiver, Consumer<ByteBuffer> seen) {
    int count = 0;
    for (Delivery next = receiver.current();
        next != null && !next.isPartial();
        next = receiver.current()) {
      byte[] bytes = new byte[next.pending()];
      receiver.recv(bytes, 0, bytes.length);
      receiver.advance();
      next.disposition(Accepted.getInstance());
      next.settle();
      seen.accept(ByteBuffer.wrap(bytes));
      count++;
    }
    return count;
  }

  /// @param there whether the peer names its end too: without, it is about to refuse
  private static boolean opened(Link link, boolean there) {
    return link.getRemoteState() == EndpointState.ACTIVE && there;
  }

  private void await(BooleanSupplier condition) throws IOException {
    while (!condition.getAsBoolean()) {
      write();
      refuse();
      read();
    }
  }

  private void write() throws IOException {
    for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
      ByteBuffer head = transport.head();
      byte[] bytes = new byte[head.remaining()];
      head.get(bytes);
      socket.getOutputStream().write(bytes);
      transport.pop(bytes.length);
    }
  }

  private void read() throws IOException {
    int count;
    try {
      count = socket.getInputStream().read(buffer);
    } catch (SocketTimeoutException e) {
      throw UserException.failed(silent());
    }
    if (count < 0) {
      refuse();
      throw new IOException(where + " closed the connection");
    }
    for (int at = 0; at < count; ) {
      ByteBuffer tail = transport.tail();
      int some = Math.min(tail.remaining(), count - at);
      tail.put(buffer, at, some);
      at += some;
      transport.process();
    }
    refuse();
  }

  private String silent() {
    return where + " does not answer within " + TIMEOUT_MILLIS / 1000 + " s";
  }

  private UserException closed(String what, @Nullable ErrorCondition condition) {
    var reason =
        condition == null
            ? null
            : condition.getDescription() != null
                ? condition.getDescription()
                : condition.getCondition();
    return UserException.failed(
        where + ": " + (reason == null ? "closed the " + what + " without a reason" : reason));
  }

  /// What the peer has closed, it has closed for a reason.
  private void refuse() {
    if (transport.sasl().getOutcome() == Sasl.PN_SASL_AUTH) {
      throw UserException.failed(
          where
              + (named
                  ? " does not accept this user and password"
                  : " asks who you are: give --user and --password"));
    }
    if (connection.getRemoteState() == EndpointState.CLOSED) {
      throw closed("connection", connection.getRemoteCondition());
    }
    Link closed = connection.linkHead(OURS, THEIRS);
    if (closed != null) {
      throw closed("link", closed.getRemoteCondition());
    }
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      connection.close();
      write();
    }
  }
}
