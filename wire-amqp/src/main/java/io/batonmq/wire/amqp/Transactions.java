package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import io.batonmq.session.Command;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.protonj2.types.Binary;
import org.jspecify.annotations.Nullable;

/// The local transactions of one connection (AMQP 1.0 §4). An id on the wire is the broker's number in
/// eight bytes. Work is done only in what this connection declared, whoever else may have the number. The
/// end of any may be asked for: the broker knows what became of one whose connection was lost before the
/// answer came, and whom to tell.
final class Transactions {
  static final long UNKNOWN = -1;

  private final Conversation conversation;
  private final Map<Long, CoordinatorLink> open = new HashMap<>();
  private final Map<Long, Request> requests = new HashMap<>();
  private long requestNumbers;

  /// A question to the broker.
  private record Request(CoordinatorLink link, long delivery, boolean declare) {}

  Transactions(Conversation conversation) {
    this.conversation = conversation;
  }

  static Binary id(long transaction) {
    return new Binary(ByteBuffer.allocate(Long.BYTES).putLong(transaction).array());
  }

  /// The broker's number of a transaction that is open here, or [#UNKNOWN].
  long number(Binary id) {
    long number = anyNumber(id);
    return open.containsKey(number) ? number : UNKNOWN;
  }

  /// What may be the broker's number of a transaction, or [#UNKNOWN].
  static long anyNumber(Binary id) {
    if (id.getLength() != Long.BYTES) {
      return UNKNOWN;
    }
    long number = ByteBuffer.wrap(id.asByteArray()).getLong();
    return number > 0 ? number : UNKNOWN;
  }

  /// Begins one.
  ///
  /// @return false if too many are open
  boolean begin(CoordinatorLink link, long delivery) {
    if (open.size() + requests.size() >= conversation.limits().transactions()) {
      return false;
    }
    long request = requestNumbers++;
    requests.put(request, new Request(link, delivery, true));
    conversation.submit(new Command.Begin(conversation.connection(), request));
    return true;
  }

  void end(CoordinatorLink link, long delivery, long transaction, boolean commit) {
    open.remove(transaction);
    long request = requestNumbers++;
    requests.put(request, new Request(link, delivery, false));
    conversation.submit(new Command.End(conversation.connection(), request, transaction, commit));
  }

  void begun(long requestNumber, long transaction) {
    Request request = requests.remove(requestNumber);
    if (request == null) {
      return;
    }
    if (request.link().live()) {
      open.put(transaction, request.link());
      request.link().declared(request.delivery(), transaction);
    } else {
      // Declared by a link that is gone: nobody could ever end it.
      rollBack(transaction);
    }
  }

  void ended(long requestNumber, @Nullable Refusal refusal) {
    Request request = requests.remove(requestNumber);
    if (request != null && request.link().live()) {
      request.link().answer(request.delivery(), refusal);
    }
  }

  /// A controller went away: what it began is rolled back (§4.3).
  void abandon(CoordinatorLink link) {
    for (Map.Entry<Long, CoordinatorLink> entry : Map.copyOf(open).entrySet()) {
      if (entry.getValue() == link) {
        open.remove(entry.getKey());
        rollBack(entry.getKey());
      }
    }
  }

  private void rollBack(long transaction) {
    conversation.submit(
        new Command.End(conversation.connection(), requestNumbers++, transaction, false));
  }
}
