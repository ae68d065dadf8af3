package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.Cursor;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The part of a queue that only the active node has: who takes from it, and what it waits for.
public final class LiveQueue {
  /// Keys in one event, so that it fits any log.
  private static final int KEYS_PER_EVENT = 1_000;

  private final BoundQueue queue;
  private final LiveAddress address;
  private final Choosers choosers;
  private final List<QueueConsumer> consumers = new ArrayList<>();
  private final List<Browser> browsers = new ArrayList<>();

  private final ReadyRow ready = new ReadyRow();
  private final ArrayDeque<QueueConsumer> draining = new ArrayDeque<>();

  /// Consumers that wait for the one that has everything to leave, and what they will choose by.
  private final IdentityHashMap<QueueConsumer, Condition> parked = new IdentityHashMap<>();

  /// The consumer that has everything; null if nobody wants that.
  private @Nullable QueueConsumer holder;

  private final DispatchGate gate = new DispatchGate();

  /// Who gets which group; null while no message of a group was met.
  private @Nullable GroupOwners groups;

  /// Which message is the newest of its value; null until somebody asked.
  private @Nullable LastValues lastValues;

  /// What the queue takes in; belongs to its [BoundQueue#filter].
  private Condition filter;

  /// Whether it is in the row of queues that may have something to deliver.
  boolean marked;

  /// Transactions whose messages are on their way back here.
  int returning;

  /// Transactions that have a message for it, and have not ended.
  private int expecting;

  private final Disuse disuse = new Disuse();

  /// What is thrown away before it gives anything; null for nothing.
  private @Nullable Purging purging;

  /// Whether that is because nobody uses it.
  private boolean purgesUnused;

  /// Whether consumers that it had before a take-over may come back.
  private boolean awaiting;

  /// Under which time it stands in the [Schedule].
  long alarmMillis = Schedule.NEVER;

  /// Under which time it stands in the [Openings].
  long openingMillis = Schedule.NEVER;

  private long added;
  private long acknowledged;
  private long slowFound;

  LiveQueue(BoundQueue queue, LiveAddress address, Condition filter) {
    this.queue = queue;
    this.address = address;
    this.filter = filter;
    this.choosers = new Choosers(queue.messages());
  }

  void filter(Condition newFilter) {
    filter = newFilter;
    address.filtersChanged();
  }

  /// The selector of what it takes in.
  Condition condition() {
    return filter;
  }

  /// Whether a message that is sent to its address comes in.
  ///
  /// @param client the client id of its sender; empty if it is not known
  boolean admits(MessageFields message, String client) {
    return !deserted() && !client.equals(queue.filter().notFrom()) && filter.admits(message);
  }

  public BoundQueue queue() {
    return queue;
  }

  public LiveAddress address() {
    return address;
  }

  public int consumerCount() {
    return consumers.size() + browsers.size();
  }

  /// Consumers that take, without those that only look.
  public int takerCount() {
    return consumers.size();
  }

  /// Messages that ever came, in this process or as far as the log knows.
  public long added() {
    return queue.added() + added;
  }

  /// Messages that were ever acknowledged, in this process or as far as the log knows.
  public long acknowledged() {
    return queue.acknowledged() + acknowledged;
  }

  /// A consumer was found slow.
  public void countSlow() {
    slowFound++;
  }

  /// How often a consumer was found slow that was not before, in this process.
  public long slowFound() {
    return slowFound;
  }

  /// Messages that are there for a consumer; none for one that chooses, or waits for another one to leave.
  public int availableTo(QueueConsumer consumer) {
    return choosers.has(consumer) || parked.containsKey(consumer)
        ? 0
        : queue.messages().availableCount();
  }

  void countAdded() {
    added++;
  }

  /// Takes over what has waited for a commit and is not durable.
  ///
  /// @param first the sequence of the first of its transaction
  void join(MessageQueue waiting, long first) {
    added += waiting.messageCount();
    queue.messages().join(waiting, first);
  }

  void countAcknowledged() {
    acknowledged++;
  }

  /// A node before this one had it: nobody knows any more who used it, and who did may come back.
  void restored() {
    if (queue.messages().messageCount() == 0) {
      disuse.used();
    }
    awaiting = true;
  }

  /// Whether its messages are kept although nobody consumes, because somebody may come back.
  boolean awaits() {
    return awaiting && queue.settings().keeping().purgeOnNoConsumers();
  }

  void awaitNoMore() {
    awaiting = false;
  }

  /// Whether it keeps nothing, because nobody consumes.
  private boolean deserted() {
    QueueKeeping keeping = queue.settings().keeping();
    return keeping.purgeOnNoConsumers()
        && !awaiting
        && (keeping.nonDestructive() ? consumerCount() : takerCount()) == 0;
  }

  /// Begins to throw away what is in it now and nobody has, because it is unused; until that is done, or somebody
  /// comes to consume, it gives nothing.
  void purge(ActiveBroker broker) {
    if (purging == null) {
      purging = broker.purge(this);
      purgesUnused = true;
      broker.mark(this);
    }
  }

  /// Throws away what is to go, as far as the turn allows. True if that is not all.
  boolean purges(ActiveBroker broker, Looks looks) {
    if (purgesUnused && consumerCount() > 0) {
      // Somebody came meanwhile, and what is left is theirs.
      purging = null;
    }
    purgesUnused &= purging != null;
    while (true) {
      Purging now = purging;
      if (now == null) {
        MessageQueue messages = queue.messages();
        if (!deserted() || messages.messageCount() == messages.outCount()) {
          return false;
        }
        now = broker.purge(this);
        purging = now;
      }
      if (!looks.left() || broker.full()) {
        return true;
      }
      long before = now.count();
      if (!broker.work(now)) {
        purging = null;
      }
      looks.spend(1 + now.count() - before);
    }
  }

  /// A transaction has a message for it, from now on.
  void expect() {
    expecting++;
  }

  /// A transaction that had one has ended.
  void expectNoMore() {
    expecting--;
  }

  /// Whether a transaction that has not ended has a message for it.
  boolean expected() {
    return expecting > 0;
  }

  /// Whether consumers came and went.
  Disuse disuse() {
    return disuse;
  }

  List<QueueConsumer> consumers() {
    return consumers;
  }

  List<Browser> browsers() {
    return browsers;
  }

  Choosers choosers() {
    return choosers;
  }

  /// Somebody takes messages from here, or looks at them, from now on.
  void attach(QueueConsumer consumer, boolean browse, Condition condition) {
    if (browse) {
      boolean stays = queue.settings().keeping().nonDestructive();
      browsers.add(new Browser(consumer, condition, stays ? queue.messages().cursor() : null));
      return;
    }
    consumers.add(consumer);
    parked.put(consumer, condition);
    if (wantsAll(consumer)
        && (holder == null || consumer.rank().priority() > holder.rank().priority())) {
      hold(consumer);
    } else if (holder == null) {
      admit(consumer);
      rank();
    }
  }

  private boolean wantsAll(QueueConsumer consumer) {
    return queue.settings().exclusive() || consumer.rank().exclusive();
  }

  /// From now on everything is for one consumer, or for all again. What the others have they keep.
  private void hold(@Nullable QueueConsumer consumer) {
    holder = consumer;
    for (QueueConsumer one : consumers) {
      if (consumer == null || consumer.equals(one)) {
        admit(one);
      } else {
        park(one);
      }
    }
    rank();
  }

  private void park(QueueConsumer consumer) {
    if (parked.containsKey(consumer)) {
      return;
    }
    parked.put(consumer, choosers.remove(consumer));
    ready.remove(consumer);
    if (groups != null) {
      groups.detached(consumer);
    }
    // There is nothing for it now, should it have asked.
    draining.add(consumer);
  }

  private void admit(QueueConsumer consumer) {
    Condition condition = parked.remove(consumer);
    if (condition == null) {
      return;
    }
    if (!condition.none() || groups != null) {
      draining.removeIf(consumer::equals);
      choosers.add(consumer, condition);
    }
    if (groups != null) {
      groups.attached(consumer);
    }
    offer(consumer);
  }

  /// Who takes what comes and who chooses are served apart. Where some come before others, all of them choose.
  private void rank() {
    if (choosers.isEmpty()) {
      return;
    }
    int first = consumers.getFirst().rank().priority();
    if (consumers.stream().anyMatch(one -> one.rank().priority() != first)) {
      allChoose();
    }
  }

  /// From now on each consumer looks through the queue for itself.
  private void allChoose() {
    ready.clear();
    draining.removeIf(consumer -> !parked.containsKey(consumer));
    for (QueueConsumer consumer : consumers) {
      if (!choosers.has(consumer) && !parked.containsKey(consumer)) {
        choosers.add(consumer, Condition.NONE);
      }
    }
  }

  public void detach(QueueConsumer consumer) {
    disuse.used();
    choosers.remove(consumer);
    draining.remove(consumer);
    consumers.remove(consumer);
    parked.remove(consumer);
    browsers.removeIf(browser -> leaves(browser, consumer));
    ready.remove(consumer);
    if (groups != null) {
      groups.detached(consumer);
    }
    if (consumer.equals(holder)) {
      hold(heir());
    }
    if (consumers.isEmpty()) {
      gate.close();
      if (groups != null && groups.nothingOut()) {
        endGroups();
      }
    }
  }

  /// The consumer that comes after the one that had everything: of the highest priority the one that came first.
  private @Nullable QueueConsumer heir() {
    QueueConsumer heir = null;
    for (QueueConsumer one : consumers) {
      if (wantsAll(one) && (heir == null || one.rank().priority() > heir.rank().priority())) {
        heir = one;
      }
    }
    return heir;
  }

  private boolean leaves(Browser browser, QueueConsumer consumer) {
    boolean leaves = browser.consumer.equals(consumer);
    Cursor cursor = browser.cursor;
    if (leaves && cursor != null) {
      queue.messages().forget(cursor);
    }
    return leaves;
  }

  /// Whether a message must go where the others of its group go.
  boolean grouped(Message message) {
    return message.groupId() != null && queue.settings().groups();
  }

  @Nullable GroupOwners groups() {
    return groups;
  }

  /// Message groups that have an owner, or are to have another one.
  public int groupCount() {
    return groups == null ? 0 : groups.count();
  }

  /// A message of a group is here. From now on each consumer looks through the queue for itself: if they
  /// took what comes in turn, a group whose owner has no credit would hold up all that is behind it.
  ///
  /// @param wake makes the queue be looked at again
  GroupOwners beginGroups(GroupRoom room, Runnable wake) {
    GroupOwners begun = groups;
    if (begun == null) {
      begun = new GroupOwners(this, room, wake);
      groups = begun;
      queue.holders().end();
      allChoose();
      for (QueueConsumer consumer : consumers) {
        if (!parked.containsKey(consumer)) {
          begun.attached(consumer);
        }
      }
    }
    return begun;
  }

  /// The queue is gone, or nobody is there of whom anything would have to be remembered.
  void endGroups() {
    if (groups != null) {
      groups.end();
      groups = null;
    }
  }

  /// Which message is the newest of its value; null if nothing is replaced.
  @Nullable LastValues lastValues() {
    if (lastValues == null && queue.settings().keeping().key() != null) {
      lastValues = new LastValues(this);
    }
    return lastValues;
  }

  DispatchGate gate() {
    return gate;
  }

  /// Whether it gives anything now: enough consumers are there, or have waited long enough.
  boolean opens(long wall) {
    return gate.open(queue.settings(), consumers.size(), wall);
  }

  /// Puts a consumer that has credit at the end of the row, unless it is in it, or chooses, or waits for another
  /// one to leave.
  public void offer(QueueConsumer consumer) {
    if (!choosers.has(consumer) && !parked.containsKey(consumer)) {
      ready.offer(consumer);
    }
  }

  /// A consumer wants to be told when there is nothing more for it.
  public void drain(QueueConsumer consumer) {
    if (!choosers.has(consumer)) {
      draining.add(consumer);
    }
  }

  /// There is nothing more now.
  void exhausted() {
    while (!draining.isEmpty()) {
      draining.removeFirst().exhausted();
    }
  }

  /// Those who take what comes.
  ReadyRow ready() {
    return ready;
  }

  /// Appends events for the durable messages among `keys` and answers the others. Keys that are not here
  /// are left out.
  List<Reference> split(KeyList keys, Consumer<long[]> event) {
    KeyList durable = new KeyList();
    List<Reference> others = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Reference reference = queue.messages().find(keys.get(i));
      if (reference == null) {
        continue;
      }
      if (reference.durable()) {
        durable.add(reference.key());
      } else {
        others.add(reference);
      }
      if (durable.size() == KEYS_PER_EVENT) {
        event.accept(durable.toArray());
        durable.clear();
      }
    }
    if (!durable.isEmpty()) {
      event.accept(durable.toArray());
    }
    return others;
  }
}
