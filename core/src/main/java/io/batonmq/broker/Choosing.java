package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.Keys;
import io.batonmq.queue.Reference;
import java.util.HashSet;
import java.util.Set;

/// Gives messages to consumers that choose. They take turns, one message or a few looks each, so that one
/// that finds nothing in a deep queue does not hold up the others; how much all of them look at in a turn
/// of the owner's loop is bounded by [Looks].
final class Choosing {
  /// Messages that those of one queue may be given before the next queue has its turn.
  private static final int ROUND = 256;

  /// Messages that one passes over before the next has its turn.
  private static final int LOOKS = 64;

  private final ActiveBroker broker;
  private final Dispatcher dispatcher;
  private final Bodies bodies;
  private final Looks looks;

  /// What was given in this round: its event is not appended yet.
  private final Set<Long> given = new HashSet<>();

  /// What was found to be due in this round, and moved.
  private int expired;

  private enum Step {
    GAVE,
    /// It had its share of looks, and there is more.
    CUT,
    /// There is nothing to do for it now.
    IDLE
  }

  Choosing(ActiveBroker broker, Dispatcher dispatcher, Bodies bodies, Looks looks) {
    this.broker = broker;
    this.dispatcher = dispatcher;
    this.bodies = bodies;
    this.looks = looks;
  }

  /// One round of a queue; true if it was cut short.
  boolean round(LiveQueue queue, long wall) {
    Choosers choosers = queue.choosers();
    int idle = 0;
    int cut = 0;
    expired = 0;
    while (idle + cut < choosers.size() && !full()) {
      Choosers.Chooser chooser = choosers.next(idle + cut);
      if (chooser == null) {
        break;
      }
      switch (step(queue, chooser, wall)) {
        case GAVE -> {
          idle = 0;
          cut = 0;
        }
        case CUT -> {
          // Without looks left it stays so, and the others may still be given what needs none.
          idle = looks.left() ? 0 : idle;
          cut = looks.left() ? 0 : cut + 1;
        }
        case IDLE -> idle++;
      }
    }
    boolean full = full();
    given.clear();
    dispatcher.flush(queue);
    if (!full) {
      choosers.tellExhausted();
    }
    return full || cut > 0;
  }

  private boolean full() {
    return given.size() + expired >= ROUND;
  }

  private Step step(LiveQueue queue, Choosers.Chooser chooser, long wall) {
    chooser.atEnd = false;
    for (int looked = 0; chooser.consumer.ready(); looked++) {
      long key = chooser.cursor.next();
      if (key == Keys.NONE) {
        break;
      }
      if (looked == LOOKS || !looks.left()) {
        return Step.CUT;
      }
      if (given.contains(key) || chooser.consumer.excludes(key)) {
        looks.spend();
        leave(queue, chooser, key);
        continue;
      }
      Reference reference = Dispatcher.reference(queue.queue().messages(), key);
      Message message = bodies.get(reference.position());
      if (message == null && !reference.due(wall)) {
        dispatcher.load(queue, key);
        return Step.IDLE;
      }
      chooser.cursor.seen(key);
      if (message == null || Dispatcher.due(reference, message, wall)) {
        looks.spend();
        expired++;
        broker.expire(queue, reference);
        continue;
      }
      GroupOwners groups = dispatcher.groups(queue, message);
      if (groups != null && !groups.mayHave(chooser.consumer, key, message)) {
        looks.spend();
        continue;
      }
      if (chooser.condition.none()) {
        // It is not looked into.
        looks.spend();
      } else {
        looks.spend(message, chooser.condition);
      }
      if (chooser.condition.matches(message, reference, queue.queue().address().name())) {
        given.add(key);
        queue.choosers().first = false;
        dispatcher.give(queue, chooser.consumer, reference, message);
        return Step.GAVE;
      }
      leave(queue, chooser, key);
    }
    chooser.atEnd = true;
    return Step.IDLE;
  }

  /// It goes on without this one, which may be of a group that it owns.
  private void leave(LiveQueue queue, Choosers.Chooser chooser, long key) {
    chooser.cursor.seen(key);
    GroupOwners groups = queue.groups();
    if (groups != null && !given.contains(key)) {
      groups.leaves(chooser.consumer);
    }
  }
}
