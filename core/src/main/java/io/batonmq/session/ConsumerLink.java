package io.batonmq.session;

import io.batonmq.broker.ConsumerRank;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Origins;
import io.batonmq.broker.QueueConsumer;
import io.batonmq.message.Message;
import io.batonmq.queue.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A link that messages go out by.
final class ConsumerLink implements Link, QueueConsumer {
  private final Connection connection;
  private final int number;
  final LiveQueue queue;
  final Source source;
  private final long holder;
  final @Nullable String name;
  private final boolean browses;
  final Outstanding outstanding = new Outstanding();
  private final BiConsumer<Connection, Output> door;
  private final Runnable whenDeleted;
  private final int unsettledMax;
  private final Set<Long> excluded = new HashSet<>();
  private final List<Output> given = new ArrayList<>();

  /// Deliveries that may be made in all, as the peer said last.
  private long limit;

  /// Deliveries of which the peer has said what became of them, in a transaction too.
  private long settled;

  private boolean draining;
  boolean closed;

  ConsumerLink(
      Connection connection,
      int number,
      LiveQueue queue,
      Source source,
      long holder,
      @Nullable String name,
      boolean browses,
      int unsettledMax,
      BiConsumer<Connection, Output> door,
      BiConsumer<Connection, Integer> whenDeleted) {
    this.connection = connection;
    this.number = number;
    this.queue = queue;
    this.source = source;
    this.holder = holder;
    this.name = name;
    this.browses = browses;
    this.unsettledMax = unsettledMax;
    this.door = door;
    this.whenDeleted = () -> whenDeleted.accept(connection, number);
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public int number() {
    return number;
  }

  /// Whether it takes nothing away.
  boolean browses() {
    return browses;
  }

  void credit(long newLimit, boolean drain) {
    limit = newLimit;
    draining = drain;
  }

  void countSettled() {
    settled++;
  }

  long settled() {
    return settled;
  }

  /// Messages that it has and has not settled, and those that are there for it and that it does not ask for.
  int waiting() {
    return outstanding.openCount() + (ready() ? 0 : queue.availableTo(this));
  }

  boolean draining() {
    return draining;
  }

  @Override
  public ConsumerRank rank() {
    return source.rank();
  }

  @Override
  public boolean ready() {
    return !closed
        && outstanding.next() < limit
        && outstanding.openCount() < unsettledMax
        && outstanding.hasRoom();
  }

  @Override
  public boolean excludes(long key) {
    return (!excluded.isEmpty() && excluded.contains(key))
        || queue.queue().holders().keeps(key, holder);
  }

  @Override
  public long holder() {
    return holder;
  }

  /// It must not see a message again; false if it excludes too many already.
  boolean exclude(long key) {
    if (excluded.size() >= unsettledMax) {
      excluded.removeIf(old -> queue.queue().messages().find(old) == null);
    }
    return excluded.size() < unsettledMax && excluded.add(key);
  }

  @Override
  public void give(
      Reference reference,
      Message message,
      Origins.@Nullable Place origin,
      @Nullable String groupFirst) {
    long delivery = browses() ? outstanding.addSettled() : outstanding.add(reference.key());
    given.add(
        new Output.Delivered(
            number,
            delivery,
            message,
            reference.deliveryCount(),
            !reference.redelivered(),
            browses(),
            origin == null
                ? null
                : new Output.Origin(origin.address(), origin.queue(), reference.expired()),
            groupFirst));
  }

  @Override
  public void flush() {
    for (Output output : given) {
      door.accept(connection, output);
    }
    given.clear();
  }

  @Override
  public void exhausted() {
    if (draining) {
      draining = false;
      limit = outstanding.next();
      door.accept(connection, new Output.Drained(number));
    }
  }

  @Override
  public void deleted() {
    whenDeleted.run();
  }
}
