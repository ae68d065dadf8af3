package io.batonmq.wire.amqp;

import io.batonmq.message.ContentReader;
import io.batonmq.message.Format;
import io.batonmq.queue.Disposition;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Wiring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.types.Symbol;
import org.jspecify.annotations.Nullable;

/// What the links of one connection share: the way to the broker, the numbers that name them there, and
/// what has to be done when the frame at hand has been read.
final class Conversation {
  private static final byte[] NOBODY = {};

  private final Wiring wiring;
  private final AmqpLimits limits;
  private final Transactions transactions;
  private final Map<Integer, AmqpLink> links = new HashMap<>();
  private final List<Runnable> afterFrame = new ArrayList<>();
  private int numbers;
  private Now now;
  private boolean connected;
  private boolean held;
  private int partialBytes;
  private Command.@Nullable Settle settling;
  private String containerId = "";
  private final boolean saysUser;
  private final Map<Format, ContentReader> readers;

  /// What each message says of its user; null where it says what it likes.
  private byte @Nullable [] userId;

  private @Nullable Malformed failure;

  Conversation(Wiring wiring, AmqpProtocol protocol, Now now) {
    this.wiring = wiring;
    this.limits = protocol.limits();
    this.saysUser = protocol.saysUser();
    this.readers = protocol.readers();
    this.now = now;
    this.transactions = new Transactions(this);
  }

  AmqpLimits limits() {
    return limits;
  }

  /// Who reads messages that came by other protocols.
  Map<Format, ContentReader> readers() {
    return readers;
  }

  Transactions transactions() {
    return transactions;
  }

  long connection() {
    return wiring.connection();
  }

  boolean lineWritable() {
    return wiring.line().writable();
  }

  Now now() {
    return now;
  }

  void now(Now now) {
    this.now = now;
  }

  String containerId() {
    return containerId;
  }

  /// What a message is to say of its user, in UTF-8, empty for nobody; null for what the peer says.
  byte @Nullable [] userId() {
    return userId;
  }

  /// Introduces the connection to the broker.
  void connect(Command.Connect connect) {
    connected = true;
    containerId = connect.clientId();
    if (saysUser) {
      byte[] name = connect.principal().name().getBytes(StandardCharsets.UTF_8);
      // Nobody rather than a part of a name, which may be somebody else's.
      userId = name.length <= limits.nameBytes() ? name : NOBODY;
    }
    submit(connect);
  }

  /// Takes leave of the broker, once.
  void disconnect(boolean clean) {
    if (connected) {
      submit(new Command.Disconnect(connection(), clean));
      connected = false;
    }
  }

  boolean connected() {
    return connected;
  }

  void submit(Command command) {
    flush();
    put(command);
  }

  private void put(Command command) {
    if (connected && !wiring.gateway().submit(command)) {
      held = true;
    }
  }

  /// Whether the broker's inbox was full, so that nothing is read from the peer.
  boolean held() {
    return held;
  }

  void readOn() {
    held = false;
  }

  /// Settles one delivery. Neighbours that are settled alike in one frame become one command.
  void settle(int link, long delivery, Disposition disposition, long transaction, boolean answer) {
    Command.Settle before = settling;
    if (before != null
        && before.link() == link
        && before.last() + 1 == delivery
        && before.disposition() == disposition
        && before.transaction() == transaction
        && before.answer() == answer) {
      settling =
          new Command.Settle(
              connection(), link, before.first(), delivery, disposition, transaction, answer);
      return;
    }
    flush();
    settling =
        new Command.Settle(
            connection(), link, delivery, delivery, disposition, transaction, answer);
  }

  private void flush() {
    Command.Settle settle = settling;
    if (settle != null) {
      settling = null;
      put(settle);
    }
  }

  /// Does what had to wait for the end of the frame.
  void frameRead() {
    flush();
    while (!afterFrame.isEmpty()) {
      List<Runnable> tasks = List.copyOf(afterFrame);
      afterFrame.clear();
      tasks.forEach(Runnable::run);
    }
  }

  void afterFrame(Runnable task) {
    afterFrame.add(task);
  }

  /// A number for a new link.
  int number() {
    return numbers++;
  }

  void add(AmqpLink link) {
    links.put(link.number(), link);
  }

  void remove(AmqpLink link) {
    links.remove(link.number());
  }

  @Nullable AmqpLink link(int number) {
    return links.get(number);
  }

  List<AmqpLink> links() {
    return List.copyOf(links.values());
  }

  /// Counts bytes of unfinished messages.
  ///
  /// @return false if that is too many
  boolean reserve(int bytes) {
    partialBytes += bytes;
    return partialBytes <= limits.partialBytes();
  }

  void release(int bytes) {
    partialBytes -= bytes;
  }

  /// Ends the connection when the frame has been read: an exception would be lost on its way through
  /// the engine.
  void fail(Malformed malformed) {
    if (failure == null) {
      failure = malformed;
    }
  }

  void fail(Symbol condition, String text) {
    fail(Malformed.of(condition, text));
  }

  @Nullable Malformed failure() {
    return failure;
  }
}
