package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.Cursor;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Gives messages to consumers. Queues that may have something to give stand in a row and get a bounded
/// round each, so that a deep queue does not stall the others; the consumers of a queue take turns.
///
/// A message whose body is not in memory is asked for, and its queue waits for it, in order; other
/// queues go on. The deliveries of a round are one event. Consumers with a condition are served by
/// [Choosing], each waiting for itself alone.
final class Dispatcher {
  /// Messages that one queue may give before the next queue has its turn.
  private static final int ROUND = 256;

  /// Bodies that are asked for ahead of the one that is waited for.
  private static final int READ_AHEAD = 32;

  private static final List<Browser> NOBODY = List.of();

  private final ActiveBroker broker;
  private final EventLog log;
  private final Bodies bodies;
  private final Effects effects;
  private final ArrayDeque<LiveQueue> marked = new ArrayDeque<>();

  /// Positions that were asked for, and who waits for each.
  private final Map<Long, Set<LiveQueue>> loading = new HashMap<>();

  /// Bytes of the bodies that came since the last dispatch.
  private long arrived;

  private final GroupRoom room = new GroupRoom(GroupRoom.BYTES_MAX);
  private final Openings openings = new Openings();
  private final Comebacks comebacks = new Comebacks();
  private final Looks looks = new Looks(Looks.CHOOSING_PER_TURN);
  private final Choosing choosing;
  private final Holds holds = new Holds();

  /// What was given since the last event, by who has it.
  private final Map<Long, KeyList> given = new LinkedHashMap<>();

  private final List<QueueConsumer> served = new ArrayList<>();

  Dispatcher(ActiveBroker broker, EventLog log, Bodies bodies, Effects effects) {
    this.broker = broker;
    this.log = log;
    this.bodies = bodies;
    this.effects = effects;
    this.choosing = new Choosing(broker, this, bodies, looks);
  }

  void mark(LiveQueue queue) {
    if (!queue.marked) {
      queue.marked = true;
      marked.addLast(queue);
    }
  }

  boolean undispatched() {
    return !marked.isEmpty();
  }

  /// Who gets which group of a queue, if a message is of one; from the first such message on, there are owners.
  @Nullable GroupOwners groups(LiveQueue queue, Message message) {
    return queue.grouped(message) ? queue.beginGroups(room, () -> mark(queue)) : null;
  }

  /// A queue is gone.
  void gone(LiveQueue queue) {
    openings.note(queue);
    queue.endGroups();
  }

  /// When [#openDue] has something to do; [Schedule#NEVER] for never.
  long nextOpeningMillis() {
    return Math.min(holds.nextMillis(), Math.min(openings.nextMillis(), comebacks.nextMillis()));
  }

  /// Consumers have waited long enough for others, or have been waited for.
  void openDue(long wall) {
    openings.due(wall, this::mark);
    comebacks.due(wall, this::mark);
    holds.due(wall, this::mark);
  }

  /// A node before this one had a queue.
  ///
  /// @param awaitMillis until when its consumers are waited for
  /// @param wall now
  void resume(LiveQueue queue, long awaitMillis, long wall) {
    holds.begin(queue, wall);
    if (queue.awaits()) {
      comebacks.await(queue, awaitMillis);
    }
    if (queue.queue().settings().keeping().replaces()) {
      // There may have been no time to throw away what newer messages replaced.
      mark(queue);
    }
  }

  /// Whether a queue gives nothing to those who take, whoever they are. They are told that there is nothing.
  private boolean held(LiveQueue queue, long wall) {
    boolean opens = queue.opens(wall);
    openings.note(queue);
    GroupOwners groups = queue.groups();
    if (opens && (groups == null || !groups.paused())) {
      return false;
    }
    queue.exhausted();
    queue.choosers().tellAll();
    return true;
  }

  /// What newer messages with the same value replace goes, before anybody is given anything.
  private LastValues.Step replace(LiveQueue queue) {
    LastValues values = queue.lastValues();
    if (values == null) {
      return LastValues.Step.DONE;
    }
    KeyList old = new KeyList();
    LastValues.Step step = values.look(broker, this, bodies, looks, old);
    broker.drop(queue, old);
    return step;
  }

  /// The oldest go where there are more than a ring has room for, after those who wait have been given what they
  /// take. True if that is not all.
  private boolean trim(LiveQueue queue) {
    MessageQueue messages = queue.queue().messages();
    long size = queue.queue().settings().keeping().ringSize();
    long over = size < 0 ? 0 : messages.availableCount() - size;
    if (over <= 0) {
      return false;
    }
    KeyList oldest = new KeyList();
    Cursor cursor = messages.cursor();
    while (oldest.size() < over && looks.left()) {
      looks.spend();
      long key = cursor.oldest();
      cursor.seen(key);
      oldest.add(key);
    }
    messages.forget(cursor);
    broker.drop(queue, oldest);
    return over > oldest.size();
  }

  void dispatch(long wall) {
    looks.begin();
    arrived = 0;
    // Where more is to be looked at, but not in this turn.
    List<LiveQueue> later = new ArrayList<>();
    while (!marked.isEmpty() && !log.full()) {
      LiveQueue queue = marked.removeFirst();
      queue.marked = false;
      if (queue.queue().deleted() || queue.returning > 0) {
        continue;
      }
      if (queue.purges(broker, looks)) {
        later.add(queue);
        continue;
      }
      LastValues.Step looked = replace(queue);
      boolean cut = looked == LastValues.Step.CUT;
      boolean more = false;
      boolean replaced = looked == LastValues.Step.DONE;
      if (replaced && !held(queue, wall)) {
        boolean before = queue.choosers().first;
        cut |= before && choose(queue, wall);
        more = deliver(queue, wall);
        cut |= !before && choose(queue, wall);
      }
      for (Browser browser : replaced ? List.copyOf(queue.browsers()) : NOBODY) {
        if (browser.condition.none()) {
          more |= show(queue, browser, wall);
        } else {
          cut |= show(queue, browser, wall);
        }
      }
      cut |= !more && trim(queue);
      if (more || (cut && looks.left())) {
        mark(queue);
      } else if (cut) {
        later.add(queue);
      }
    }
    later.forEach(this::mark);
  }

  private boolean choose(LiveQueue queue, long wall) {
    return !queue.choosers().isEmpty() && choosing.round(queue, wall);
  }

  /// Whether a record of a size may come before the next dispatch. One too many would push out of memory what
  /// came before it, which nobody has seen yet: it would be asked for again, and again pushed out.
  boolean roomToLoad(int bytes) {
    return arrived == 0 || arrived + bytes <= bodies.loadBytesMax();
  }

  void loaded(long position, ByteBuffer payload) {
    Set<LiveQueue> waiting = loading.remove(position);
    if (waiting != null) {
      Message message = Events.message(payload);
      arrived += Bodies.cost(message);
      bodies.keep(position, message);
      waiting.forEach(this::mark);
    }
  }

  /// One round of a queue; true if it was cut short.
  private boolean deliver(LiveQueue queue, long wall) {
    MessageQueue messages = queue.queue().messages();
    boolean waiting = false;
    boolean grouped = false;
    int turns = 0;
    long key = messages.firstAvailable();
    while (key != Keys.NONE && turns < ROUND && !grouped && queue.ready().hasReady()) {
      // Who takes it comes before what it is: a body that nobody here may have, loaded only to be
      // passed
      // over, would push out the next one, which is then loaded, and pushes out the first one
      // again.
      QueueConsumer consumer = queue.ready().next(key);
      if (consumer != null) {
        Reference reference = reference(messages, key);
        Message message = bodies.get(reference.position());
        if (message == null && !reference.due(wall)) {
          load(queue, key);
          waiting = true;
          break;
        }
        turns++;
        if (message == null || due(reference, message, wall)) {
          broker.expire(queue, reference);
          if (messages.find(key) != null) {
            // A filter at the expiry address has to see it first: a round that went on would find
            // the same ones at the head of the queue again, and again.
            load(queue, key);
            waiting = true;
            break;
          }
        } else if (queue.grouped(message)) {
          grouped = true;
        } else {
          queue.ready().served(consumer);
          give(queue, consumer, reference, message);
          queue.offer(consumer);
          queue.choosers().first = true;
        }
      }
      key = messages.nextAvailable(key);
    }
    flush(queue);
    if (grouped) {
      queue.beginGroups(room, () -> mark(queue));
      return true;
    }
    boolean more = turns == ROUND && key != Keys.NONE;
    if (!waiting && !more) {
      queue.exhausted();
    }
    return more;
  }

  /// Appends what was given since the last time as one event, and lets it leave.
  void flush(LiveQueue queue) {
    given.forEach((holder, keys) ->
        log.append(new Event.Delivered(queue.queue().id(), keys.toArray(), holder)));
    given.clear();
    // Only now: a delivery that left before its event was committed could be made a second time, by
    // whoever is active next, without being marked as one.
    served.forEach(QueueConsumer::flush);
    served.clear();
  }

  /// Gives a message to a consumer; until [#flush] it is still in its place.
  void give(LiveQueue queue, QueueConsumer consumer, Reference reference, Message message) {
    GroupOwners groups = queue.groups();
    boolean first = groups != null && groups.given(consumer, reference.key(), message);
    String firstKey = first ? queue.queue().settings().groupFirstKey() : null;
    consumer.give(reference, outward(reference, message), broker.origin(reference), firstKey);
    served.add(consumer);
    if (reference.durable()) {
      given.computeIfAbsent(consumer.holder(), _ -> new KeyList()).add(reference.key());
    } else {
      queue.queue().messages().deliver(reference.key());
    }
  }

  /// Shows a browser what it has not seen yet; true if it was cut short.
  private boolean show(LiveQueue queue, Browser browser, long wall) {
    MessageQueue messages = queue.queue().messages();
    int turns = 0;
    long key = browser.next(messages);
    while (key != Keys.NONE && turns < ROUND && browser.consumer.ready()) {
      Reference reference = reference(messages, key);
      Message message = bodies.get(reference.position());
      if (message == null) {
        load(queue, key);
        browser.consumer.flush();
        return false;
      }
      turns++;
      if (!browser.condition.none()) {
        if (!looks.left()) {
          browser.consumer.flush();
          return true;
        }
        looks.spend(message, browser.condition);
      }
      if (!due(reference, message, wall)
          && browser.condition.matches(message, reference, queue.queue().address().name())) {
        browser.consumer.give(
            reference, outward(reference, message), broker.origin(reference), null);
      }
      browser.seen(key);
      key = browser.next(messages);
    }
    browser.consumer.flush();
    if (key == Keys.NONE) {
      browser.consumer.exhausted();
      return false;
    }
    return turns == ROUND;
  }

  /// Asks for a body that a queue waits for, and for some that come after it.
  void load(LiveQueue queue, long first) {
    MessageQueue messages = queue.queue().messages();
    long key = first;
    long bytes = 0;
    for (int i = 0; i < READ_AHEAD && bytes <= bodies.readAheadBytes() && key != Keys.NONE; i++) {
      Reference reference = reference(messages, key);
      long position = reference.position();
      bytes += reference.size();
      if (bodies.get(position) == null) {
        Set<LiveQueue> waiting = loading.get(position);
        if (waiting == null) {
          waiting = new LinkedHashSet<>();
          loading.put(position, waiting);
          effects.load(position);
        }
        if (key == first) {
          waiting.add(queue);
        }
      }
      key = messages.nextAvailable(key);
    }
  }

  static boolean due(Reference reference, Message message, long wall) {
    return reference.expiry() != 0 && message.expiryMillis() <= wall;
  }

  /// What was moved does not expire any more, whatever its record says.
  private static Message outward(Reference reference, Message message) {
    if (reference.expiry() != 0 || message.expiryMillis() == 0) {
      return message;
    }
    return message.expiringAt(0);
  }

  static Reference reference(MessageQueue messages, long key) {
    @Nullable Reference reference = messages.find(key);
    if (reference == null) {
      throw new IllegalStateException("no message with sequence " + Keys.sequence(key));
    }
    return reference;
  }
}
