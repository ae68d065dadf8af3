package io.batonmq.session;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Xid;
import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A connection as a protocol adapter would have it, in as many words as a test needs.
final class TestPeer implements Outlet {
  final TestBroker broker;
  final long connection;
  final List<Output> heard = new ArrayList<>();
  private int lastLink;
  private long lastDelivery;
  private long lastRequest;

  TestPeer(TestBroker broker, long connection, Principal principal, String clientId) {
    this.broker = broker;
    this.connection = connection;
    broker.on(
        new Command.Connect(
            connection, principal, clientId, !clientId.isEmpty(), "here:" + connection, this));
  }

  @Override
  public void emit(Output output) {
    heard.add(output);
    broker.emissions.add(new TestBroker.Emission(this, output));
  }

  <T extends Output> List<T> heard(Class<T> type) {
    return heard.stream().filter(type::isInstance).map(type::cast).toList();
  }

  <T extends Output> T last(Class<T> type) {
    List<T> all = heard(type);
    if (all.isEmpty()) {
      throw new AssertionError("no " + type.getSimpleName() + " in " + heard);
    }
    return all.getLast();
  }

  int producer(@Nullable String address) {
    return producer(address, RoutingType.ANYCAST, null);
  }

  int producer(@Nullable String address, @Nullable RoutingType routing, @Nullable String name) {
    int link = ++lastLink;
    broker.on(new Command.OpenProducer(connection, link, address, routing, name));
    return link;
  }

  static Message message(String body) {
    return message(body, true, 4, 0, null);
  }

  static Message message(
      String body, boolean durable, int priority, long expiry, @Nullable Identity identity) {
    return new Message(
        Format.AMQP,
        durable,
        priority,
        expiry,
        identity,
        null,
        0,
        body.getBytes(StandardCharsets.UTF_8));
  }

  /// What selectors see of a body: `colour=red;size=3` has two properties, a string and a number.
  static Map<String, Object> fields(byte[] bytes, Set<String> names) {
    Map<String, Object> fields = new HashMap<>();
    for (String pair : new String(bytes, StandardCharsets.UTF_8).split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && names.contains(pair.substring(0, equals))) {
        String value = pair.substring(equals + 1);
        boolean number = !value.isEmpty() && value.chars().allMatch(Character::isDigit);
        fields.put(pair.substring(0, equals), number ? (Object) Long.valueOf(value) : value);
      }
    }
    return fields;
  }

  static String body(Message message) {
    return new String(message.bytes(), StandardCharsets.UTF_8);
  }

  long send(int link, String body) {
    return send(link, message(body), 0);
  }

  long send(int link, Message message, long transaction) {
    long delivery = ++lastDelivery;
    broker.on(new Command.Send(connection, link, delivery, null, message, transaction, false));
    return delivery;
  }

  /// Sends a message that nobody is to see before a while has passed.
  long sendLater(int link, String body, long delayMillis) {
    return send(link, message(body).deliveredFrom(broker.wall + delayMillis), 0);
  }

  /// The answer to a sending; null if there is none yet.
  Output.@Nullable Sent answer(long delivery) {
    return heard(Output.Sent.class).stream()
        .filter(sent -> sent.delivery() == delivery)
        .findFirst()
        .orElse(null);
  }

  boolean accepted(long delivery) {
    Output.Sent sent = answer(delivery);
    return sent != null && sent.refusal() == null;
  }

  Refusal.@Nullable Reason refused(long delivery) {
    Output.Sent sent = answer(delivery);
    Refusal refusal = sent == null ? null : sent.refusal();
    return refusal == null ? null : refusal.reason();
  }

  int consumer(String address) {
    return consumer(new Source(address, new Source.Kind.Queue(), false, null, false));
  }

  int consumer(Source source) {
    int link = ++lastLink;
    broker.on(new Command.OpenConsumer(connection, link, source));
    return link;
  }

  int consumer(String address, long credit) {
    int link = consumer(address);
    credit(link, credit);
    return link;
  }

  /// A consumer that says again after a take-over who it is.
  int known(String address, long holder, long credit) {
    return known(new Source(address, new Source.Kind.Queue(), false, null, false), holder, credit);
  }

  int known(Source source, long holder, long credit) {
    int link = ++lastLink;
    broker.on(new Command.OpenConsumer(connection, link, source, holder, null));
    credit(link, credit);
    return link;
  }

  int browser(String address, long credit) {
    int link = consumer(new Source(address, new Source.Kind.Queue(), true, null, false));
    credit(link, credit);
    return link;
  }

  void credit(int link, long limit) {
    broker.on(new Command.Credit(connection, link, limit, false));
  }

  void drain(int link, long limit) {
    broker.on(new Command.Credit(connection, link, limit, true));
  }

  List<Output.Delivered> delivered(int link) {
    return heard(Output.Delivered.class).stream().filter(d -> d.link() == link).toList();
  }

  List<String> bodies(int link) {
    return delivered(link).stream().map(d -> body(d.message())).toList();
  }

  void accept(int link, long delivery) {
    settle(link, delivery, delivery, Disposition.ACCEPTED, 0);
  }

  void settle(int link, long first, long last, Disposition disposition, long transaction) {
    broker.on(new Command.Settle(connection, link, first, last, disposition, transaction, false));
  }

  long begin() {
    broker.on(new Command.Begin(connection, ++lastRequest));
    return last(Output.Begun.class).transaction();
  }

  Output.@Nullable Ended end(long transaction, boolean commit) {
    long request = ++lastRequest;
    broker.on(new Command.End(connection, request, transaction, commit));
    return heard(Output.Ended.class).stream()
        .filter(ended -> ended.request() == request)
        .findFirst()
        .orElse(null);
  }

  long begin(Xid xid) {
    return begin(xid, 0);
  }

  /// The number of the branch that has begun, 0 for none.
  long begin(Xid xid, long timeoutNanos) {
    long request = ++lastRequest;
    broker.on(new Command.BeginBranch(connection, request, xid, timeoutNanos));
    return heard(Output.Begun.class).stream()
        .filter(begun -> begun.request() == request)
        .mapToLong(Output.Begun::transaction)
        .findFirst()
        .orElse(0);
  }

  /// The answer to a step of a branch; null if there is none yet.
  @Nullable Output end(Xid xid, Command.Step step) {
    int before = heard.size();
    broker.on(new Command.EndBranch(connection, ++lastRequest, xid, step));
    return heard.subList(before, heard.size()).stream()
        .filter(output -> output instanceof Output.Ended || output instanceof Output.ReadOnly)
        .findFirst()
        .orElse(null);
  }

  Output.Recovered recover(@Nullable Xid after) {
    broker.on(new Command.Recover(connection, ++lastRequest, after));
    return last(Output.Recovered.class);
  }

  void close(int link) {
    broker.on(new Command.CloseLink(connection, link, false));
  }

  void disconnect(boolean clean) {
    broker.on(new Command.Disconnect(connection, clean));
  }
}
