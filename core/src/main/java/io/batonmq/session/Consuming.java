package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Directory;
import io.batonmq.broker.Limits;
import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.Reference;
import io.batonmq.seam.Now;
import org.jspecify.annotations.Nullable;

/// What consumers do: links that messages go out by, credit, and what became of what they were given.
final class Consuming {
  private final ActiveBroker broker;
  private final Directory directory;
  private final Limits limits;
  private final Resolver resolver;
  private final AccessRules access;
  private final Answers answers;
  private final SlowConsumerWatch slow;
  private final Watching watching;

  Consuming(
      ActiveBroker broker,
      BrokerSettings settings,
      Resolver resolver,
      AccessRules access,
      Answers answers,
      SlowConsumerWatch slow,
      Watching watching) {
    this.broker = broker;
    this.directory = broker.directory();
    this.limits = settings.limits();
    this.resolver = resolver;
    this.access = access;
    this.answers = answers;
    this.slow = slow;
    this.watching = watching;
  }

  void open(Connection connection, Command.OpenConsumer command, Now now) {
    Source source = command.source();
    Refusal fault = fault(connection, source);
    if (fault != null) {
      refuse(connection, command.link(), fault);
      return;
    }
    switch (resolver.source(connection.principal, source, connection.clientId)) {
      case Resolver.Resolved.Refused(Refusal refusal) ->
          refuse(connection, command.link(), refusal);
      case Resolver.Resolved.Found(LiveAddress address, LiveQueue queue) -> {
        if (queue == null) {
          throw new IllegalStateException("no queue for " + source);
        }
        open(connection, command, address, queue, now);
      }
    }
  }

  private @Nullable Refusal fault(Connection connection, Source source) {
    if (source.noLocal()
        && source.kind() instanceof Source.Kind.Subscription kind
        && kind.shared()) {
      return new Refusal(
          Reason.NOT_ALLOWED,
          "a shared subscription takes what anybody sends: no-local is for one that is not shared");
    }
    if (source.noLocal()
        && !(source.kind() instanceof Source.Kind.Queue)
        && connection.clientId.isEmpty()) {
      return new Refusal(Reason.INVALID, "no-local needs a client id, by which senders are told");
    }
    return directory.fault(source.filter());
  }

  private void open(
      Connection connection,
      Command.OpenConsumer command,
      LiveAddress address,
      LiveQueue queue,
      Now now) {
    int number = command.link();
    Source source = command.source();
    int max = queue.queue().settings().consumersMax();
    // Of what stays whoever consumes it, each has its own look.
    boolean stays = queue.queue().settings().keeping().nonDestructive();
    int consumers = stays ? queue.consumerCount() : queue.takerCount();
    if (!source.browse() && max > 0 && consumers >= max) {
      refuse(
          connection,
          number,
          new Refusal(
              Reason.IN_USE,
              queue.queue().name() + " has " + max + " consumers, which is all it may have"));
      return;
    }
    ConsumerLink link =
        new ConsumerLink(
            connection,
            number,
            queue,
            source,
            command.holder(),
            command.name(),
            source.browse() || stays,
            limits.unsettledMax(),
            answers::to,
            this::deleted);
    connection.links.put(number, link);
    if (source.kind() instanceof Source.Kind.Volatile(boolean retroactive) && retroactive) {
      // In the turn in which it was made: nothing that comes is ahead of it, and nothing between is
      // missed.
      broker.recall(queue, now.wallMillis());
    }
    // A subscription's queue has let in only what fits.
    boolean chooses =
        source.kind() instanceof Source.Kind.Queue || source.kind() instanceof Source.Kind.Bound;
    String selector = chooses ? source.filter() : null;
    directory.attach(queue, link, link.browses(), selector);
    slow.watch(link, now.nanos());
    // It may be the one that the others have waited for.
    broker.mark(queue);
    answers.to(
        connection,
        new Output.ConsumerOpened(
            number,
            queue.queue().routing() == RoutingType.ANYCAST
                ? Names.join(address.address().name(), queue.queue().name())
                : address.address().name()));
    watching.opened(link, true);
  }

  private void refuse(Connection connection, int link, Refusal refusal) {
    answers.to(connection, new Output.LinkRefused(link, refusal));
  }

  void credit(ConsumerLink link, long limit, boolean drain) {
    link.credit(limit, drain);
    if (!link.browses()) {
      link.queue.offer(link);
      if (drain) {
        link.queue.drain(link);
      }
    }
    broker.mark(link.queue);
  }

  void settle(ConsumerLink link, Command.Settle command, @Nullable Transaction transaction) {
    Outstanding outstanding = link.outstanding;
    long first = Math.max(command.first(), outstanding.first());
    long last = Math.min(command.last(), outstanding.next() - 1);
    KeyList keys = new KeyList();
    var settled = new Transaction.Settled(link, command.disposition());
    for (long delivery = first; delivery <= last; delivery++) {
      long key = outstanding.key(delivery);
      if (key == Keys.NONE) {
        continue;
      }
      link.countSettled();
      if (transaction == null) {
        outstanding.settle(delivery);
        keys.add(key);
      } else if (command.answer()) {
        outstanding.hold(delivery);
        transaction.kept.add(new Transaction.Kept(settled, delivery, key));
      } else {
        outstanding.settle(delivery);
        transaction.forget(settled, key);
      }
    }
    if (transaction != null) {
      if (command.disposition() == Disposition.ACCEPTED) {
        transaction.log(settled, broker.transactions());
      }
      waitsNoMore(link);
    } else {
      dispose(link, keys, command.disposition());
      if (command.answer()) {
        answers.to(
            link.connection(),
            new Output.Settled(link.number(), command.first(), command.last(), null));
      }
    }
  }

  /// The peer has settled deliveries in a transaction that does not exist any more, and forgotten them.
  void forgotten(ConsumerLink link, long first, long last) {
    settle(
        link,
        new Command.Settle(
            link.connection().id, link.number(), first, last, Disposition.FAILED, 0, false),
        null);
  }

  /// What became of messages that were out.
  void dispose(ConsumerLink link, KeyList keys, Disposition disposition) {
    LiveQueue queue = link.queue;
    if (queue.queue().deleted()) {
      return;
    }
    switch (disposition) {
      case ACCEPTED -> broker.acknowledge(queue, keys);
      case RELEASED -> broker.release(queue, keys, false);
      case FAILED -> broker.fail(queue, keys);
      case UNDELIVERABLE -> undeliverable(link, keys);
      case REJECTED -> broker.reject(queue, keys);
      case EXPIRED -> broker.expired(queue, keys);
    }
    if (!link.closed) {
      waitsNoMore(link);
    }
  }

  /// The limit of unsettled deliveries may have been what it waited for.
  private void waitsNoMore(ConsumerLink link) {
    // Peers may settle what was sent to them settled. Who only looks would be given what is then
    // out for
    // ever, since nobody has it.
    if (!link.browses()) {
      link.queue.offer(link);
    }
    broker.mark(link.queue);
  }

  private void undeliverable(ConsumerLink link, KeyList keys) {
    KeyList excluded = new KeyList();
    KeyList tooMany = new KeyList();
    for (int i = 0; i < keys.size(); i++) {
      (link.exclude(keys.get(i)) ? excluded : tooMany).add(keys.get(i));
    }
    broker.fail(link.queue, excluded);
    broker.reject(link.queue, tooMany);
  }

  /// A link is gone. What it had may have been seen, and comes back marked.
  ///
  /// Of who is lost each message counts as an attempt: it may be the one that brought the consumer down. Of who
  /// leaves cleanly it does so only once, however often that happens: most of it was sent ahead and never
  /// looked at, and would otherwise be a dead letter after its first real failure.
  ///
  /// @param clean whether the peer said so
  void closed(ConsumerLink link, boolean clean) {
    link.closed = true;
    slow.forget(link);
    LiveQueue queue = link.queue;
    queue.detach(link);
    watching.opened(link, false);
    if (queue.queue().deleted()) {
      return;
    }
    KeyList counted = new KeyList();
    KeyList others = new KeyList();
    Outstanding outstanding = link.outstanding;
    for (long delivery = outstanding.first(); delivery < outstanding.next(); delivery++) {
      long key = outstanding.key(delivery);
      if (key != Keys.NONE) {
        Reference reference = clean ? queue.queue().messages().find(key) : null;
        (reference != null && reference.deliveryCount() > 0 ? others : counted).add(key);
      }
    }
    broker.release(queue, counted, true);
    broker.release(queue, others, false);
    // A subscription ends with its last consumer, a temporary queue does not.
    if (!queue.queue().durable()
        && queue.queue().routing() == RoutingType.MULTICAST
        && queue.consumerCount() == 0) {
      directory.deleteQueue(queue);
    }
  }

  /// Ends the subscription of a link that is closed; answers why not.
  @Nullable Refusal unsubscribe(ConsumerLink link) {
    LiveQueue queue = link.queue;
    if (!(link.source.kind() instanceof Source.Kind.Subscription) || queue.queue().deleted()) {
      return null;
    }
    String address = queue.queue().address().name();
    if (!access.allows(link.connection().principal, Permission.DELETE_DURABLE_QUEUE, address)) {
      return new Refusal(
          Reason.NOT_AUTHORIZED,
          "user "
              + link.connection().principal.name()
              + " may not end a subscription at "
              + address);
    }
    if (queue.consumerCount() > 0) {
      return new Refusal(
          Reason.IN_USE, "the subscription has consumers: close them before ending it");
    }
    directory.deleteQueue(queue);
    return null;
  }

  /// The queue of a link was deleted.
  private void deleted(Connection connection, Integer number) {
    if (connection.links.get(number) instanceof ConsumerLink link) {
      link.closed = true;
      slow.forget(link);
      connection.links.remove(number);
      answers.to(
          connection,
          new Output.LinkClosed(
              number,
              new Refusal(
                  Reason.DELETED, "the queue " + link.queue.queue().name() + " was deleted")));
      watching.opened(link, false);
    }
  }
}
