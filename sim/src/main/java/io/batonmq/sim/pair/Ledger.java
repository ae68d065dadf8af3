package io.batonmq.sim.pair;

import io.batonmq.ha.Role;
import io.batonmq.message.Message;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.QueueStat;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Everything that was sent, said and asked, and the promises that can be checked at once. A node's word
/// counts when it leaves the broker, whether its client hears it or not: that is more than any client
/// could ask for.
final class Ledger {
  /// Between the name of a queue and that of the queue from which a message was moved there.
  private static final String FROM = "<";

  private final Simulation sim;
  private final Map<Long, Sent> sents = new LinkedHashMap<>();
  private final Map<String, Long> orders = new LinkedHashMap<>();

  /// Where each epoch's own records begin: whatever an older epoch commits lies below.
  private final TreeMap<Long, Long> starts = new TreeMap<>();

  /// The highest order that an epoch gave out, by queue, producer and priority.
  private final Map<String, TreeMap<Long, Long>> highest = new LinkedHashMap<>();

  /// The same as one connection had it.
  private final Map<String, Long> highestHere = new LinkedHashMap<>();

  /// The nodes that ever had the baton.
  private final Set<String> served = new LinkedHashSet<>();

  private final Promises promises;

  Ledger(Simulation sim, Stats stats) {
    this.sim = sim;
    this.promises = new Promises(this, stats);
  }

  Promises promises() {
    return promises;
  }

  Collection<Sent> sents() {
    return sents.values();
  }

  long newestEpoch() {
    return starts.isEmpty() ? 0 : starts.lastKey();
  }

  /// A client decides to send something.
  Sent compose(Client by, String address, @Nullable Tx tx) {
    return compose(by, by.name, address, tx);
  }

  /// @param producer whose messages keep their order
  Sent compose(Client by, String producer, String address, @Nullable Tx tx) {
    long order = orders.merge(producer, 1L, Long::sum) - 1;
    long id = sents.size() + 1L;
    Sent sent =
        new Sent(
            id,
            producer,
            order,
            address,
            sim.setup().messageSize(by.chance),
            by.chance.oneIn(8) ? by.chance.below(10) : 4,
            sim.setup().expiry(by.chance, sim.wallMillis()),
            // In calm whoever works in transactions still passes on what comes in, and that has to
            // end.
            sim.calm() ? 0 : sim.setup().delivery(by.chance, sim.wallMillis()),
            sim.setup().durable(by.chance),
            tx);
    sents.put(id, sent);
    if (tx != null) {
      tx.sends.add(sent);
    }
    return sent;
  }

  /// A client asks what becomes of deliveries.
  void asks(Wire wire, Command.Settle settle) {
    wire.settles.put(settle.first(), settle);
    Tx tx = wire.begun.get(settle.transaction());
    for (long number = settle.first(); number <= settle.last(); number++) {
      Copy.Delivery delivery = delivery(wire, number);
      delivery.asked = true;
      if (tx != null) {
        tx.takes.add(delivery);
        delivery.takenIn.add(tx);
        // A delivery that its consumer forgot counts as failed when the transaction does.
        delivery.moveAsked |= !settle.answer();
      } else if (settle.disposition() == Disposition.ACCEPTED) {
        delivery.acceptAsked = true;
      } else if (settle.disposition() != Disposition.RELEASED) {
        delivery.moveAsked = true;
      }
    }
  }

  /// A client asks for the end of a transaction.
  void asks(Wire wire, Command.End end, Tx tx) {
    wire.ends.put(end.request(), new Wire.Ending(tx, end.commit(), null));
    tx.commitAsked |= end.commit();
    tx.commitsAsked += end.commit() ? 1 : 0;
  }

  private static Copy.Delivery delivery(Wire wire, long number) {
    Copy.Delivery delivery = wire.deliveries.get(number);
    if (delivery == null) {
      throw new IllegalStateException("no delivery " + number);
    }
    return delivery;
  }

  /// A node has the baton.
  void began(Role.Active active, String node) {
    long epoch = active.epoch();
    served.add(node);
    long start = active.receipt().sealed() + active.receipt().tailBytes();
    sim.tell(() -> node + " serves from position " + start + " in epoch " + epoch);
    if (starts.put(epoch, start) != null) {
      throw new Violation("epoch " + epoch + " is served by two");
    }
  }

  /// A node says something.
  void said(Wire wire, Output output) {
    sim.tell(() -> wire.life().owner().name() + " to " + wire.client().name + ": " + words(output));
    confirmsWithinItsTime(wire);
    switch (output) {
      case Output.Sent answer -> sent(wire, answer);
      case Output.Delivered given -> delivered(wire, given);
      case Output.Fragment fragment -> fragment(wire, fragment);
      case Output.Settled answer when answer.refusal() == null -> settled(wire, answer);
      case Output.Restored back -> restored(wire, back);
      case Output.Ended answer -> ended(wire, answer);
      case Output.ReadOnly(long request) -> promises.readOnly(wire, request);
      case Output.Recovered answer -> promises.recovered(wire, answer);
      default -> {}
    }
  }

  private static String words(Output output) {
    return output instanceof Output.Delivered given
        ? "Delivered[delivery="
            + given.delivery()
            + ", id="
            + Sent.id(given.message())
            + ", count="
            + given.deliveryCount()
            + ", first="
            + given.firstAcquirer()
            + "]"
        : output.toString();
  }

  /// What an epoch says rests on what it committed; and that lies below where any newer one begins, or the
  /// newer one would not have it.
  private void confirmsWithinItsTime(Wire wire) {
    long committed = wire.committed();
    Map.Entry<Long, Long> newer = starts.higherEntry(wire.epoch());
    if (newer != null && committed > newer.getValue()) {
      throw new Violation(
          "epoch "
              + wire.epoch()
              + " confirms up to position "
              + committed
              + ", but epoch "
              + newer.getKey()
              + " goes on from "
              + newer.getValue());
    }
  }

  private void sent(Wire wire, Output.Sent answer) {
    Sent sent = wire.sends.get(answer.delivery());
    if (sent == null) {
      throw new Violation("an answer for nothing: " + answer);
    }
    if (sent.tx != null) {
      return;
    }
    if (answer.refusal() == null) {
      sim.stats().confirmed += sent.isConfirmed() ? 0 : 1;
      sent.confirmed = Math.min(sent.confirmed, wire.epoch());
    } else if (knows(sent, sent.confirmed, wire.epoch())) {
      throw new Violation(sent + " was confirmed, and is refused now: " + answer.refusal());
    }
  }

  /// A client hears that a message was refused, and leaves it at that.
  void refused(Sent sent) {
    sim.stats().refused++;
    sent.refused = true;
  }

  /// What was delivered.
  Sent sent(Output.Delivered given) {
    Message message = given.message();
    Sent sent = sents.get(Sent.id(message));
    if (sent == null
        || !Arrays.equals(sent.message.bytes(), message.bytes())
        || message.length() - message.size() != sent.fragmentBytes()) {
      throw new Violation("nobody ever sent what was delivered: " + given);
    }
    return sent;
  }

  /// A part of what was delivered. It may be gone when it is settled.
  private void fragment(Wire wire, Output.Fragment fragment) {
    Copy.Delivery delivery = wire.deliveries.get(fragment.delivery());
    byte[] bytes = fragment.bytes();
    if (delivery == null) {
      return;
    }
    if (bytes == null && !delivery.asked) {
      throw new Violation("what follows " + delivery.copy.sent + " is gone: " + fragment);
    }
    if (bytes != null && !Arrays.equals(delivery.copy.sent.fragment(fragment.index()), bytes)) {
      throw new Violation("nobody sent what follows " + delivery.copy.sent + ": " + fragment);
    }
  }

  private void delivered(Wire wire, Output.Delivered given) {
    Sent sent = sent(given);
    String queue = wire.client().source();
    Output.Origin origin = moved(queue, given);
    Copy copy = sent.copy(origin == null ? queue : queue + FROM + origin.queue());
    boolean marked = !given.firstAcquirer() || given.deliveryCount() > 0;
    var delivery = new Copy.Delivery(copy, wire, marked);
    belongsThere(copy, origin, wire.epoch());
    isInItsTime(copy);
    isNotGone(delivery);
    isWithNobodyElse(delivery);
    Promises.isWithNobody(delivery);
    saysThatItComesAgain(delivery);
    keepsOrder(wire, delivery);
    if (given.deliveryCount() < copy.failures(wire.epoch())) {
      throw new Violation(copy + " failed more often than it says: " + given.deliveryCount());
    }
    copy.deliveries.add(delivery);
    wire.deliveries.put(given.delivery(), delivery);
    sim.stats().deliveries++;
    sim.stats().again += marked ? 1 : 0;
    sim.stats().moved += origin == null ? 0 : 1;
  }

  /// Where a message was moved from; null if it was not. A divert moves nothing: its copy is in one more queue
  /// that the message was sent to, and says so.
  private static Output.@Nullable Origin moved(String queue, Output.Delivered given) {
    Output.Origin origin = given.origin();
    boolean diverted = origin != null && origin.queue().equals(Setup.DIVERT);
    if (diverted != queue.equals(Setup.COPIES)) {
      throw new Violation("a message in " + queue + " says that it came by " + origin);
    }
    return diverted ? null : origin;
  }

  /// Whether what was said of a message in one epoch still holds in another.
  static boolean knows(Sent sent, long said, long epoch) {
    return epoch == said || (epoch > said && !sent.fleeting());
  }

  private void belongsThere(Copy copy, Output.@Nullable Origin origin, long epoch) {
    Sent sent = copy.sent;
    String first = origin == null ? copy.place : origin.queue();
    if (!sim.setup().queues(sent.address).contains(first)) {
      throw new Violation(copy + " was sent elsewhere");
    }
    if (origin != null && origin.expired() != copy.place.startsWith(Setup.EXPIRED)) {
      throw new Violation(copy + " came by " + origin);
    }
    if (origin != null && origin.expired() && !sent.expires()) {
      throw new Violation(copy + " expired, and had no expiry");
    }
    if (sent.refused && !sent.fleeting()) {
      throw new Violation(copy + " was refused");
    }
    Tx tx = sent.tx;
    // One of which the log has nothing is in effect where it is committed, and nowhere else.
    boolean elsewhere = tx != null && !tx.lasts() && epoch < tx.ended;
    if (tx != null && ((tx.rolledBack && !elsewhere) || !tx.commitAsked)) {
      throw new Violation(copy + " is seen, and " + tx + (tx.rolledBack ? " failed" : " is open"));
    }
  }

  /// Its time has come by the clock of a node that ever served: wall time does not run backwards at a takeover.
  /// Unless it expired while it waited; from there it may have been dead-lettered too.
  private void isInItsTime(Copy copy) {
    boolean mayHaveExpired = copy.place.contains(FROM) && copy.sent.expires();
    if (!copy.sent.waits() || mayHaveExpired) {
      return;
    }
    sim.stats().waited++;
    long wall = 0;
    for (SimNode node : sim.nodes()) {
      wall = served.contains(node.name()) ? Math.max(wall, node.wallMillis()) : wall;
    }
    if (wall < copy.sent.message.deliveryMillis()) {
      throw new Violation(
          copy
              + " is delivered "
              + (copy.sent.message.deliveryMillis() - wall)
              + " ms before its time");
    }
  }

  private static void isNotGone(Copy.Delivery delivery) {
    if (knows(delivery.copy.sent, delivery.copy.gone, delivery.epoch)) {
      throw new Violation(
          delivery.copy
              + " is delivered in epoch "
              + delivery.epoch
              + ", and was settled in epoch "
              + delivery.copy.gone);
    }
  }

  /// Nobody has it: whoever had it in this epoch said what became of it, or is gone.
  private static void isWithNobodyElse(Copy.Delivery delivery) {
    for (Copy.Delivery other : delivery.copy.deliveries) {
      if (other.epoch == delivery.epoch && !other.asked && !other.wire.isCut()) {
        throw new Violation(
            delivery.copy
                + " is delivered to "
                + delivery.wire.client().name
                + " while "
                + other.wire.client().name
                + " has it, in epoch "
                + delivery.epoch);
      }
    }
  }

  private static void saysThatItComesAgain(Copy.Delivery delivery) {
    for (Copy.Delivery other : delivery.copy.deliveries) {
      boolean secret = other.epoch <= delivery.epoch ? !delivery.marked : !other.marked;
      boolean unknown = delivery.copy.sent.fleeting() && other.epoch != delivery.epoch;
      if (secret && !unknown) {
        throw new Violation(
            delivery.copy
                + " is delivered twice, in epochs "
                + other.epoch
                + " and "
                + delivery.epoch
                + ", and the second does not say so");
      }
    }
  }

  /// What was never given to anybody may not come after something that was sent after it: within an epoch
  /// as each consumer sees it (what several consumers of a queue get at once has no order among them),
  /// and over epochs as the queue gave it out.
  private void keepsOrder(Wire wire, Copy.Delivery delivery) {
    Copy copy = delivery.copy;
    // What waits for its time, for another attempt, or for who had it, lets others pass.
    boolean again = delivery.marked && (sim.setup().delays() || sim.setup().held());
    boolean waited = copy.sent.waits() || again;
    if (copy.place.contains(FROM) || waited) {
      return;
    }
    Sent sent = copy.sent;
    // In a transaction those that are durable come before the others.
    String key =
        copy.place
            + " "
            + sent.producer
            + " "
            + sent.message.priority()
            + (sent.fleeting() ? " fleeting" : "");
    String own = key + " " + wire.id();
    TreeMap<Long, Long> epochs = highest.computeIfAbsent(key, _ -> new TreeMap<>());
    long before = highestHere.getOrDefault(own, -1L);
    if (!delivery.marked && !sent.fleeting()) {
      for (long order : epochs.headMap(delivery.epoch, false).values()) {
        before = Math.max(before, order);
      }
    }
    // Or was taken in a branch that was prepared before a takeover, and rolled back only now.
    boolean cameBack =
        copy.deliveries.stream()
            .anyMatch(other ->
                other.epoch == delivery.epoch
                    || other.takenIn.stream().anyMatch(tx -> tx.prepareAsked));
    if (!cameBack && before > sent.order) {
      throw new Violation(copy + " comes after #" + before + " of the same producer");
    }
    epochs.merge(delivery.epoch, sent.order, Math::max);
    highestHere.merge(own, sent.order, Math::max);
  }

  private void settled(Wire wire, Output.Settled answer) {
    Command.Settle settle = wire.settles.get(answer.first());
    if (settle == null || settle.last() != answer.last()) {
      throw new Violation("an answer for nothing: " + answer);
    }
    if (settle.transaction() == 0) {
      for (long number = settle.first(); number <= settle.last(); number++) {
        settled(delivery(wire, number).copy, settle.disposition(), wire.epoch());
      }
    }
  }

  /// A consumer has again what it took in a branch; nobody else does.
  private void restored(Wire wire, Output.Restored back) {
    Copy.Delivery before = delivery(wire, back.before());
    if (before.takenIn.stream().noneMatch(tx -> tx.endAsked)) {
      throw new Violation(before.copy + " is given back, and nobody asked for that");
    }
    var again = new Copy.Delivery(before.copy, wire, true);
    isNotGone(again);
    isWithNobodyElse(again);
    before.copy.deliveries.add(again);
    wire.deliveries.put(back.delivery(), again);
    sim.stats().restored++;
  }

  private void settled(Copy copy, Disposition disposition, long epoch) {
    switch (disposition) {
      case ACCEPTED -> {
        sim.stats().accepted++;
        copy.gone = Math.min(copy.gone, epoch);
      }
      case REJECTED, EXPIRED -> {
        if (!copy.place.startsWith(Setup.DEAD)) {
          copy.gone = Math.min(copy.gone, epoch);
        }
      }
      case FAILED -> {
        copy.failed(epoch);
        if (copy.failures(epoch) >= Setup.ATTEMPTS && !copy.place.startsWith(Setup.DEAD)) {
          copy.gone = Math.min(copy.gone, epoch);
        }
      }
      case RELEASED, UNDELIVERABLE -> {}
    }
  }

  private void ended(Wire wire, Output.Ended answer) {
    Wire.Ending ending = wire.ends.get(answer.request());
    if (ending == null) {
      throw new Violation("an answer for nothing: " + answer);
    }
    Command.Step step = ending.step();
    if (step != null) {
      promises.ended(wire, ending, step, answer.refusal());
    } else if (answer.refusal() == null && ending.commit()) {
      committed(ending.tx(), wire);
    } else {
      rolledBack(ending.tx(), wire);
    }
  }

  /// A transaction is said to be in effect.
  void committed(Tx tx, Wire wire) {
    sim.stats().commits += tx.committed ? 0 : 1;
    sim.stats().large += tx.committed || tx.sends.size() < 512 ? 0 : 1;
    tx.committed = true;
    tx.ended = Math.min(tx.ended, wire.epoch());
    for (Copy.Delivery take : tx.takes) {
      take.copy.gone = Math.min(take.copy.gone, wire.epoch());
    }
  }

  /// A transaction is said to be rolled back. Each end that was asked for before has been answered, so that this one
  /// is about all of it. Of one with nothing in it the log knows nothing, and either word is true.
  void rolledBack(Tx tx, Wire wire) {
    boolean empty = tx.sends.isEmpty() && tx.takes.isEmpty();
    boolean seen = tx.sends.stream().anyMatch(sent -> sent.seen() && !sent.fleeting());
    if (!empty && tx.lasts() && (tx.committed || seen)) {
      throw new Violation(tx + " is in effect, and is said to be rolled back");
    }
    if (!tx.triedAgain) {
      sim.stats().rollbacks++;
      tx.rolledBack = true;
      tx.ended = Math.min(tx.ended, wire.epoch());
    }
  }

  /// After everything was taken: what was promised is accounted for.
  List<String> losses(List<QueueStat> queues) {
    return new Account(sim.setup(), sents.values(), newestEpoch()).losses(queues);
  }
}
