package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Tail;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Source.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.impl.ProtonByteArrayBufferAllocator;
import org.apache.qpid.protonj2.engine.OutgoingDelivery;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.transactions.TransactionErrors;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;

/// A link on which the peer consumes.
///
/// The peer's credit is passed on to the broker in slices: it may deliver a window ahead of what the
/// line and the session have taken, no more. So a peer that grants a million and reads nothing costs a
/// window, not a million messages.
final class OutgoingLink implements AmqpLink {
  private enum State {
    ASKED,
    OPEN,
    CLOSED
  }

  private static final int TYPICAL_BYTES = 1024;
  private static final byte[] NOTHING = {};

  /// Drains up to this many are passed on whole: then the broker's answer is the peer's.
  private static final int DRAIN_WINDOW = 2048;

  private final Conversation conversation;
  private final Sender sender;
  private final EngineSession session;
  private final int number;

  /// Deliveries and [Output.Drained], in order, for which there is no room yet.
  private final Deque<Output> waiting = new ArrayDeque<>();

  /// Delivered and not settled: the engine's id by ours.
  private final NavigableMap<Long, Long> unsettled = new TreeMap<>();

  /// Those whose outcome waits for the broker before they are settled (settle mode second).
  private final NavigableMap<Long, OutgoingDelivery> answering = new TreeMap<>();

  private State state = State.ASKED;
  private boolean presettled;
  private boolean unsubscribes;
  private Kind kind = new Kind.Queue();
  private boolean detachOnly;

  /// With the address that was made for it.
  private @Nullable Source made;

  private @Nullable OutgoingDelivery current;
  private @Nullable Gathering gathering;
  private @Nullable ProtonBuffer rest;

  /// What follows the message at hand, of which so many bytes have not been asked for; null if it is here whole.
  private @Nullable Tail tail;

  private long tailLeft;
  private long currentNumber;
  private int nextFragment;
  private boolean fetching;
  private boolean acceptedAtEnd;
  private long sent;
  private long delivered;
  private long limit;
  private boolean draining;
  private int typicalBytes = TYPICAL_BYTES;

  OutgoingLink(Conversation conversation, Sender sender, EngineSession session) {
    this.conversation = conversation;
    this.sender = sender;
    this.session = session;
    this.number = conversation.number();
  }

  @Override
  public int number() {
    return number;
  }

  void attach() {
    presettled = sender.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED;
    sender.creditStateUpdateHandler(_ -> pump());
    sender.deliveryStateUpdatedHandler(this::updated);
    switch (Attachments.wish(sender, conversation.containerId())) {
      case Attachments.Wish.Denied(Refusal refusal) -> refused(refusal);
      case Attachments.Wish.Granted(io.batonmq.session.Source source) -> {
        unsubscribes =
            source.kind() instanceof Kind.Subscription subscription && subscription.durable();
        conversation.add(this);
        ask(source);
      }
      case Attachments.Wish.Temporary(RoutingType routing) -> {
        conversation.add(this);
        conversation.submit(new Command.MakeTemporary(conversation.connection(), number, routing));
      }
    }
  }

  /// The address that the peer wanted to be made is there; it ends with this link.
  void made(String address) {
    Source wanted = sender.getRemoteSource();
    if (state == State.ASKED && wanted != null) {
      made = wanted;
      wanted.setAddress(address);
      wanted.setDynamicNodeProperties(Attachments.LIFETIME);
      ask(Attachments.temporary(wanted, address));
    }
  }

  private void ask(io.batonmq.session.Source source) {
    kind = source.kind();
    conversation.submit(new Command.OpenConsumer(conversation.connection(), number, source));
  }

  void opened(String address) {
    if (state == State.ASKED) {
      state = State.OPEN;
      Source wanted = made != null ? made : sender.getRemoteSource();
      if (wanted == null) {
        // It asked for a subscription by name alone: this is where it is.
        wanted = new Source().setAddress(address);
      }
      Attachments.open(sender, Attachments.answer(wanted, kind));
      pump();
    }
  }

  void delivered(Output.Delivered delivery) {
    if (state == State.OPEN) {
      delivered++;
      typicalBytes += (delivery.message().size() - typicalBytes) / 8;
      waiting.add(delivery);
      pump();
    }
  }

  void drained(Output.Drained drained) {
    if (state == State.OPEN) {
      waiting.add(drained);
      pump();
    }
  }

  boolean waits() {
    return current != null || gathering != null || !waiting.isEmpty();
  }

  /// Sends what waits, as far as credit, session window and line allow, then asks for more.
  void pump() {
    if (state != State.OPEN || !sender.isRemotelyOpen()) {
      return;
    }
    while (write()) {
      Output next = waiting.peek();
      if (next instanceof Output.Drained) {
        waiting.remove();
        noMore();
      } else if (next instanceof Output.Delivered delivery
          && conversation.lineWritable()
          && sender.getCredit() > 0
          && sender.isSendable()) {
        waiting.remove();
        gather(delivery);
      } else {
        break;
      }
    }
    ask();
  }

  private void gather(Output.Delivered delivery) {
    gathering = Gathering.of(delivery);
    if (gathering == null) {
      begin(delivery, delivery.message().tail(), NOTHING);
    } else {
      fetch(delivery.delivery(), gathering.tail, 0);
    }
  }

  private void gather(Gathering whole, Output.Fragment piece) {
    if (!whole.expects(piece)) {
      return;
    }
    byte[] bytes = piece.bytes();
    byte[] all = bytes == null ? NOTHING : whole.add(bytes);
    if (all == null) {
      fetch(whole.delivery.delivery(), whole.tail, whole.pieces);
      return;
    }
    gathering = null;
    if (bytes != null) {
      begin(whole.delivery, null, all);
    }
    pump();
  }

  /// Some of it may have been fetched before, some follows while it is sent.
  private void begin(Output.Delivered delivery, @Nullable Tail follows, byte[] body) {
    byte[] bytes = Outgoing.encode(delivery, conversation.readers(), body, conversation.now());
    OutgoingDelivery outgoing = sender.next();
    long id = session.nextOutgoingDeliveryId();
    outgoing.setTag(ByteBuffer.allocate(Integer.BYTES).putInt((int) sent).array());
    outgoing.setLinkedResource(delivery.delivery());
    if (delivery.settled() || presettled) {
      outgoing.settle();
    } else {
      unsettled.put(delivery.delivery(), id);
    }
    current = outgoing;
    currentNumber = delivery.delivery();
    rest = ProtonByteArrayBufferAllocator.wrapped(bytes);
    tail = follows;
    tailLeft = tail == null ? 0 : tail.bytes();
    nextFragment = 0;
    fetching = false;
    // The broker has no word for "settled when sent": it is accepted as it leaves, and lost if
    // lost,
    // which is what the peer asked for (AMQP 1.0 §3.4). What follows it would be gone too early.
    acceptedAtEnd = presettled && !delivery.settled() && tail != null;
    if (presettled && !delivery.settled() && tail == null) {
      conversation.settle(number, delivery.delivery(), Disposition.ACCEPTED, 0, false);
    }
  }

  /// Sends the rest of the message at hand; answers whether nothing of it is left.
  private boolean write() {
    OutgoingDelivery outgoing = current;
    ProtonBuffer left = rest;
    if (outgoing == null) {
      return gathering == null;
    }
    if (left == null) {
      fetch();
      return false;
    }
    if (!sender.isSendable()) {
      return false;
    }
    boolean last = tailLeft == 0;
    outgoing.streamBytes(left, last);
    if (left.isReadable()) {
      return false;
    }
    rest = null;
    if (!last) {
      fetch();
      return false;
    }
    if (acceptedAtEnd) {
      conversation.settle(number, currentNumber, Disposition.ACCEPTED, 0, false);
    }
    written();
    return true;
  }

  private void written() {
    forget();
    sent++;
  }

  private void forget() {
    current = null;
    rest = null;
    tail = null;
  }

  /// Asks for the next piece when line and session have taken the one before: who does not read costs one.
  private void fetch() {
    Tail wanted = tail;
    if (wanted != null && !fetching && conversation.lineWritable() && sender.isSendable()) {
      fetching = true;
      fetch(currentNumber, wanted, nextFragment);
    }
  }

  private void fetch(long delivery, Tail wanted, int index) {
    conversation.submit(
        new Command.Fetch(conversation.connection(), number, delivery, wanted, index));
  }

  /// A piece of the message at hand.
  void fragment(Output.Fragment fragment) {
    if (state == State.OPEN && gathering != null) {
      gather(gathering, fragment);
      return;
    }
    OutgoingDelivery outgoing = current;
    if (state != State.OPEN
        || outgoing == null
        || !fetching
        || fragment.delivery() != currentNumber
        || fragment.index() != nextFragment) {
      return;
    }
    fetching = false;
    byte[] bytes = fragment.bytes();
    if (bytes == null) {
      // It was looked at only, and somebody took it; or the peer has settled it already.
      unsettled.remove(currentNumber);
      outgoing.abort();
      written();
    } else {
      nextFragment++;
      tailLeft -= bytes.length;
      rest = ProtonByteArrayBufferAllocator.wrapped(bytes);
    }
    pump();
  }

  /// The broker has nothing more. A late answer to a drain that took its last message already says nothing.
  private void noMore() {
    if (draining) {
      boolean slice = delivered >= limit && sent + sender.getCredit() > limit;
      draining = false;
      limit = delivered;
      if (!slice) {
        sender.drained();
      }
    }
  }

  /// Tells the broker how far it may deliver.
  private void ask() {
    long credit = Integer.toUnsignedLong(sender.getCredit());
    long peer = sent + credit;
    boolean drain = sender.isDraining() && credit > 0;
    int window =
        Math.max(
            1,
            Math.min(
                conversation.limits().window(),
                conversation.limits().windowBytes() / Math.max(1, typicalBytes)));
    long room = sent + (drain ? Math.max(window, DRAIN_WINDOW) : window);
    long settled = sent - unsettled.size() + conversation.limits().unsettled();
    long next = Math.min(peer, Math.min(room, settled));
    if (next < limit) {
      // A window that shrank takes nothing back; a peer may.
      next = Math.min(peer, limit);
    }
    boolean worth = next < limit || next - limit >= Math.max(1, window / 2);
    boolean all = next == peer && next != limit;
    if (drain && draining) {
      // One drain at a time: two answers could not be told apart.
      return;
    }
    if (drain != draining || worth || all) {
      limit = next;
      draining = drain;
      conversation.submit(new Command.Credit(conversation.connection(), number, next, drain));
    }
  }

  /// The peer said what became of a delivery.
  private void updated(OutgoingDelivery delivery) {
    Long linked = delivery.getLinkedResource();
    if (state != State.OPEN || linked == null || !unsettled.containsKey(linked)) {
      return;
    }
    boolean settled = delivery.isRemotelySettled();
    if (answering.remove(linked) != null || tell(delivery, linked, settled)) {
      if (settled) {
        unsettled.remove(linked);
        delivery.settle();
        ask();
      } else {
        answering.put(linked, delivery);
      }
    }
  }

  /// Passes an outcome on; answers false if there is none yet.
  private boolean tell(OutgoingDelivery delivery, long linked, boolean settled) {
    DeliveryState outcome = delivery.getRemoteState();
    long transaction = 0;
    if (outcome instanceof TransactionalState transactional) {
      transaction = conversation.transactions().number(transactional.getTxnId());
      outcome = (DeliveryState) transactional.getOutcome();
      if (transaction == Transactions.UNKNOWN) {
        fail("no such transaction is open here");
        return false;
      }
    }
    if (outcome == null && settled) {
      Source source = sender.getSource();
      outcome = source == null ? null : (DeliveryState) source.getDefaultOutcome();
    }
    Disposition disposition = Outcomes.disposition(outcome, settled);
    if (disposition == null) {
      return false;
    }
    conversation.settle(number, linked, disposition, transaction, !settled);
    return true;
  }

  /// The broker has committed outcomes that the peer wanted an answer to.
  void settled(long first, long last) {
    if (state != State.OPEN || !sender.isRemotelyOpen()) {
      return;
    }
    var answered = answering.subMap(first, true, last, true);
    for (var entry : new ArrayList<>(answered.entrySet())) {
      answering.remove(entry.getKey());
      unsettled.remove(entry.getKey());
      entry.getValue().disposition(entry.getValue().getRemoteState(), true);
    }
    ask();
  }

  private void fail(String text) {
    conversation.submit(new Command.CloseLink(conversation.connection(), number, false));
    leave();
    sender.setCondition(Refusals.error(TransactionErrors.UNKNOWN_ID, text));
    sender.close();
  }

  private void leave() {
    state = State.CLOSED;
    conversation.remove(this);
    session.forgetOutgoing(new TreeSet<>(unsettled.values()));
    unsettled.clear();
    answering.clear();
    waiting.clear();
    gathering = null;
    forget();
  }

  @Override
  public void refused(Refusal refusal) {
    if (state == State.ASKED) {
      Attachments.open(sender, null);
      if (made != null) {
        conversation.submit(new Command.CloseLink(conversation.connection(), number, false));
      }
    }
    closed(refusal);
  }

  @Override
  public void closed(@Nullable Refusal refusal) {
    if (state == State.CLOSED) {
      return;
    }
    leave();
    if (refusal != null) {
      sender.setCondition(Refusals.error(refusal));
    }
    if (detachOnly && refusal == null) {
      sender.detach();
    } else {
      sender.close();
    }
  }

  @Override
  public void detaching() {
    if (state == State.ASKED) {
      state = State.OPEN;
      Attachments.open(sender, null);
    }
  }

  @Override
  public void detached(boolean closed) {
    if (state == State.OPEN) {
      detachOnly = !closed;
      // Closing the link of a durable subscription ends the subscription, detaching it does not.
      conversation.submit(
          new Command.CloseLink(conversation.connection(), number, closed && unsubscribes));
    }
  }

  @Override
  public void ended() {
    if (state != State.CLOSED) {
      conversation.submit(new Command.CloseLink(conversation.connection(), number, false));
      leave();
    }
  }
}
