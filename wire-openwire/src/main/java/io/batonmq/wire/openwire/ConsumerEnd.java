package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Tail;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.wire.openwire.Unacknowledged.Entry;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final Map<Integer, Leg> legs = new HashMap<>();
  private final Unacknowledged unacknowledged = new Unacknowledged();
  private final Pulls pulls = new Pulls();
  private @Nullable Struct opening;
  private @Nullable Refusal refusal;
  private int toOpen;
  private int toEnd;
  private int prefetch;
  private boolean closed;

  ConsumerEnd(Peer peer, Struct info) {
    this.peer = peer;
    this.info = info;
    this.id = info.needed(Field.CONSUMER_ID);
    this.browser = info.flag(Field.BROWSER);
    this.prefetch = Math.max(0, info.number(Field.PREFETCH_SIZE));
    this.opening = info;
  }

  @Override
  public void open() {
    List<Struct> parts =
        Destinations.parts(info.needed(Field.DESTINATION), peer.limits().compositeMax());
    toOpen = parts.size();
    toEnd = parts.size();
    for (Struct part : parts) {
      Leg leg = new Leg(peer.link(this), part);
      legs.put(leg.link, leg);
      peer.submit(
          new Command.OpenConsumer(
              peer.connection(),
              leg.link,
              Destinations.source(part, info, peer.clientId(), peer.protocol().wildcards()),
              Ids.member(id)));
    }
  }

  @Override
  public String session() {
    return Ids.session(id);
  }

  @Override
  public void again(Struct command) {
    Refusal why = refusal;
    if (why != null) {
      peer.fail(command, Faults.consuming(why));
    } else if (toOpen == 0) {
      peer.answer(command);
    } else {
      opening = command;
    }
  }

  @Override
  public void emit(Output output) {
    switch (output) {
      case Output.ConsumerOpened(int link, String _) -> opened(leg(link));
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

  private void opened(Leg leg) {
    leg.opened = true;
    if (--toOpen == 0) {
      ready();
    }
  }

  private void refused(int link, Refusal why) {
    refusal = why;
    peer.forget(link);
    legs.remove(link);
    if (--toOpen == 0) {
      ready();
    }
  }

  private void ready() {
    Struct command = opening;
    opening = null;
    Refusal why = refusal;
    if (why == null) {
      if (command != null) {
        peer.answer(command);
      }
      pump();
      return;
    }
    // All of its destinations, or none.
    if (command != null) {
      peer.fail(command, Faults.consuming(why));
    }
    legs.values().forEach(leg -> leave(leg));
    legs.clear();
  }

  @Override
  public boolean gone() {
    return refusal != null || closed;
  }

  /// The broker ended it: its queue is gone, or it was too slow.
  private void closed(int link, @Nullable Refusal why) {
    Leg leg = legs.remove(link);
    peer.forget(link);
    if (leg != null) {
      unacknowledged.removeAll(leg);
    }
    if (why != null && --toEnd == 0 && !closed) {
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
    return draining() ? Long.MAX_VALUE : pulls.deadline();
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
    if (!draining() && pulls.over(peer.now())) {
      pump();
    }
  }

  @Override
  public void pump() {
    legs.values().forEach(this::pump);
  }

  private void pump(Leg leg) {
    if (!leg.opened || toOpen > 0) {
      return;
    }
    while (leg.body == null && !leg.waiting.isEmpty() && peer.writable()) {
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
      credit(leg, next, browser);
    }
  }

  private void pulling(Leg leg) {
    if (pulls.isEmpty()) {
      return;
    }
    boolean over = pulls.over(peer.now());
    if (leg.limit <= leg.delivered || over) {
      credit(leg, leg.delivered + 1, over);
    }
  }

  private void credit(Leg leg, long limit, boolean drain) {
    leg.limit = limit;
    leg.draining = drain;
    peer.submit(new Command.Credit(peer.connection(), leg.link, limit, drain));
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
      if (legs.values().stream().allMatch(one -> one.over)) {
        dispatch(leg, null, 0);
      }
    } else if (prefetch == 0 && !pulls.isEmpty() && !draining()) {
      pulls.done();
      dispatch(leg, null, 0);
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
      settle(leg, delivery.delivery(), Disposition.UNDELIVERABLE, 0);
    } else {
      leg.body = new Bytes(1 << 10);
      leg.pieces = 0;
      leg.waiting.addFirst(delivery);
      fetch(leg, delivery, tail);
    }
  }

  private void fetch(Leg leg, Output.Delivered delivery, Tail tail) {
    peer.submit(
        new Command.Fetch(peer.connection(), leg.link, delivery.delivery(), tail, leg.pieces));
  }

  private void fragment(Leg leg, Output.Fragment fragment) {
    Bytes body = leg.body;
    if (body == null
        || !(leg.waiting.peek() instanceof Output.Delivered delivery)
        || fragment.index() != leg.pieces) {
      return;
    }
    Tail tail = delivery.message().tail();
    byte[] piece = fragment.bytes();
    if (piece == null || tail == null) {
      // It was looked at only, and somebody took it.
      leg.body = null;
      leg.waiting.remove();
      leg.written++;
      leg.done++;
    } else {
      body.raw(piece);
      leg.pieces++;
      if (body.length() < tail.bytes()) {
        fetch(leg, delivery, tail);
        return;
      }
      leg.body = null;
      leg.waiting.remove();
      write(leg, delivery, body.array());
    }
    pump(leg);
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
      dispatch(leg, message, redeliveries);
    } catch (Malformed notEncodable) {
      // A text of it is too long for this protocol. It would end each connection that it is given
      // to.
      done(entry);
      settle(leg, delivery.delivery(), Disposition.UNDELIVERABLE, 0);
    }
  }

  private void dispatch(Leg leg, @Nullable Struct message, int redeliveries) {
    peer.write(
        new Struct(Type.MESSAGE_DISPATCH)
            .with(Field.CONSUMER_ID, id)
            .with(
                Field.DESTINATION,
                message == null ? leg.destination : message.child(Field.DESTINATION))
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
      settle(entry.leg, entry.delivery, disposition, in);
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

  private void settle(Leg leg, long delivery, Disposition disposition, long transaction) {
    peer.submit(
        new Command.Settle(
            peer.connection(),
            leg.link,
            delivery,
            delivery,
            disposition,
            transaction,
            transaction != 0));
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
    if (lastSeen != -2) {
      // What the application never had comes to the next consumer as new.
      unacknowledged.after(lastSeen).stream()
          .filter(entry -> entry.transaction == 0)
          .forEach(entry -> settle(entry.leg, entry.delivery, Disposition.RELEASED, 0));
    }
    for (Leg leg : legs.values()) {
      leg.waiting.stream()
          .filter(Output.Delivered.class::isInstance)
          .map(Output.Delivered.class::cast)
          .filter(waiting -> !waiting.settled())
          .forEach(waiting -> settle(leg, waiting.delivery(), Disposition.RELEASED, 0));
      leave(leg);
    }
    legs.clear();
    unacknowledged.clear();
  }

  private void leave(Leg leg) {
    peer.submit(new Command.CloseLink(peer.connection(), leg.link, false));
    peer.forget(leg.link);
  }
}
