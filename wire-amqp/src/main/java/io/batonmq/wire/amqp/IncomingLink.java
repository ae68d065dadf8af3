package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.session.Command;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.engine.IncomingDelivery;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Outcome;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.transactions.TransactionErrors;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.LinkError;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.jspecify.annotations.Nullable;

/// A link on which the peer produces.
final class IncomingLink implements AmqpLink {
  private enum State {
    ASKED,
    OPEN,
    CLOSED
  }

  private final Conversation conversation;
  private final Receiver receiver;
  private final EngineSession session;
  private final int number;
  private final @Nullable Target target;
  private final @Nullable String address;
  private final @Nullable String producer;
  private final Map<Long, Unanswered> unanswered = new HashMap<>();
  private State state = State.ASKED;
  private long deliveries;
  private int credit;
  private boolean partial;
  private final Assembly message;
  private boolean detachOnly;
  private boolean made;
  private boolean withdrawing;
  private boolean withdrawn;

  /// A message whose fate is not known yet.
  private record Unanswered(
      IncomingDelivery delivery, long deliveryId, @Nullable Binary transaction) {}

  IncomingLink(
      Conversation conversation,
      Receiver receiver,
      EngineSession session,
      @Nullable Target target) {
    this.conversation = conversation;
    this.receiver = receiver;
    this.session = session;
    this.number = conversation.number();
    this.target = target;
    this.address = target == null ? null : target.getAddress();
    this.message = new Assembly(conversation, number, address != null);
    Source source = receiver.getRemoteSource();
    this.producer =
        Identities.producer(
            receiver.getName(), source == null ? null : source.getAddress(), address);
    receiver.deliveryReadHandler(this::read);
    receiver.creditStateUpdateHandler(_ -> drained());
  }

  @Override
  public int number() {
    return number;
  }

  void attach() {
    if (target == null) {
      refused(new Refusal(Refusal.Reason.INVALID, "the link has no target"));
      return;
    }
    conversation.add(this);
    RoutingType routing = Attachments.routing(target.getCapabilities());
    if (target.isDynamic()) {
      conversation.submit(
          new Command.MakeTemporary(
              conversation.connection(), number, routing == null ? RoutingType.ANYCAST : routing));
    } else {
      ask(address, routing);
    }
  }

  /// The address that the peer wanted to be made is there; it ends with this link.
  void made(String temporary) {
    if (state == State.ASKED && target != null) {
      made = true;
      target.setAddress(temporary);
      target.setDynamicNodeProperties(Attachments.LIFETIME);
      ask(temporary, Attachments.routing(target.getCapabilities()));
    }
  }

  private void ask(@Nullable String wanted, @Nullable RoutingType routing) {
    conversation.submit(
        new Command.OpenProducer(conversation.connection(), number, wanted, routing, producer));
  }

  void opened(int initialCredit) {
    if (state == State.ASKED) {
      state = State.OPEN;
      receiver.setTarget(target);
      open();
      granted(initialCredit);
    }
  }

  private void open() {
    receiver.setSource(receiver.getRemoteSource());
    receiver.setSenderSettleMode(receiver.getRemoteSenderSettleMode());
    // Every message is settled with its outcome; who asked for two steps is told so here (§2.8.3).
    receiver.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    receiver.setMaxMessageSize(UnsignedLong.valueOf(conversation.limits().messageBytes()));
    receiver.open();
  }

  void granted(int more) {
    if (state == State.OPEN && more > 0 && receiver.isRemotelyOpen() && !leaving()) {
      credit += more;
      receiver.addCredit(more);
    }
  }

  /// Asks for the credit that is not used (AMQP 1.0 §2.6.7, drain): what the peer has sent is on its way
  /// before its answer.
  void withdraw() {
    if (state != State.OPEN || !receiver.isRemotelyOpen() || leaving()) {
      return;
    }
    withdrawing = true;
    if (receiver.getCredit() > 0) {
      receiver.drain();
    } else {
      drained();
    }
  }

  private boolean leaving() {
    return withdrawing || withdrawn;
  }

  /// Says so once there is neither credit nor a message that has come in part.
  private void drained() {
    if (withdrawing && !partial && state == State.OPEN && receiver.getCredit() == 0) {
      withdrawing = false;
      withdrawn = true;
      credit = 0;
      conversation.submit(new Command.Withdrawn(conversation.connection(), number));
    }
  }

  private void read(IncomingDelivery delivery) {
    // The bytes are in the frame reader's hands and must be taken now, wanted or not.
    ProtonBuffer payload = delivery.readAll();
    boolean first = !partial;
    partial = delivery.isPartial() && !delivery.isAborted();
    long deliveryId = session.incomingDeliveryId();
    if (first && --credit < 0) {
      tooMany();
      forget(delivery, deliveryId);
    } else if (state != State.OPEN) {
      forget(delivery, deliveryId);
    } else if (delivery.isAborted()) {
      giveUp();
      delivery.settle();
      granted(1);
    } else if (append(payload) && !delivery.isPartial()) {
      complete(delivery, deliveryId);
    }
    drained();
  }

  /// More transfers than credit. A link that was closed here may still get what was on its way, but not
  /// more than it had credit for.
  private void tooMany() {
    if (state == State.OPEN) {
      fail(LinkError.TRANSFER_LIMIT_EXCEEDED, "more messages were sent than there was credit for");
    } else if (credit < -1) {
      conversation.fail(Malformed.limit("transfers do not stop on a closed link"));
    }
  }

  private void forget(IncomingDelivery delivery, long deliveryId) {
    if (!delivery.isPartial()) {
      session.forgetIncoming(deliveryId);
    }
  }

  /// Adds to the message at hand.
  ///
  /// @return false if that is not possible
  private boolean append(@Nullable ProtonBuffer payload) {
    try {
      Assembly.Fault fault = message.add(payload, partial);
      if (fault != null) {
        fail(fault.condition(), fault.text());
      }
      return fault == null;
    } catch (Malformed malformed) {
      conversation.fail(malformed);
      return false;
    }
  }

  /// Forgets the message at hand, and takes back what the broker has of it.
  private void giveUp() {
    if (message.fragmented()) {
      conversation.submit(new Command.DropFragments(conversation.connection(), number));
    }
    message.drop();
  }

  private void complete(IncomingDelivery delivery, long deliveryId) {
    try {
      message.end();
      if (!passOn(delivery, deliveryId)) {
        giveUp();
      }
      message.drop();
    } catch (Malformed malformed) {
      conversation.fail(malformed);
    }
  }

  /// Answers whether the broker has it.
  private boolean passOn(IncomingDelivery delivery, long deliveryId) {
    Binary transaction =
        delivery.getRemoteState() instanceof TransactionalState transactional
            ? transactional.getTxnId()
            : null;
    long number = transaction == null ? 0 : conversation.transactions().number(transaction);
    boolean settled = delivery.isRemotelySettled();
    if (number == Transactions.UNKNOWN) {
      unknownTransaction(delivery);
      return false;
    }
    if (delivery.getMessageFormat() != 0) {
      reject(delivery, AmqpError.NOT_IMPLEMENTED, "there is only message format 0");
      return false;
    }
    return send(delivery, deliveryId, transaction, number, settled);
  }

  private boolean send(
      IncomingDelivery delivery,
      long deliveryId,
      @Nullable Binary transaction,
      long transactionNumber,
      boolean settled) {
    byte[] bytes = message.bytes();
    int length = message.length();
    Sections sections = Sections.of(bytes, length, conversation.limits().nameBytes());
    if (address == null && sections.to() == null) {
      reject(delivery, AmqpError.INVALID_FIELD, "the message does not say where it goes: no `to`");
      return false;
    }
    long asked = deliveries++;
    if (settled) {
      delivery.settle();
    } else {
      unanswered.put(asked, new Unanswered(delivery, deliveryId, transaction));
    }
    conversation.submit(
        new Command.Send(
            conversation.connection(),
            number,
            asked,
            address == null ? sections.to() : null,
            message(sections, bytes, length),
            transactionNumber,
            settled));
    return true;
  }

  private Message message(Sections sections, byte[] bytes, int length) {
    long expiry = sections.expiry();
    if (expiry == 0 && sections.ttl() > 0) {
      expiry = conversation.now().wallMillis() + sections.ttl();
    }
    return new Message(
        Format.AMQP,
        sections.durable(),
        sections.priority(),
        expiry,
        false,
        deliveryTime(sections),
        Identities.of(producer, sections.messageId(), sections.duplicateId()),
        sections.groupId(),
        sections.groupSequence(),
        forwarded(bytes, sections.forwardAt(), length));
  }

  private byte[] forwarded(byte[] bytes, int from, int length) {
    byte[] user = conversation.userId();
    if (user != null) {
      return UserId.put(bytes, from, length, user);
    }
    return from == 0 && length == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, length);
  }

  /// When a message is to be seen first; a time is asked for by JMS, a delay by others.
  private long deliveryTime(Sections sections) {
    if (sections.deliveryTime() > 0 || sections.deliveryDelay() == 0) {
      return sections.deliveryTime();
    }
    long now = conversation.now().wallMillis();
    return sections.deliveryDelay() > Long.MAX_VALUE - now
        ? Long.MAX_VALUE
        : now + sections.deliveryDelay();
  }

  /// AMQP 1.0 §4.4.1: work in a transaction that does not exist must not be done outside of one.
  private void unknownTransaction(IncomingDelivery delivery) {
    if (delivery.isRemotelySettled()) {
      fail(TransactionErrors.UNKNOWN_ID, "no such transaction is open here");
    } else {
      reject(delivery, TransactionErrors.UNKNOWN_ID, "no such transaction is open here");
    }
  }

  private void reject(IncomingDelivery delivery, Symbol condition, String text) {
    delivery.disposition(new Rejected(Refusals.error(condition, text)), true);
    // The broker does not know of it, so it will not grant this credit again.
    granted(1);
  }

  /// The fate of a message is known.
  void sent(long asked, @Nullable Refusal refusal) {
    Unanswered message = unanswered.remove(asked);
    if (message == null) {
      return;
    }
    if (state != State.OPEN || !receiver.isRemotelyOpen()) {
      session.forgetIncoming(message.deliveryId());
      return;
    }
    Outcome outcome =
        refusal == null ? Accepted.getInstance() : new Rejected(Refusals.error(refusal));
    if (message.transaction() == null) {
      message.delivery().disposition((DeliveryState) outcome, true);
    } else {
      TransactionalState transactional = new TransactionalState();
      transactional.setTxnId(message.transaction());
      transactional.setOutcome(outcome);
      message.delivery().disposition(transactional, true);
    }
  }

  /// Closes the link for what the peer did on it.
  private void fail(Symbol condition, String text) {
    if (state == State.OPEN) {
      conversation.submit(new Command.CloseLink(conversation.connection(), number, false));
      leave();
      receiver.setCondition(Refusals.error(condition, text));
      receiver.close();
    }
  }

  /// Is known to the broker no more.
  private void leave() {
    state = State.CLOSED;
    conversation.remove(this);
    message.drop();
    unanswered.values().forEach(message -> session.forgetIncoming(message.deliveryId()));
    unanswered.clear();
  }

  @Override
  public void refused(Refusal refusal) {
    if (state == State.ASKED) {
      open();
      if (made) {
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
      receiver.setCondition(Refusals.error(refusal));
    }
    if (detachOnly && refusal == null) {
      receiver.detach();
    } else {
      receiver.close();
    }
  }

  @Override
  public void detaching() {
    if (state == State.ASKED) {
      state = State.OPEN;
      open();
    }
  }

  @Override
  public void detached(boolean closed) {
    if (state == State.OPEN) {
      detachOnly = !closed;
      conversation.submit(new Command.CloseLink(conversation.connection(), number, false));
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
