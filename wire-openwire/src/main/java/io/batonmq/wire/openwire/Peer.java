package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Notice;
import io.batonmq.session.Output;
import io.batonmq.session.Wiring;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What the parts of one connection share: the way to the peer and to the broker, and the numbers that name
/// links and requests there.
final class Peer {
  private final Wiring wiring;
  private final OpenWireProtocol protocol;
  private final Map<Integer, End> ends = new HashMap<>();
  private final Map<Long, BiConsumer<Output, Now>> requests = new HashMap<>();
  private Coding coding = Coding.FIRST;
  private int links;
  private long lastRequest;
  private int commands;
  private long sequences;
  private boolean connected;
  private boolean held;
  private String name = "";
  private Now now;
  private long lastWrite;
  private String clientId = "";
  private @Nullable String user;
  private String principal = "";
  private boolean again;
  private final Share coming;
  private final Share going;

  /// What a link of the broker belongs to.
  interface End {
    void emit(Output output);
  }

  Peer(Wiring wiring, OpenWireProtocol protocol, Now now) {
    this.wiring = wiring;
    this.protocol = protocol;
    this.now = now;
    this.lastWrite = now.nanos();
    this.coming = new Share(protocol.coming());
    this.going = new Share(protocol.going());
  }

  OpenWireProtocol protocol() {
    return protocol;
  }

  OpenWireLimits limits() {
    return protocol.limits();
  }

  Wiring wiring() {
    return wiring;
  }

  long connection() {
    return wiring.connection();
  }

  Now now() {
    return now;
  }

  void now(Now now) {
    this.now = now;
  }

  void coding(Coding agreed) {
    coding = agreed;
  }

  Coding coding() {
    return coding;
  }

  /// The name of the peer's connection, with which those of its temporary destinations begin.
  String name() {
    return name;
  }

  String clientId() {
    return clientId;
  }

  /// What messages say of their sender; null for what the peer says.
  @Nullable String user() {
    return user;
  }

  /// The user that the peer is.
  String principal() {
    return principal;
  }

  /// Whether the peer says that it has lost an earlier connection, so that it repeats what had no answer.
  boolean again() {
    return again;
  }

  void again(boolean reconnects) {
    again = reconnects;
  }

  /// Memory for the frame that comes.
  Share coming() {
    return coming;
  }

  /// Memory for bodies that go.
  Share going() {
    return going;
  }

  long lastWrite() {
    return lastWrite;
  }

  // To the peer

  void write(Struct struct) {
    lastWrite = now.nanos();
    if (struct.type().has(Field.COMMAND_ID)) {
      struct.with(Field.COMMAND_ID, ++commands);
    }
    wiring.line().write(Encoder.frame(struct, coding));
  }

  /// Answers a command that wants an answer.
  void answer(Struct command) {
    if (command.flag(Field.RESPONSE_REQUIRED)) {
      write(response(Type.RESPONSE, command));
    }
  }

  static Struct response(Type type, Struct command) {
    return new Struct(type).with(Field.CORRELATION_ID, command.number(Field.COMMAND_ID));
  }

  /// Says that a command was not done: as its answer, or else to whoever listens for such news.
  void fail(Struct command, Fault fault) {
    if (command.flag(Field.RESPONSE_REQUIRED)) {
      write(response(Type.EXCEPTION_RESPONSE, command).with(Field.EXCEPTION, fault));
    } else {
      write(new Struct(Type.CONNECTION_ERROR).with(Field.EXCEPTION, fault));
    }
  }

  /// Ends a command: done, or not.
  void end(Struct command, @Nullable Refusal refusal) {
    if (refusal == null) {
      answer(command);
    } else {
      fail(command, Faults.of(refusal));
    }
  }

  boolean writable() {
    return wiring.line().writable();
  }

  // To the broker

  void connect(Command.Connect connect) {
    connected = true;
    clientId = connect.clientId();
    name = connect.peer() == null ? "" : connect.peer();
    principal = connect.principal().name();
    user = protocol.saysUser() ? principal : null;
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

  /// A number for a new link, whose outputs an end is to have.
  int link(End end) {
    int link = ++links;
    ends.put(link, end);
    return link;
  }

  void forget(int link) {
    ends.remove(link);
  }

  /// A number for a request, whose answer somebody is to have.
  long request(BiConsumer<Output, Now> answer) {
    requests.put(++lastRequest, answer);
    return lastRequest;
  }

  /// A number for a delivery: messages that came first have the smaller ones.
  long sequence() {
    return ++sequences;
  }

  /// Brings what the broker says to where it belongs.
  void emit(Output output) {
    switch (output) {
      case Output.ProducerOpened(int link, int _) -> to(link, output);
      case Output.ConsumerOpened(int link, String _) -> to(link, output);
      case Output.TemporaryMade(int link, String _) -> to(link, output);
      case Output.LinkRefused(int link, Refusal _) -> to(link, output);
      case Output.LinkClosed(int link, Refusal _) -> to(link, output);
      case Output.Grant(int link, int _) -> to(link, output);
      case Output.Withdraw(int link) -> to(link, output);
      case Output.Sent sent -> to(sent.link(), output);
      case Output.Delivered delivered -> to(delivered.link(), output);
      case Output.Fragment fragment -> to(fragment.link(), output);
      case Output.Drained(int link) -> to(link, output);
      case Output.Settled settled -> to(settled.link(), output);
      case Output.Restored back -> to(back.link(), output);
      case Output.News(int link, Notice _) -> to(link, output);
      case Output.Begun(long request, long _) -> answer(request, output);
      case Output.Ended(long request, Refusal _) -> answer(request, output);
      case Output.ReadOnly(long request) -> answer(request, output);
      case Output.Recovered recovered -> answer(recovered.request(), output);
      case Output.Connected _, Output.ConnectionClosed _, Output.Managed _ ->
          throw new IllegalStateException("not for a part of a connection: " + output);
    }
  }

  private void to(int link, Output output) {
    End end = ends.get(link);
    if (end != null) {
      end.emit(output);
    }
  }

  private void answer(long request, Output output) {
    BiConsumer<Output, Now> asker = requests.remove(request);
    if (asker != null) {
      asker.accept(output, now);
    }
  }
}
