package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.Keys;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who gets the messages of which group, in one queue of the active node. Nothing of it is in the log: the next
/// node finds owners afresh.
///
/// All that is out of a group is out with one consumer. A group that has lost its owner (it left, the group was
/// closed, or all are given anew) therefore gets another one only when nothing of it is out any more, be
/// it with the old owner or in a transaction; until then its messages are passed over. So none of them
/// overtakes an earlier one that is with somebody else.
///
/// Consumers look at a message once, so whoever passed over one of a group that is to have another owner has to
/// look again: from the first one on that was passed over, not from the front of a deep queue, for groups
/// that are closed after a few messages come and go all the time.
final class GroupOwners {
  /// The sequence in a group of the message that closes it (JMSXGroupSeq -1).
  private static final int CLOSES = -1;

  private static final int SEVERAL = -1;

  private final LiveQueue queue;
  private final Choosers choosers;
  private final GroupRoom room;
  private final Runnable wake;
  private final Map<String, Group> groups = new HashMap<>();
  private final IdentityHashMap<QueueConsumer, Owner> owners = new IdentityHashMap<>();

  /// What is out, by key.
  private final Map<Long, Group> out = new HashMap<>();

  /// Groups with an owner of which nothing is out; the one that was used longest ago comes first.
  private final Set<Group> idle = new LinkedHashSet<>();

  /// Whether nothing is given until nothing is out.
  private boolean paused;

  private static final class Owner {
    private final Set<Group> groups = new LinkedHashSet<>();

    /// Whether it may have left something behind of what it owns: then having a later one does not mean
    /// having had all before it.
    private boolean leaves;
  }

  private static final class Group {
    private final String id;
    private final Owner owner;
    private int out;

    /// Whether it is to have another owner. Then something of it is out.
    private boolean free;

    /// The lowest and the highest sequence of those that were passed over since there was an owner, and their
    /// priority; -1 if none was.
    private long passedFrom = -1;

    private long passedTo = -1;
    private int passedPriority;

    Group(String id, Owner owner) {
      this.id = id;
      this.owner = owner;
    }

    void pass(long key) {
      long sequence = Keys.sequence(key);
      if (passedFrom < 0) {
        passedFrom = sequence;
        passedTo = sequence;
        passedPriority = Keys.priority(key);
      } else {
        passedFrom = Math.min(passedFrom, sequence);
        passedTo = Math.max(passedTo, sequence);
        passedPriority = passedPriority == Keys.priority(key) ? passedPriority : SEVERAL;
      }
    }

    /// The owner has this one, and so has had all before it in its priority.
    void reached(long key) {
      if (passedPriority == Keys.priority(key) && passedTo <= Keys.sequence(key)) {
        passedFrom = -1;
        passedTo = -1;
      }
    }
  }

  /// @param wake makes the queue be looked at again
  GroupOwners(LiveQueue queue, GroupRoom room, Runnable wake) {
    this.queue = queue;
    this.choosers = queue.choosers();
    this.room = room;
    this.wake = wake;
    queue.queue().messages().watch(this::back);
  }

  private QueueSettings settings() {
    return queue.queue().settings();
  }

  /// Groups that have an owner, or are to have another one.
  int count() {
    return groups.size();
  }

  /// Whether nothing is to be given to anybody until what is out of any group is settled.
  boolean paused() {
    return paused;
  }

  /// Whether nothing of any group is out.
  boolean nothingOut() {
    return out.isEmpty();
  }

  void attached(QueueConsumer consumer) {
    owners.put(consumer, new Owner());
    if (settings().groupRebalance()) {
      owners.values().forEach(this::release);
      paused = settings().groupRebalancePause() && !out.isEmpty();
      choosers.back(0);
    }
  }

  void detached(QueueConsumer consumer) {
    Owner owner = owners.remove(consumer);
    if (owner != null && !owner.groups.isEmpty()) {
      release(owner);
      choosers.back(0);
    }
  }

  /// Whether a consumer may have a message now. If not, it is passed over.
  boolean mayHave(QueueConsumer consumer, long key, Message message) {
    String id = id(message);
    Group group = id == null ? null : groups.get(id);
    if (group == null || (!group.free && group.owner.equals(owner(consumer)))) {
      return true;
    }
    group.pass(key);
    return false;
  }

  /// A consumer goes on without a message that it does not want, or must not have.
  void leaves(QueueConsumer consumer) {
    owner(consumer).leaves = true;
  }

  /// A consumer is given a message that it may have. Answers whether that is the first one of its group for it.
  boolean given(QueueConsumer consumer, long key, Message message) {
    String id = id(message);
    if (id == null) {
      return false;
    }
    Group group = groups.get(id);
    boolean first = group == null;
    if (group == null) {
      Owner owner = owner(consumer);
      group = new Group(id, owner);
      owner.groups.add(group);
      groups.put(id, group);
      room.take(id);
      makeRoom();
    } else {
      idle.remove(group);
    }
    if (!group.owner.leaves) {
      group.reached(key);
    }
    group.out++;
    out.put(key, group);
    if (message.groupSequence() == CLOSES) {
      group.owner.groups.remove(group);
      group.free = true;
    }
    return first;
  }

  /// The queue is gone, or has no consumers any more and nothing out.
  void end() {
    groups.keySet().forEach(room::giveBack);
    queue.queue().messages().watch(_ -> {});
  }

  private Owner owner(QueueConsumer consumer) {
    Owner owner = owners.get(consumer);
    if (owner == null) {
      throw new IllegalStateException("a consumer that is not attached");
    }
    return owner;
  }

  /// The name of a message's group, or of the bucket that it is in; null if it is in none.
  private @Nullable String id(Message message) {
    String group = message.groupId();
    int buckets = settings().groupBuckets();
    return group == null || buckets < 0
        ? group
        : Integer.toString(Math.floorMod(group.hashCode(), buckets));
  }

  private void release(Owner owner) {
    for (Group group : owner.groups) {
      if (group.out == 0) {
        idle.remove(group);
        drop(group);
      } else {
        group.free = true;
      }
    }
    owner.groups.clear();
  }

  private void drop(Group group) {
    groups.remove(group.id);
    room.giveBack(group.id);
  }

  /// Who passed over a message of a group that has no owner any more looks at it again.
  private void lookAgain(Group group) {
    if (group.passedFrom >= 0) {
      choosers.back(group.passedFrom);
    }
  }

  /// The one that is given something now is not idle, and stays.
  private void makeRoom() {
    while (room.full() && !idle.isEmpty()) {
      Group eldest = idle.iterator().next();
      idle.remove(eldest);
      eldest.owner.groups.remove(eldest);
      drop(eldest);
      lookAgain(eldest);
    }
  }

  /// A message is not out any more.
  private void back(long key) {
    Group group = out.remove(key);
    if (group == null) {
      return;
    }
    group.out--;
    if (group.out == 0 && group.free) {
      drop(group);
      lookAgain(group);
      wake.run();
    } else if (group.out == 0) {
      idle.add(group);
    }
    if (out.isEmpty() && owners.isEmpty()) {
      queue.endGroups();
    } else if (out.isEmpty() && paused) {
      paused = false;
      wake.run();
    }
  }
}
