package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Limits;
import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.Route;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Tail;
import io.batonmq.seam.Now;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What producers do: links that messages come in by, their fate, and how many more may come.
final class Producing {
  /// No more than a snapshot keeps in one entry.
  private static final int FRAGMENTS_MAX = 16_384;

  private static final Refusal NO_CREDIT =
      new Refusal(Reason.LIMIT_REACHED, "the link has no credit: wait for it before sending more");

  private static final Refusal DISK_FULL =
      new Refusal(Reason.LIMIT_REACHED, "the disk is full: consume messages or give it more room");

  private final ActiveBroker broker;
  private final Limits limits;
  private final Resolver resolver;
  private final Answers answers;
  private final Producers producers;
  private final Watching watching;

  /// Links that get no credit now, because there is no room for what they would send.
  private final Set<ProducerLink> blocked = new LinkedHashSet<>();

  private long windows;
  private boolean withdrawing;
  private final AtomicLong resends = new AtomicLong();

  Producing(
      ActiveBroker broker,
      BrokerSettings settings,
      Resolver resolver,
      Answers answers,
      Producers producers,
      Watching watching) {
    this.broker = broker;
    this.limits = settings.limits();
    this.resolver = resolver;
    this.answers = answers;
    this.producers = producers;
    this.watching = watching;
  }

  /// Messages that came again and were recognised. Anyone may ask.
  long resends() {
    return resends.get();
  }

  void open(Connection connection, Command.OpenProducer command) {
    String producer = command.producer();
    if (producer != null) {
      String fault = Names.fault(producer, limits.nameMax());
      if (fault != null) {
        refuse(connection, command.link(), new Refusal(Reason.INVALID, fault));
        return;
      }
    }
    ProducerLink.Target target = null;
    if (command.address() != null) {
      switch (resolver.target(connection.principal, command.address(), command.routing())) {
        case Resolver.Resolved.Refused(Refusal refusal) -> {
          refuse(connection, command.link(), refusal);
          return;
        }
        case Resolver.Resolved.Found(LiveAddress address, LiveQueue queue) ->
            target = new ProducerLink.Target(command.address(), address, queue);
      }
    }
    boolean roomForWindow = windows + limits.producerWindow() <= limits.producerWindowTotal();
    int window = roomForWindow ? limits.producerWindow() : 1;
    windows += window;
    ProducerLink link =
        new ProducerLink(connection, command.link(), command.routing(), producer, window, target);
    connection.links.put(link.number(), link);
    if (producer != null) {
      producers.attach(producer);
    }
    if (mayGrant(link)) {
      link.credit = window;
      answers.to(connection, new Output.ProducerOpened(link.number(), window));
    } else {
      link.owed = window;
      blocked.add(link);
      answers.to(connection, new Output.ProducerOpened(link.number(), 0));
    }
    watching.opened(link, true);
  }

  private void refuse(Connection connection, int link, Refusal refusal) {
    answers.to(connection, new Output.LinkRefused(link, refusal));
  }

  /// Grants nothing more.
  void withdraw() {
    withdrawing = true;
  }

  /// A link is gone.
  ///
  /// @param clean whether its producer said so, and will not send anything again
  void closed(ProducerLink link, boolean clean, Now now) {
    link.closed = true;
    watching.opened(link, false);
    drop(link);
    windows -= link.window;
    blocked.remove(link);
    String producer = link.producer;
    if (producer != null && producers.detach(producer)) {
      if (clean) {
        producers.forget(producer);
        broker.forget(producer);
      } else if (broker.remembers(producer)) {
        producers.retain(producer, now.nanos());
      }
    }
  }

  /// A part of a message came.
  void fragment(ProducerLink link, Command.SendFragment fragment) {
    Receiving receiving = link.receiving;
    if (receiving == null) {
      receiving = new Receiving();
      link.receiving = receiving;
    }
    if (receiving.refusal != null) {
      return;
    }
    receiving.refusal = refusal(link, receiving, fragment.address());
    if (receiving.refusal == null) {
      receiving.tail = broker.large().add(receiving.tail, fragment.bytes());
      receiving.bytes += fragment.bytes().length;
      receiving.count++;
    } else {
      end(receiving);
    }
  }

  /// Looked at with each fragment: whoever may not send, or sends to what is full, must not fill the disk first.
  private @Nullable Refusal refusal(ProducerLink link, Receiving receiving, @Nullable String name) {
    if (link.credit <= 0) {
      return NO_CREDIT;
    }
    if (broker.storeFull()) {
      return DISK_FULL;
    }
    if (receiving.count == 0) {
      switch (resolve(link, name)) {
        case Resolver.Resolved.Refused(Refusal refusal) -> {
          return refusal;
        }
        case Resolver.Resolved.Found(LiveAddress address, LiveQueue _) ->
            receiving.address = address;
      }
    }
    LiveAddress address = receiving.address;
    if (address != null && address.full() && refuses(link, address.settings().fullPolicy())) {
      return full(address);
    }
    return receiving.count < FRAGMENTS_MAX
        ? null
        : new Refusal(
            Reason.LIMIT_REACHED, "a message comes in no more than " + FRAGMENTS_MAX + " pieces");
  }

  /// What came of a message is given up; the message does not come.
  void drop(ProducerLink link) {
    Receiving receiving = link.receiving;
    if (receiving != null) {
      link.receiving = null;
      end(receiving);
    }
  }

  private void end(Receiving receiving) {
    if (receiving.tail != 0) {
      broker.large().end(receiving.tail);
      receiving.tail = 0;
    }
  }

  void send(ProducerLink link, Command.Send command, @Nullable Transaction transaction, Now now) {
    Receiving receiving = link.receiving;
    Refusal refusal;
    if (receiving == null) {
      refusal = accept(link, command, command.message(), transaction, now);
    } else if (receiving.refusal != null) {
      refusal = receiving.refusal;
    } else {
      Message whole = command.message().with(new Tail(receiving.tail, receiving.bytes));
      refusal = accept(link, command, whole, transaction, now);
    }
    // Nothing of it is kept if it was refused, or came again, or had nowhere to go.
    drop(link);
    if (refusal != null && transaction != null) {
      // The peer may have sent it settled, and believe that it is in the transaction.
      transaction.failed = true;
    }
    if (!command.settled()) {
      answers.to(link.connection(), new Output.Sent(link.number(), command.delivery(), refusal));
    }
    replenish(link);
  }

  /// A message came that does not count: its credit comes back like any other.
  void countRefused(ProducerLink link) {
    drop(link);
    replenish(link);
  }

  private void replenish(ProducerLink link) {
    link.credit--;
    link.owed++;
    if (link.owed >= Math.max(1, link.window / 2)) {
      grant(link);
    }
  }

  private @Nullable Refusal accept(
      ProducerLink link,
      Command.Send command,
      Message message,
      @Nullable Transaction transaction,
      Now now) {
    if (link.credit <= 0) {
      return NO_CREDIT;
    }
    Refusal fault = fault(message);
    if (fault != null) {
      return fault;
    }
    LiveAddress address;
    LiveQueue queue;
    switch (resolve(link, command.address())) {
      case Resolver.Resolved.Refused(Refusal refusal) -> {
        return refusal;
      }
      case Resolver.Resolved.Found(LiveAddress found, LiveQueue foundQueue) -> {
        address = found;
        queue = foundQueue;
      }
    }
    if (message.identity() instanceof Identity.Sequenced(String producer, long _)
        && !broker.remembers(producer)
        && !broker.roomForProducer()) {
      return new Refusal(
          Reason.LIMIT_REACHED,
          "no more than " + limits.producersMax() + " producers can be remembered: close some");
    }
    if (broker.accepted(message, address, transaction == null ? null : transaction.sends)) {
      // Sent again because its answer was lost. The answer waits for everything appended until now,
      // so for the original too.
      resends.incrementAndGet();
      return null;
    }
    String client = link.connection().clientId;
    Route route =
        queue == null
            ? broker.route(address, link.routing, message, client)
            : broker.route(queue, message, client);
    if (route.refusal() != null || route.leadsNowhere()) {
      return route.refusal();
    }
    if (broker.storeFull()) {
      return DISK_FULL;
    }
    if (route.stays() && address.full()) {
      FullPolicy policy = address.settings().fullPolicy();
      if (policy == FullPolicy.DROP) {
        route.leave();
        if (route.isEmpty()) {
          return null;
        }
      }
      if (refuses(link, policy)) {
        return full(address);
      }
    }
    Message kept = broker.kept(message, address);
    Refusal refusal = enqueue(link.connection(), address, route, kept, transaction, now);
    if (message.identity() instanceof Identity.Sequenced(String producer, long _)
        && !producer.equals(link.producer)) {
      // Nobody will close a link of that name, so it would be remembered for ever.
      producers.retain(producer, now.nanos());
    }
    return refusal;
  }

  private static boolean refuses(ProducerLink link, FullPolicy policy) {
    return policy == FullPolicy.FAIL || (policy == FullPolicy.BLOCK && link.target == null);
  }

  private static Refusal full(LiveAddress address) {
    return new Refusal(
        Reason.LIMIT_REACHED,
        "the address " + address.address().name() + " is full: consume from it first");
  }

  private @Nullable Refusal enqueue(
      Connection connection,
      LiveAddress address,
      Route route,
      Message message,
      @Nullable Transaction transaction,
      Now now) {
    if (transaction == null) {
      return broker.enqueue(address, route, message, null, now.wallMillis());
    }
    long bytes = memory(message, route.size(), transaction);
    if (connection.transactionBytes + bytes > limits.transactionBytesMax()) {
      return new Refusal(
          Reason.LIMIT_REACHED,
          "the open transactions of a connection may take "
              + limits.transactionBytesMax()
              + " bytes of memory: commit more often");
    }
    Refusal refusal = broker.enqueue(address, route, message, transaction.sends, now.wallMillis());
    if (refusal == null) {
      transaction.bytes += bytes;
      transaction.sentBytes += message.length();
      connection.transactionBytes += bytes;
    }
    return refusal;
  }

  /// What a message in an open transaction takes, at most: its body is in the log, or counted elsewhere.
  private static long memory(Message message, int queues, Transaction transaction) {
    // Sequences that follow each other are one run.
    boolean follows = transaction.follows(message.identity());
    long identity =
        switch (message.identity()) {
          case Identity.Named(String id) -> 96 + id.length();
          case Identity.Sequenced _ -> follows ? 0 : 24;
          case null -> 0;
        };
    return 24L * queues + identity;
  }

  private @Nullable Refusal fault(Message message) {
    String id =
        switch (message.identity()) {
          case Identity.Sequenced(String producer, long _) -> producer;
          case Identity.Named(String name) -> name;
          case null -> null;
        };
    if (id != null && id.length() > limits.nameMax()) {
      return new Refusal(
          Reason.INVALID, "a message id has more than " + limits.nameMax() + " characters");
    }
    String group = message.groupId();
    if (group != null && group.length() > limits.nameMax()) {
      return new Refusal(
          Reason.INVALID, "a group id has more than " + limits.nameMax() + " characters");
    }
    return null;
  }

  /// Where a message goes: as the link says, made again if its queue was deleted meanwhile, or as the
  /// message says.
  private Resolver.Resolved resolve(ProducerLink link, @Nullable String name) {
    Principal principal = link.connection().principal;
    ProducerLink.Target target = link.target;
    if (target == null) {
      return name == null
          ? new Resolver.Resolved.Refused(
              new Refusal(Reason.INVALID, "neither the link nor the message names an address"))
          : resolver.target(principal, name, link.routing);
    }
    // A topic that was deleted has no queues any more, and what is sent to it would vanish, also
    // when
    // there is another one of its name.
    boolean gone =
        target.address().deleted()
            || (target.queue() != null && target.queue().queue().deleted())
            || (link.routing != RoutingType.MULTICAST && target.address().lacksQueue());
    if (!gone) {
      return new Resolver.Resolved.Found(target.address(), target.queue());
    }
    Resolver.Resolved again = resolver.target(principal, target.name(), link.routing);
    if (again instanceof Resolver.Resolved.Found(LiveAddress address, LiveQueue queue)) {
      link.target = new ProducerLink.Target(target.name(), address, queue);
    }
    return again;
  }

  /// Gives credit to those who had to wait for room.
  void unblock() {
    if (blocked.isEmpty()) {
      return;
    }
    for (ProducerLink link : List.copyOf(blocked)) {
      if (mayGrant(link)) {
        blocked.remove(link);
        grant(link);
      }
    }
  }

  private void grant(ProducerLink link) {
    if (!mayGrant(link)) {
      blocked.add(link);
      return;
    }
    link.credit += link.owed;
    answers.to(link.connection(), new Output.Grant(link.number(), link.owed));
    link.owed = 0;
  }

  private boolean mayGrant(ProducerLink link) {
    ProducerLink.Target target = link.target;
    return !withdrawing
        && broker.roomForMessages()
        && (target == null
            || target.address().settings().fullPolicy() != FullPolicy.BLOCK
            || !target.address().full());
  }
}
