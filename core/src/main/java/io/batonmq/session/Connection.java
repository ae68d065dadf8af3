package io.batonmq.session;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One peer: its links and its open transactions.
final class Connection {
  final long id;
  final Principal principal;
  final String clientId;
  final boolean exclusiveClientId;
  final String remoteAddress;
  final Outlet outlet;
  final @Nullable String peer;
  final Map<Integer, Link> links = new LinkedHashMap<>();

  /// The temporary addresses that it has, by the link that each ends with.
  final Map<Integer, String> temporaries = new LinkedHashMap<>();

  final Map<Long, Transaction> transactions = new LinkedHashMap<>();

  /// Number under which the outcomes of its transactions are kept, 0 as long as there are none.
  long session;

  /// Transactions that it committed.
  long commits;

  /// How many of these its peer has certainly heard of.
  long commitsHeard;

  /// What was sent in its open transactions.
  long transactionBytes;

  Connection(Command.Connect command) {
    this.id = command.connection();
    this.principal = command.principal();
    this.clientId = command.clientId();
    this.exclusiveClientId = command.exclusiveClientId();
    this.remoteAddress = command.remoteAddress();
    this.outlet = command.outlet();
    this.peer = command.peer();
  }

  /// Why a link of a number cannot be opened; null if it can.
  @Nullable Refusal mayOpen(int link, int linksMax) {
    if (links.containsKey(link)) {
      return new Refusal(Reason.INVALID, "the link " + link + " is open already");
    }
    return links.size() < linksMax
        ? null
        : new Refusal(Reason.LIMIT_REACHED, "a connection may have " + linksMax + " links at once");
  }

  /// The transaction of a number; null if there is none any more.
  @Nullable Transaction open(long number) {
    Transaction transaction = transactions.get(number);
    return transaction == null || transaction.over ? null : transaction;
  }
}
