package io.batonmq.server.net;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Message;
import io.batonmq.queue.Disposition;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Outlet;
import io.batonmq.session.Output;
import io.batonmq.session.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// As much of a broker as a client needs to talk to: queues as lists, topics as lists per consumer,
/// transactions that keep what they are told until the end. One thread, like the real one.
final class EchoBroker implements Gateway, AutoCloseable {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Map<Long, Outlet> outlets = new HashMap<>();
  private final Map<Link, String> producers = new HashMap<>();
  private final Map<Link, Consumer> consumers = new LinkedHashMap<>();
  private final Map<String, Deque<Entry>> queues = new LinkedHashMap<>();
  private final Map<Long, List<Runnable>> transactions = new HashMap<>();
  private final Map<Long, List<Runnable>> compensations = new HashMap<>();
  private long transactionNumbers;
  final List<Command> seen = new ArrayList<>();

  private record Link(long connection, int number) {}

  private record Entry(Message message, int failures) {}

  private static final class Consumer {
    final Link link;
    final String queue;
    final Map<Long, Entry> out = new LinkedHashMap<>();
    long delivered;
    long limit;
    boolean drain;

    Consumer(Link link, String queue) {
      this.link = link;
      this.queue = queue;
    }
  }

  @Override
  public boolean submit(Command command) {
    thread.execute(() -> on(command));
    return true;
  }

  @Override
  public void submitted(Now now) {}

  @Override
  public void whenReady(Runnable ready) {
    ready.run();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void on(Command command) {
    synchronized (seen) {
      seen.add(command);
    }
    switch (command) {
      case Command.Connect connect -> {
        outlets.put(connect.connection(), connect.outlet());
        say(connect.connection(), new Output.Connected());
      }
      case Command.Disconnect(long connection, boolean _) -> {
        producers.keySet().removeIf(link -> link.connection() == connection);
        consumers.values().stream()
            .filter(consumer -> consumer.link.connection() == connection)
            .toList()
            .forEach(this::remove);
        outlets.remove(connection);
      }
      case Command.MakeTemporary make ->
          say(
              make.connection(),
              new Output.LinkRefused(
                  make.link(), new Refusal(Refusal.Reason.NOT_IMPLEMENTED, "not in this echo")));
      case Command.OpenProducer open -> {
        if ("forbidden".equals(open.address())) {
          say(
              open.connection(),
              new Output.LinkRefused(
                  open.link(),
                  new Refusal(Refusal.Reason.NOT_AUTHORIZED, "ask for permission to send")));
        } else {
          producers.put(new Link(open.connection(), open.link()), "" + open.address());
          say(open.connection(), new Output.ProducerOpened(open.link(), 100));
        }
      }
      case Command.OpenConsumer open -> {
        Link link = new Link(open.connection(), open.link());
        String address = open.source().address();
        if (address.isEmpty() || address.equals("forbidden")) {
          say(
              open.connection(),
              new Output.LinkRefused(
                  open.link(), new Refusal(Refusal.Reason.NOT_FOUND, "there is nothing")));
        } else {
          String queue =
              switch (open.source().kind()) {
                case Source.Kind.Queue _ -> address;
                case Source.Kind.Bound(String name) -> name;
                case Source.Kind.Volatile _ -> address + "/" + link;
                case Source.Kind.Subscription sub -> address + "/" + sub.name();
              };
          queues.computeIfAbsent(queue, _ -> new ArrayDeque<>());
          consumers.put(link, new Consumer(link, queue));
          say(open.connection(), new Output.ConsumerOpened(open.link(), address));
        }
      }
      case Command.Send send -> {
        String fixed = producers.get(new Link(send.connection(), send.link()));
        String address = send.address() == null ? fixed : send.address();
        Runnable work = () -> enqueue(address, new Entry(send.message(), 0));
        if (send.transaction() == 0) {
          work.run();
        } else {
          transactions.get(send.transaction()).add(work);
        }
        if (!send.settled()) {
          say(send.connection(), new Output.Sent(send.link(), send.delivery(), null));
        }
        say(send.connection(), new Output.Grant(send.link(), 1));
      }
      case Command.Withdrawn _,
          Command.Watch _,
          Command.MakeDestination _,
          Command.DeleteDestination _ -> {
        // Never asked for here.
      }
      case Command.Credit credit -> {
        Consumer consumer = consumers.get(new Link(credit.connection(), credit.link()));
        if (consumer != null) {
          consumer.limit = credit.limit();
          consumer.drain = credit.drain();
        }
      }
      case Command.Settle settle -> settle(settle);
      case Command.CloseLink close -> {
        Link link = new Link(close.connection(), close.link());
        producers.remove(link);
        Consumer consumer = consumers.get(link);
        if (consumer != null) {
          remove(consumer);
        }
        say(close.connection(), new Output.LinkClosed(close.link(), null));
      }
      case Command.Begin begin -> {
        long number = ++transactionNumbers;
        transactions.put(number, new ArrayList<>());
        compensations.put(number, new ArrayList<>());
        say(begin.connection(), new Output.Begun(begin.request(), number));
      }
      case Command.End end -> {
        List<Runnable> work = transactions.remove(end.transaction());
        List<Runnable> undo = compensations.remove(end.transaction());
        (end.commit() ? work : undo).forEach(Runnable::run);
        say(end.connection(), new Output.Ended(end.request(), null));
      }
      case Command.BeginBranch _, Command.EndBranch _, Command.Recover _ -> {
        // No protocol here has them.
      }
      case Command.SendFragment _, Command.DropFragments _, Command.Fetch _ ->
          throw new IllegalStateException("nobody here sends large messages: " + command);
    }
    consumers.values().forEach(this::deliver);
  }

  private void settle(Command.Settle settle) {
    Consumer consumer = consumers.get(new Link(settle.connection(), settle.link()));
    if (consumer == null) {
      return;
    }
    for (long delivery = settle.first(); delivery <= settle.last(); delivery++) {
      Entry entry = consumer.out.remove(delivery);
      Deque<Entry> queue = queues.get(consumer.queue);
      if (entry == null) {
        continue;
      }
      if (settle.transaction() != 0) {
        compensations
            .get(settle.transaction())
            .add(() -> queue.addFirst(new Entry(entry.message(), entry.failures() + 1)));
      } else if (settle.disposition() == Disposition.RELEASED) {
        queue.addFirst(entry);
      } else if (settle.disposition() == Disposition.FAILED) {
        queue.addFirst(new Entry(entry.message(), entry.failures() + 1));
      }
    }
    if (settle.answer()) {
      say(
          settle.connection(),
          new Output.Settled(settle.link(), settle.first(), settle.last(), null));
    }
  }

  private void remove(Consumer consumer) {
    consumers.remove(consumer.link);
    List<Entry> back = new ArrayList<>(consumer.out.values());
    back.reversed().forEach(queues.get(consumer.queue)::addFirst);
  }

  private void enqueue(String address, Entry entry) {
    boolean topic = false;
    for (var queue : queues.entrySet()) {
      if (queue.getKey().startsWith(address + "/")) {
        topic = true;
        queue.getValue().add(entry);
      }
    }
    if (!topic) {
      queues.computeIfAbsent(address, _ -> new ArrayDeque<>()).add(entry);
    }
  }

  private void deliver(Consumer consumer) {
    Deque<Entry> queue = queues.get(consumer.queue);
    while (consumer.delivered < consumer.limit && !queue.isEmpty()) {
      Entry entry = queue.poll();
      long number = consumer.delivered++;
      consumer.out.put(number, entry);
      say(
          consumer.link.connection(),
          new Output.Delivered(
              consumer.link.number(),
              number,
              entry.message(),
              entry.failures(),
              entry.failures() == 0,
              false,
              null));
    }
    if (consumer.drain) {
      consumer.drain = false;
      consumer.limit = consumer.delivered;
      say(consumer.link.connection(), new Output.Drained(consumer.link.number()));
    }
  }

  private void say(long connection, Output output) {
    Outlet outlet = outlets.get(connection);
    if (outlet != null) {
      outlet.emit(output);
    }
  }
}
