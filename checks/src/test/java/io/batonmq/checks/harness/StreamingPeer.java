package io.batonmq.checks.harness;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;

/// A client that sends and takes messages of any size without ever having one whole: its bytes are made from a
/// number as they leave, and looked at as they come.
public final class StreamingPeer implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int PIECE = 64 << 10;
  private static final int UNSENT_MAX = 1 << 20;

  private final Socket socket = new Socket();
  private final Transport transport = Proton.transport();
  private final Connection connection = Proton.connection();
  private final Session session;
  private final byte[] buffer = new byte[256 << 10];
  private int links;

  public StreamingPeer(int port) throws IOException {
    transport.setMaxFrameSize(PIECE + 512);
    var sasl = transport.sasl();
    sasl.client();
    sasl.plain(NodePlan.USER, NodePlan.PASSWORD);
    transport.bind(connection);
    connection.setContainer("streaming");
    session = connection.session();
    session.setIncomingCapacity(4 << 20);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
    connection.open();
    session.open();
  }

  /// What was taken of a message.
  ///
  /// @param bytes of its body
  /// @param sum CRC-32C of them
  public record Taken(long bytes, long sum) {}

  /// What stands before the body: that it is durable, and its name.
  private static byte[] front(String id) {
    byte[] name = id.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(15 + name.length)
        // header: durable
        .put(new byte[] {0, 0x53, 0x70, (byte) 0xc0, 2, 1, 0x41})
        // properties: message-id
        .put(new byte[] {0, 0x53, 0x73, (byte) 0xc0, (byte) (3 + name.length), 1})
        .put(new byte[] {(byte) 0xa1, (byte) name.length})
        .put(name)
        .array();
  }

  /// A body of so many bytes, some of it: a number for each eight.
  private static void fill(byte[] piece, long at) {
    ByteBuffer numbers = ByteBuffer.wrap(piece);
    for (long number = at / 8; numbers.remaining() >= 8; number++) {
      numbers.putLong(number * 0x9E37_79B9_7F4A_7C15L);
    }
  }

  /// The sum of a body of so many bytes.
  public static long sum(long bytes) {
    CRC32C sum = new CRC32C();
    byte[] piece = new byte[PIECE];
    for (long at = 0; at < bytes; at += PIECE) {
      fill(piece, at);
      sum.update(piece, 0, (int) Math.min(PIECE, bytes - at));
    }
    return sum.getValue();
  }

  /// Sends a message whose body has so many bytes, and waits until it is accepted.
  public void send(String queue, String id, long bytes) throws IOException {
    Delivery delivery = begin(queue, id, bytes, bytes);
    await(() -> delivery.getRemoteState() != null);
    if (!(delivery.getRemoteState() instanceof Accepted)) {
      throw new IOException("not accepted: " + delivery.getRemoteState());
    }
    delivery.settle();
  }

  /// Sends only the first bytes of it, and says no more.
  public void sendPart(String queue, String id, long bytes, long part) throws IOException {
    begin(queue, id, bytes, part);
  }

  private Delivery begin(String queue, String id, long bytes, long part) throws IOException {
    Sender sender = session.sender("sender-" + links++);
    Target target = new Target();
    target.setAddress(queue);
    target.setCapabilities(Symbol.valueOf("queue"));
    sender.setTarget(target);
    sender.setSource(new Source());
    sender.open();
    await(() -> sender.getCredit() > 0);
    Delivery delivery = sender.delivery(new byte[] {(byte) links});
    byte[] front = front(id);
    sender.send(front, 0, front.length);
    byte[] data =
        ByteBuffer.allocate(8)
            .put(new byte[] {0, 0x53, 0x75, (byte) 0xb0})
            .putInt(Math.toIntExact(bytes))
            .array();
    sender.send(data, 0, data.length);
    byte[] piece = new byte[PIECE];
    for (long at = 0; at < part; at += PIECE) {
      fill(piece, at);
      sender.send(piece, 0, (int) Math.min(PIECE, part - at));
      await(() -> session.getOutgoingBytes() < UNSENT_MAX);
    }
    if (part == bytes) {
      sender.advance();
    }
    write();
    return delivery;
  }

  /// Takes the next message of a queue.
  public Taken take(String queue) throws IOException {
    Receiver receiver = session.receiver("receiver-" + links++);
    Source source = new Source();
    source.setAddress(queue);
    source.setCapabilities(Symbol.valueOf("queue"));
    receiver.setSource(source);
    receiver.setTarget(new Target());
    receiver.open();
    receiver.flow(1);
    await(() -> receiver.current() != null);
    Delivery delivery = receiver.current();
    Body body = new Body();
    boolean more = true;
    while (more) {
      await(() -> delivery.available() > 0 || !delivery.isPartial());
      if (delivery.isAborted()) {
        throw new EOFException("aborted after " + body.bytes + " bytes");
      }
      more = delivery.isPartial();
      for (int count = receiver.recv(buffer, 0, buffer.length);
          count > 0;
          count = receiver.recv(buffer, 0, buffer.length)) {
        body.add(buffer, count);
      }
      write();
    }
    delivery.disposition(Accepted.getInstance());
    delivery.settle();
    receiver.advance();
    receiver.close();
    write();
    return new Taken(body.bytes, body.sum.getValue());
  }

  /// The content of the data section that the last sections of a message are.
  private static final class Body {
    private static final byte[] BEGIN = {0, 0x53, 0x75, (byte) 0xb0};

    final CRC32C sum = new CRC32C();
    long bytes;
    private int matched;
    private int length;

    void add(byte[] some, int count) {
      int at = 0;
      while (at < count && length < BEGIN.length + Integer.BYTES) {
        if (length < BEGIN.length) {
          matched = some[at] == BEGIN[matched] ? matched + 1 : some[at] == BEGIN[0] ? 1 : 0;
          length = matched;
        } else {
          length++;
        }
        at++;
      }
      sum.update(some, at, count - at);
      bytes += count - at;
    }
  }

  private void await(BooleanSupplier condition) throws IOException {
    while (!condition.getAsBoolean()) {
      write();
      if (condition.getAsBoolean()) {
        return;
      }
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
    int count = socket.getInputStream().read(buffer);
    if (count < 0) {
      throw new EOFException("the broker closed the connection");
    }
    for (int at = 0; at < count; ) {
      ByteBuffer tail = transport.tail();
      int some = Math.min(tail.remaining(), count - at);
      tail.put(buffer, at, some);
      at += some;
      transport.process();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
