package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.message.RoutingType;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// What a peer that was let in says, command by command. After a failover a client says again what it has: what is
/// here already is answered and not made twice.
final class Conversation {
  private final Peer peer;
  private final Runnable resume;
  private final Transactions transactions;
  private final Map<String, ProducerEnd> producers = new LinkedHashMap<>();
  private final Map<String, Receiver> consumers = new LinkedHashMap<>();
  private final Map<String, TemporaryEnd> temporaries = new HashMap<>();

  /// @param resume to be called when what waits may go on
  Conversation(Peer peer, Runnable resume) {
    this.peer = peer;
    this.resume = resume;
    this.transactions = new Transactions(peer, resume);
  }

  /// What a client may send.
  static boolean allowed(Type type) {
    return type.isMessage()
        || switch (type) {
          case SESSION_INFO,
              CONSUMER_INFO,
              PRODUCER_INFO,
              TRANSACTION_INFO,
              DESTINATION_INFO,
              REMOVE_SUBSCRIPTION_INFO,
              KEEP_ALIVE_INFO,
              SHUTDOWN_INFO,
              REMOVE_INFO,
              CONTROL_COMMAND,
              FLUSH_COMMAND,
              CONSUMER_CONTROL,
              CONNECTION_CONTROL,
              CONNECTION_INFO,
              MESSAGE_PULL,
              MESSAGE_ACK,
              RESPONSE ->
              true;
          default -> false;
        };
  }

  /// Whether a command may be done before others that wait.
  static boolean urgent(Struct command) {
    return switch (command.type()) {
      case MESSAGE_ACK -> command.child(Field.TRANSACTION_ID) == null;
      case KEEP_ALIVE_INFO, MESSAGE_PULL, CONSUMER_CONTROL -> true;
      default -> false;
    };
  }

  /// Bytes that a command takes while it waits, about.
  long size(Struct command) {
    return command.type().isMessage()
        ? 1024L
            + command.bytesOrNone(Field.CONTENT).length
            + command.bytesOrNone(Field.MARSHALLED_PROPERTIES).length
        : 512;
  }

  /// Does what a command asks.
  ///
  /// @return false if that is not possible before the broker has said something
  /// @throws Malformed if it makes no sense
  boolean handle(Struct command) {
    if (command.type().isMessage()) {
      return message(command);
    }
    switch (command.type()) {
      case TRANSACTION_INFO -> {
        return transactions.handle(command);
      }
      case PRODUCER_INFO -> produce(command);
      case CONSUMER_INFO -> consume(command);
      case MESSAGE_ACK -> acknowledge(command);
      case MESSAGE_PULL -> pull(command);
      case CONSUMER_CONTROL -> control(command);
      case DESTINATION_INFO -> destination(command);
      case REMOVE_INFO -> remove(command);
      case REMOVE_SUBSCRIPTION_INFO -> new Unsubscribing(peer, command);
      // After a failover the stock client sends its own note on each transaction whose end had no
      // answer; the command
      // itself it has said again before. To close the connection for that would leave it stuck for
      // ever.
      case RESPONSE -> {}
      default -> peer.answer(command);
    }
    return true;
  }

  private boolean message(Struct message) {
    ProducerEnd producer = producers.get(Ids.member(message.needed(Field.PRODUCER_ID)));
    if (producer == null) {
      peer.fail(message, Faults.jms("the producer of the message is not known"));
      return true;
    }
    List<Struct> parts =
        Destinations.parts(message.needed(Field.DESTINATION), peer.limits().compositeMax());
    if (!producer.ready(parts)) {
      return false;
    }
    long number = transactions.number(message.child(Field.TRANSACTION_ID));
    Fault fault = producer.fault(message, number == 0 && parts.size() > 1);
    if (number == Transactions.PREPARED) {
      // It is in the branch since before the failover.
      peer.answer(message);
    } else if (number < 0) {
      fault = Faults.of(noTransaction());
    } else if (parts.isEmpty()) {
      fault = nowhere();
    }
    if (fault != null) {
      peer.fail(message, fault);
    }
    if (fault != null || number == Transactions.PREPARED) {
      producer.release(message);
      return true;
    }
    return parts.size() == 1
        ? send(producer, message, number)
        : sendParts(producer, message, parts, number);
  }

  private static boolean send(ProducerEnd producer, Struct message, long transaction) {
    producer.send(message, transaction);
    return true;
  }

  /// To all destinations or to none: in the peer's transaction, or in one of its own.
  private boolean sendParts(
      ProducerEnd producer, Struct message, List<Struct> parts, long transaction) {
    long number = transaction == 0 ? transactions.take() : transaction;
    if (number == 0) {
      Refusal refusal = transactions.refusal();
      if (refusal != null) {
        peer.fail(message, Faults.of(refusal));
        producer.release(message);
      }
      return refusal != null;
    }
    for (int i = 0; i < parts.size(); i++) {
      producer.sendPart(message, parts.get(i), i, number);
    }
    if (transaction == 0) {
      transactions.end(message, number);
    } else {
      peer.answer(message);
    }
    producer.release(message);
    return true;
  }

  private static Fault nowhere() {
    return new Fault("javax.jms.InvalidDestinationException", "a destination has no name");
  }

  private static Refusal noTransaction() {
    return new Refusal(
        Refusal.Reason.ROLLED_BACK, "the transaction is not open here: it was rolled back");
  }

  private void produce(Struct info) {
    String name = Ids.member(info.needed(Field.PRODUCER_ID));
    ProducerEnd known = producers.get(name);
    if (known != null) {
      known.again(info);
      return;
    }
    if (producers.size() >= peer.limits().producers()) {
      producers.values().removeIf(ProducerEnd::gone);
    }
    if (producers.size() >= peer.limits().producers()) {
      peer.fail(info, tooMany("producers", producers.size()));
      return;
    }
    Struct destination = info.child(Field.DESTINATION);
    boolean one =
        destination != null
            && Destinations.parts(destination, peer.limits().compositeMax()).size() == 1;
    producers.put(name, new ProducerEnd(peer, info, one ? destination : null, resume));
  }

  private void consume(Struct info) {
    String name = Ids.member(info.needed(Field.CONSUMER_ID));
    Receiver known = consumers.get(name);
    if (known != null && !known.gone()) {
      known.again(info);
      return;
    }
    List<Struct> parts =
        Destinations.parts(info.needed(Field.DESTINATION), peer.limits().compositeMax());
    if (parts.isEmpty()) {
      peer.fail(info, nowhere());
      return;
    }
    if (consumers.size() >= peer.limits().consumers()) {
      consumers.values().removeIf(Receiver::gone);
    }
    if (consumers.size() >= peer.limits().consumers()) {
      peer.fail(info, tooMany("consumers", consumers.size()));
      return;
    }
    boolean advisories = parts.stream().anyMatch(AdvisoryTopic::isOne);
    String fault = advisories ? AdvisoryEnd.fault(parts, info, peer.protocol().wildcards()) : null;
    if (fault != null) {
      peer.fail(info, Faults.jms(fault));
      return;
    }
    Receiver consumer = advisories ? new AdvisoryEnd(peer, info) : new ConsumerEnd(peer, info);
    consumers.put(name, consumer);
    consumer.open();
  }

  private static Fault tooMany(String what, int count) {
    return Faults.of(
        new Refusal(
            Refusal.Reason.LIMIT_REACHED,
            "the connection has " + count + " " + what + ", which is all it may have"));
  }

  private void acknowledge(Struct ack) {
    Receiver receiver = consumers.get(Ids.member(ack.needed(Field.CONSUMER_ID)));
    Struct transaction = ack.child(Field.TRANSACTION_ID);
    long number = transactions.number(transaction);
    // In a transaction that is not open here it does nothing, and the commit says so.
    if (receiver instanceof ConsumerEnd consumer && number >= 0) {
      // One that comes late, of a consumer that is gone, says nothing that counts.
      List<Unacknowledged.Entry> entries = consumer.acknowledge(ack, number);
      if (transaction != null) {
        transactions.keep(transaction, consumer, entries);
      }
    }
    peer.answer(ack);
  }

  private void pull(Struct pull) {
    Receiver consumer = consumers.get(Ids.member(pull.needed(Field.CONSUMER_ID)));
    if (consumer != null) {
      consumer.pull(pull.large(Field.TIMEOUT));
    }
    peer.answer(pull);
  }

  private void control(Struct control) {
    Receiver consumer = consumers.get(Ids.member(control.needed(Field.CONSUMER_ID)));
    if (consumer != null) {
      consumer.control(control.number(Field.PREFETCH));
    }
    peer.answer(control);
  }

  private void destination(Struct info) {
    Struct destination = info.needed(Field.DESTINATION);
    boolean add = info.number(Field.OPERATION_TYPE) == 0;
    String name = Destinations.name(destination);
    if (!Destinations.isTemporary(destination)) {
      lasting(info, destination, add);
      return;
    }
    if (!name.startsWith(peer.name() + ":")) {
      // Somebody else's, or one that the broker names itself: replies to it are not this peer's.
      peer.fail(info, Faults.jms("a temporary destination has the name of its connection"));
      return;
    }
    TemporaryEnd known = temporaries.get(name);
    if (!add) {
      if (known != null) {
        temporaries.remove(name);
        known.remove();
      }
      peer.answer(info);
    } else if (known != null) {
      known.again(info);
    } else if (temporaries.size() >= peer.limits().temporaries()) {
      peer.fail(info, tooMany("temporary destinations", temporaries.size()));
    } else {
      temporaries.put(name, new TemporaryEnd(peer, info, destination));
    }
  }

  private void lasting(Struct info, Struct destination, boolean add) {
    String name = Destinations.name(destination);
    if (Destinations.parts(destination, peer.limits().compositeMax()).size() != 1
        || Destinations.isPattern(destination)) {
      peer.fail(info, Faults.jms("one destination is made or deleted at a time, not " + name));
      return;
    }
    long request =
        peer.request((output, _) -> {
          if (output instanceof Output.Ended(long _, Refusal refusal)) {
            peer.end(info, refusal);
          }
        });
    RoutingType routing = Destinations.routing(destination);
    peer.submit(
        add
            ? new Command.MakeDestination(peer.connection(), request, name, routing)
            : new Command.DeleteDestination(
                peer.connection(), request, name, routing, info.large(Field.TIMEOUT) > 0));
  }

  private void remove(Struct info) {
    Struct id = info.needed(Field.OBJECT_ID);
    long lastSeen = info.large(Field.LAST_DELIVERED_SEQUENCE_ID);
    switch (id.type()) {
      case CONSUMER_ID -> removeConsumer(Ids.member(id), lastSeen);
      case PRODUCER_ID -> {
        ProducerEnd producer = producers.remove(Ids.member(id));
        if (producer != null) {
          producer.close();
        }
      }
      case SESSION_ID -> {
        String session = Ids.session(id);
        removeIf(consumers, consumer -> consumer.session().equals(session))
            .forEach(consumer -> consumer.close(lastSeen));
        removeIf(producers, producer -> producer.session().equals(session))
            .forEach(ProducerEnd::close);
      }
      default -> {
        // What its applications never had comes to others as new.
        removeIf(consumers, _ -> true).forEach(consumer -> consumer.close(lastSeen));
        peer.disconnect(true);
      }
    }
    peer.answer(info);
  }

  private void removeConsumer(String name, long lastSeen) {
    Receiver consumer = consumers.remove(name);
    if (consumer != null) {
      consumer.close(lastSeen);
    }
  }

  private static <T> List<T> removeIf(Map<String, T> all, Predicate<T> which) {
    List<T> removed = new ArrayList<>();
    all.values().removeIf(one -> which.test(one) && removed.add(one));
    return removed;
  }

  /// The line has room again.
  void pump() {
    List.copyOf(consumers.values()).forEach(Receiver::pump);
  }

  /// When [#due] wants to be called; [Long#MAX_VALUE] for never.
  long deadline() {
    long next = Long.MAX_VALUE;
    for (Receiver consumer : consumers.values()) {
      next = Math.min(next, consumer.deadline());
    }
    return next;
  }

  void due() {
    consumers.values().forEach(Receiver::due);
  }
}
