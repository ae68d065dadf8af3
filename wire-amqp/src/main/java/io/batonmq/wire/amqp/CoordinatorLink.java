package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.engine.IncomingDelivery;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.transactions.Coordinator;
import org.apache.qpid.protonj2.types.transactions.Declared;
import org.apache.qpid.protonj2.types.transactions.TransactionErrors;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.jspecify.annotations.Nullable;

/// A link on which a peer declares and discharges transactions (AMQP 1.0 §4.2).
///
/// protonj2's TransactionManager is not used: it gathers a command's frames without a limit, and decodes
/// them with a decoder that all connections share.
final class CoordinatorLink implements AmqpLink {
  private static final int CREDIT = 16;
  private static final int COMMAND_BYTES_MAX = 1024;
  private static final int TXN_ID_MAX = 32;
  private static final int DECLARE = 0x31;
  private static final int DISCHARGE = 0x32;
  private static final int VALUE = 0x77;

  private final Conversation conversation;
  private final Receiver receiver;
  private final int number;
  private final Map<Long, IncomingDelivery> unanswered = new HashMap<>();
  private final Writer command = new Writer(64);
  private long deliveries;
  private boolean live = true;

  CoordinatorLink(Conversation conversation, Receiver receiver, int number) {
    this.conversation = conversation;
    this.receiver = receiver;
    this.number = number;
  }

  @Override
  public int number() {
    return number;
  }

  boolean live() {
    return live;
  }

  void attach() {
    Coordinator coordinator = new Coordinator();
    coordinator.setCapabilities(Names.LOCAL_TRANSACTIONS);
    receiver.setSource(receiver.getRemoteSource());
    receiver.setTarget(coordinator);
    receiver.setSenderSettleMode(receiver.getRemoteSenderSettleMode());
    receiver.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    receiver.deliveryReadHandler(this::read);
    receiver.open();
    receiver.addCredit(CREDIT);
  }

  private void read(IncomingDelivery delivery) {
    ProtonBuffer payload = delivery.readAll();
    if (!live) {
      return;
    }
    try {
      if (delivery.isAborted()) {
        throw Malformed.field("a transaction command is not aborted");
      }
      if (payload != null) {
        if (command.size() + payload.getReadableBytes() > COMMAND_BYTES_MAX) {
          throw Malformed.limit("a transaction command has at most 1024 bytes");
        }
        byte[] bytes = new byte[payload.getReadableBytes()];
        payload.readBytes(bytes, 0, bytes.length);
        command.raw(bytes, 0, bytes.length);
      }
      if (!delivery.isPartial()) {
        byte[] bytes = command.array();
        int size = command.size();
        command.clear();
        command(delivery, bytes, size);
      }
    } catch (Malformed malformed) {
      conversation.fail(malformed);
    }
  }

  private void command(IncomingDelivery delivery, byte[] bytes, int size) {
    // A command is a message; whatever stands before its body is of no interest (§4.2).
    int at = 0;
    Described section = Described.read(bytes, at, size);
    while (section.kind() != VALUE && section.end() < size) {
      section = Described.read(bytes, section.end(), size);
    }
    if (section.kind() != VALUE) {
      throw Malformed.decode("a transaction command has an amqp-value body");
    }
    if (unanswered.size() >= CREDIT) {
      throw Malformed.limit("transaction commands come faster than there is credit");
    }
    Described body = Described.read(bytes, section.at(), section.end());
    long asked = deliveries++;
    unanswered.put(asked, delivery);
    switch (body.kind()) {
      case DECLARE -> {
        if (!conversation.transactions().begin(this, asked)) {
          reject(asked, AmqpError.RESOURCE_LIMIT_EXCEEDED, "too many transactions are open");
        }
      }
      case DISCHARGE -> {
        Fields fields = body.list("discharge");
        byte[] id = fields.binary("txn-id", TXN_ID_MAX);
        boolean fail = fields.bool("fail", false);
        long transaction =
            id == null ? Transactions.UNKNOWN : Transactions.anyNumber(new Binary(id));
        if (transaction == Transactions.UNKNOWN) {
          reject(asked, TransactionErrors.UNKNOWN_ID, "no transaction has such an id");
        } else {
          conversation.transactions().end(this, asked, transaction, !fail);
        }
      }
      default -> throw Malformed.decode("a coordinator takes declare and discharge only");
    }
  }

  void declared(long asked, long transaction) {
    Declared declared = new Declared();
    declared.setTxnId(Transactions.id(transaction));
    answer(asked, declared);
  }

  void answer(long asked, @Nullable Refusal refusal) {
    if (refusal == null) {
      answer(asked, Accepted.getInstance());
    } else {
      reject(asked, Refusals.condition(refusal.reason()), refusal.text());
    }
  }

  private void reject(long asked, Symbol condition, String text) {
    answer(asked, new Rejected(Refusals.error(condition, text)));
  }

  private void answer(long asked, DeliveryState state) {
    IncomingDelivery delivery = unanswered.remove(asked);
    if (delivery != null && live && receiver.isRemotelyOpen()) {
      delivery.disposition(state, true);
      receiver.addCredit(1);
    }
  }

  @Override
  public void refused(Refusal refusal) {}

  @Override
  public void closed(@Nullable Refusal refusal) {}

  @Override
  public void detaching() {}

  @Override
  public void detached(boolean closed) {
    ended();
    if (closed) {
      receiver.close();
    } else {
      receiver.detach();
    }
  }

  @Override
  public void ended() {
    if (live) {
      live = false;
      conversation.remove(this);
      conversation.transactions().abandon(this);
    }
  }
}
