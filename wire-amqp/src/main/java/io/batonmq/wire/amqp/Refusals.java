package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import java.util.Map;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transactions.TransactionErrors;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ConnectionError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;

/// The broker's reasons in the vocabulary of AMQP 1.0 §2.8.14 to §2.8.18 and §4.5.8. The only place
/// that knows both.
final class Refusals {
  /// Bytes of UTF-8.
  private static final int TEXT_MAX = 300;

  private Refusals() {}

  static Symbol condition(Refusal.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> AmqpError.NOT_FOUND;
      case NOT_AUTHORIZED -> AmqpError.UNAUTHORIZED_ACCESS;
      case LIMIT_REACHED -> AmqpError.RESOURCE_LIMIT_EXCEEDED;
      case NOT_ALLOWED -> AmqpError.NOT_ALLOWED;
      case INVALID -> AmqpError.INVALID_FIELD;
      case NOT_IMPLEMENTED -> AmqpError.NOT_IMPLEMENTED;
      case IN_USE -> AmqpError.RESOURCE_LOCKED;
      case DELETED -> AmqpError.RESOURCE_DELETED;
      case ROLLED_BACK -> TransactionErrors.TRANSACTION_ROLLBACK;
      // Clients with failover take this one as a wish that they connect again.
      case HANDING_OVER -> ConnectionError.CONNECTION_FORCED;
      case INTERNAL -> AmqpError.INTERNAL_ERROR;
    };
  }

  static ErrorCondition error(Refusal refusal) {
    return error(condition(refusal.reason()), refusal.text());
  }

  /// A client id in use is told in the way that JMS clients recognise as an invalid client id.
  static ErrorCondition connectionError(Refusal refusal) {
    return refusal.reason() == Refusal.Reason.IN_USE
        ? new ErrorCondition(
            AmqpError.INVALID_FIELD,
            shortened(refusal.text()),
            Map.of(Names.INVALID_FIELD, Names.CONTAINER_ID))
        : error(refusal);
  }

  static ErrorCondition error(Symbol condition, String text) {
    return new ErrorCondition(condition, shortened(text));
  }

  /// An error must fit into the smallest frame that a peer may ask for.
  private static String shortened(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      if (bytes > TEXT_MAX) {
        return text.substring(0, Character.isLowSurrogate(c) ? i - 1 : i);
      }
    }
    return text;
  }
}
