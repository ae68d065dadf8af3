package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Tail;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Notice;
import io.batonmq.session.Output;
import io.batonmq.wire.openwire.Unacknowledged.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A consumer of the peer: messages go to it as far as its prefetch allows, and each waits for its
/// acknowledgement here, in the order in which they went.
///
/// The prefetch counts what is not acknowledged. What the peer has only seen (a `DELIVERED` acknowledgement, or one
/// in an open transaction) counts as if it were, as in ActiveMQ: a transaction may take more than the prefetch. It is
/// passed on to the broker in slices, so that a peer that asks for a million and reads nothing costs a window.
final class ConsumerEnd implements Receiver, Peer.End {
  private final Peer peer;
  private final Struct info;
  private final Struct id;
  private final boolean browser;
  private final Map<Integer, Leg> legs = new LinkedHashMap<>();
  private final QueuePatterns patterns;
  private final Unacknowledged unacknowledged = new Unacknowledged();
  private final Pulls pulls = new Pulls();
  private final Opening opening;
  private int toEnd;
  private int prefetch;
  private boolean closed;

  ConsumerEnd(Peer peer, Struct info) {
    this.peer = peer;
    this.info = info;
    this.id = info.needed(Field.CONSUMER_ID);
    this.browser = info.flag(Field.BROWSER);
    this.patterns = new QueuePatterns(peer);
    this.prefetch = Math.max(0, info.number(Field.PREFETCH_SIZE));
    this.opening = new Opening(peer, info);
  }

  @Override
  public void open() {
    List<Struct> parts =
        Destinations.parts(info.needed(Field.DESTINATION), peer.limits().compositeMax());
    opening.await(parts.size());
    toEnd = parts.size();
    for (Struct part : parts) {
      if (Destinations.isQueuePattern(part)) {
        patterns.open(this, part);
      } else {
        take(new Leg(peer.link(this), part, false));
      }
    }
  }

  private void take(Leg leg) {
    legs.put(leg.link, leg);
    peer.submit(
        new Command.OpenConsumer(
            peer.connection(),
            leg.link,
            Destinations.source(
                leg.destination, info, peer.clientId(), peer.protocol().wildcards()),
            Ids.holder(id),
            Ids.member(id)));
  }

  /// A queue is there that matches a pattern.
  private void matched(Notice notice) {
    Struct queue = patterns.queue(notice);
    if (queue != null && !gone()) {
      Leg leg = new Leg(peer.link(this), queue, true);
      leg.awaited = !opening.over();
      opening.await(leg.awaited ? 1 : 0);
      take(leg);
    }
  }

  @Override
  public String session() {
    return Ids.session(id);
  }

  @Override
  public void again(Struct command) {
    opening.again(command);
  }

  @Override
  public void emit(Output output) {
    switch (output) {
      case Output.ConsumerOpened(int link, String _) -> opened(link);
      case Output.News(int _, Notice notice) -> matched(notice);
      case Output.LinkRefused(int link, Refusal why) -> refused(link, why);
      case Output.Delivered delivery -> {
        Leg leg = leg(delivery.link());
        leg.delivered(delivery);
        if (leg.delivered >= leg.limit && !browser) {
          // It took all that was asked for: there may be more, and the broker has nothing to say of
          // that.
          leg.draining = false;
        }
        pump(leg);
      }
      case Output.Drained(int link) -> {
        Leg leg = leg(link);
        leg.waiting.add(output);
        pump(leg);
      }
      case Output.Fragment fragment -> fragment(leg(fragment.link()), fragment);
      case Output.LinkClosed(int link, Refusal why) -> closed(link, why);
      case Output.Settled(int link, long first, long _, var _) -> leg(link).prepared.remove(first);
      case Output.Restored back -> restored(leg(back.link()), back);
      default -> throw new IllegalStateException("not for a consumer: " + output);
    }
  }

  private Leg leg(int link) {
    Leg leg = legs.get(link);
    if (leg == null) {
      throw new IllegalStateException("no link " + link + " of " + Ids.member(id));
    }
    return leg;
  }

  private void opened(int link) {
    if (patterns.has(link)) {
      if (browser) {
        // It looks at what there is, and all of that is known.
        patterns.close(link);
      }
      answered(true);
    } else {
      Leg leg = leg(link);
      leg.opened = true;
      answered(leg.awaited);
      pump(leg);
    }
  }

  private void refused(int link, Refusal why) {
    Leg leg = legs.remove(link);
    if (leg != null && leg.matched) {
      if (why.reason() != Refusal.Reason.NOT_FOUND) {
        // The others of its pattern are taken from all the same.
        peer.write(new Struct(Type.CONNECTION_ERROR).with(Field.EXCEPTION, Faults.of(why)));
      }
    } else {
      opening.refuse(why);
    }
    patterns.refused(link);
    answered(leg == null || leg.awaited);
  }

  private void answered(boolean awaited) {
    if (!awaited || !opening.answered()) {
      return;
    }
    if (opening.refused()) {
      // All of its destinations, or none.
      patterns.close();
      legs.values().forEach(leg -> leg.leave(peer));
      legs.clear();
    } else {
      endBrowse();
      pump();
    }
  }

  @Override
  public boolean gone() {
    return opening.refused() || closed;
  }

  /// The broker ended it: its queue is gone, or it was too slow.
  private void closed(int link, @Nullable Refusal why) {
    Leg leg = legs.remove(link);
    peer.forget(link);
    if (leg != null) {
      leg.giveBack(peer);
      unacknowledged.removeAll(leg);
    }
    if (leg != null && leg.matched) {
      endBrowse();
    } else if (why != null && --toEnd == 0 && !closed) {
      closed = true;
      peer.write(
          new Struct(Type.CONSUMER_CONTROL)
              .with(Field.CONSUMER_ID, id)
              .with(Field.DESTINATION, info.child(Field.DESTINATION))
              .with(Field.CLOSE, true));
    }
  }

  @Override
  public void control(int newPrefetch) {
    prefetch = Math.max(0, newPrefetch);
    pump();
  }

  @Override
  public void pull(long timeoutMillis) {
    if (prefetch > 0 || pulls.size() >= peer.limits().window()) {
      return;
    }
    pulls.add(timeoutMillis, peer.now());
    pump();
  }

  @Override
  public long deadline() {
    return starved()
        ? peer.now().nanos() + BodyRoom.RETRY_NANOS
        : draining() ? Long.MAX_VALUE : pulls.deadline();
  }

  private boolean starved() {
    return legs.values().stream().anyMatch(leg -> leg.starved);
  }

  private boolean draining() {
    for (Leg leg : legs.values()) {
      if (leg.draining) {
        return true;
      }
    }
    return false;
  }

  /// A pull whose time is over takes what there is, or is told that there is nothing.
  @Override
  public void due() {
    if (starved()) {
      pump();
    }
    if (!draining() && pulls.over(peer.now())) {
      pump();
      if (legs.isEmpty()) {
        pulls.done();
        nothing(info.needed(Field.DESTINATION));
      }
    }
  }

  @Override
  public void pump() {
    legs.values().forEach(this::pump);
  }

  private void pump(Leg leg) {
    if (!leg.opened || !opening.over()) {
      return;
    }
    leg.starved = false;
    while (leg.body == null && !leg.starved && !leg.waiting.isEmpty() && peer.writable()) {
      switch (leg.waiting.remove()) {
        case Output.Drained _ -> drained(leg);
        case Output.Delivered delivery -> begin(leg, delivery);
        case Output other -> throw new IllegalStateException("not to be dispatched: " + other);
      }
    }
    ask(leg);
  }

  /// Tells the broker how far it may deliver.
  private void ask(Leg leg) {
    if (leg.over || (leg.draining && !browser)) {
      return;
    }
    long room = leg.written + leg.window(peer.limits());
    if (prefetch == 0) {
      pulling(leg);
      return;
    }
    long next = Math.min(leg.done + leg.extension + prefetch, room);
    boolean worth = next - leg.limit >= Math.max(1, Math.min(prefetch, 64) / 4);
    if (next > leg.limit && (worth || leg.limit <= leg.delivered)) {
      leg.credit(peer, next, browser);
    }
  }

  private void pulling(Leg leg) {
    if (pulls.isEmpty()) {
      return;
    }
    boolean over = pulls.over(peer.now());
    if (leg.limit <= leg.delivered || over) {
      leg.credit(peer, leg.delivered + 1, over);
    }
  }

  /// There is nothing more now; of a queue that is looked at, nothing at all.
  private void drained(Leg leg) {
    if (!leg.draining) {
      // What was asked for came after all.
      return;
    }
    leg.draining = false;
    leg.limit = leg.delivered;
    if (browser) {
      leg.over = true;
      endBrowse();
    } else if (prefetch == 0 && !pulls.isEmpty() && !draining()) {
      pulls.done();
      nothing(leg.destination);
    }
  }

  /// Says that there is nothing more to look at, if that is so.
  private void endBrowse() {
    if (browser && legs.values().stream().allMatch(one -> one.over)) {
      nothing(info.needed(Field.DESTINATION));
    }
  }

  private void begin(Leg leg, Output.Delivered delivery) {
    Tail tail = delivery.message().tail();
    if (tail == null) {
      write(leg, delivery, new byte[0]);
    } else if (tail.bytes() > peer.limits().frameBytes()) {
      // No frame may be that long: another consumer may be able to take it.
      leg.written++;
      leg.done++;
      leg.settle(peer, delivery.delivery(), Disposition.UNDELIVERABLE, 0);
    } else {
      leg.begin(peer, delivery, tail);
    }
  }

  private void fragment(Leg leg, Output.Fragment fragment) {
    if (leg.waiting.peek() instanceof Output.Delivered delivery) {
      byte[] tail = leg.piece(peer, delivery, fragment);
      if (tail != null) {
        write(leg, delivery, tail);
      }
      if (leg.body == null) {
        leg.giveBack(peer);
        pump(leg);
      }
    }
  }

  private void write(Leg leg, Output.Delivered delivery, byte[] tail) {
    leg.written++;
    if (prefetch == 0 && !pulls.isEmpty()) {
      pulls.done();
    }
    Struct message = Dispatched.message(peer, leg, delivery, tail);
    long sequence = peer.sequence();
    Struct messageId = message.needed(Field.MESSAGE_ID).copy();
    message.with(Field.MESSAGE_ID, messageId.with(Field.BROKER_SEQUENCE_ID, sequence));
    Entry entry = new Entry(leg, delivery.delivery(), messageId);
    if (!delivery.settled()) {
      unacknowledged.add(entry);
    } else if (!browser) {
      // Of a queue that keeps what is read: nobody acknowledges it to the broker.
      leg.done++;
    }
    int redeliveries = delivery.deliveryCount();
    if (!delivery.firstAcquirer() && redeliveries == 0) {
      // It may have been delivered before: the counter is what clients tell that by.
      redeliveries = 1;
    }
    message.with(Field.REDELIVERY_COUNTER, redeliveries);
    try {
      dispatch(message.needed(Field.DESTINATION), message, redeliveries);
    } catch (Malformed notEncodable) {
      // A text of it is too long for this protocol. It would end each connection that it is given
      // to.
      done(entry);
      leg.settle(peer, delivery.delivery(), Disposition.UNDELIVERABLE, 0);
    }
  }

  private void nothing(Struct destination) {
    dispatch(destination, null, 0);
  }

  private void dispatch(Struct destination, @Nullable Struct message, int redeliveries) {
    peer.write(
        new Struct(Type.MESSAGE_DISPATCH)
            .with(Field.CONSUMER_ID, id)
            .with(Field.DESTINATION, destination)
            .with(Field.MESSAGE, message)
            .with(Field.REDELIVERY_COUNTER, redeliveries));
  }

  // What the peer says of what it has

  /// Takes an acknowledgement. What it names and is not here is left out: it was given to somebody else meanwhile,
  /// or acknowledged before.
  ///
  /// @param transaction 0 for none
  /// @return the entries that the transaction has now
  List<Entry> acknowledge(Struct ack, long transaction) {
    int type = ack.number(Field.ACK_TYPE);
    if (type == AckType.REDELIVERED) {
      return List.of();
    }
    if (browser) {
      browsed(ack);
      return List.of();
    }
    List<Entry> named = unacknowledged.named(ack, type == AckType.INDIVIDUAL);
    if (type == AckType.DELIVERED) {
      named.forEach(Entry::see);
      pump();
      return List.of();
    }
    Disposition disposition = AckType.disposition(type);
    long in = type == AckType.STANDARD || type == AckType.INDIVIDUAL ? transaction : 0;
    List<Entry> taken = new ArrayList<>();
    for (Entry entry : named) {
      if (entry.transaction != 0) {
        continue;
      }
      if (in != 0) {
        entry.see();
        entry.transaction = in;
        taken.add(entry);
      } else {
        done(entry);
      }
      entry.leg.settle(peer, entry.delivery, disposition, in);
    }
    pump();
    return taken;
  }

  private void browsed(Struct ack) {
    int count = Math.max(0, ack.number(Field.MESSAGE_COUNT));
    legs.values().forEach(leg -> leg.done = Math.min(leg.written, leg.done + count));
    pump();
  }

  private void done(Entry entry) {
    if (unacknowledged.remove(entry)) {
      entry.leg.done++;
      entry.leg.extension -= entry.seen ? 1 : 0;
    }
  }

  /// A transaction that had entries is over.
  ///
  /// @param happened whether what it acknowledged is done; otherwise the peer still has it
  void ended(Entry entry, boolean happened) {
    entry.transaction = 0;
    if (happened) {
      done(entry);
    }
  }

  /// A branch that had an entry is prepared: whatever the peer does, the entry is not with it until a roll-back.
  void prepared(Entry entry) {
    ended(entry, true);
    entry.leg.prepared.put(entry.delivery, entry);
  }

  private void restored(Leg leg, Output.Restored back) {
    Entry again = leg.restored(back);
    if (again != null) {
      unacknowledged.add(again);
      again.see();
    }
  }

  @Override
  public void close(long lastSeen) {
    closed = true;
    patterns.close();
    if (lastSeen != -2) {
      // What the application never had comes to the next consumer as new.
      unacknowledged.after(lastSeen).stream()
          .filter(entry -> entry.transaction == 0)
          .forEach(entry -> entry.leg.settle(peer, entry.delivery, Disposition.RELEASED, 0));
    }
    for (Leg leg : legs.values()) {
      leg.waiting.stream()
          .filter(Output.Delivered.class::isInstance)
          .map(Output.Delivered.class::cast)
          .filter(waiting -> !waiting.settled())
          .forEach(waiting -> leg.settle(peer, waiting.delivery(), Disposition.RELEASED, 0));
      leg.leave(peer);
    }
    legs.clear();
    unacknowledged.clear();
  }
}
