package io.batonmq.cli;

import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.PeerStatus;
import io.batonmq.server.admin.ReceiptView;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// The status of a node, for people.
final class StatusText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private StatusText() {}

  static String of(NodeStatus status) {
    var text = new StringBuilder();
    text.append(
        "%s is %s (%s), epoch %d\n"
            .formatted(status.node(), status.role(), status.configured(), status.epoch()));
    if (!status.role().equals("active")) {
      line(text, "baton", baton(status));
    } else if (!status.nobody().isEmpty()) {
      line(text, "clients", "cannot come in: " + status.nobody());
    }
    if (!status.replication().isEmpty()) {
      line(text, "copies", status.replication());
    }
    line(text, "log", "committed %d, applied %d".formatted(status.committed(), status.applied()));
    line(text, "clients", join(status.connectors()));
    line(
        text,
        "process",
        "%d, for %s, version %s"
            .formatted(
                status.pid(),
                Spans.text(Duration.ofMillis(status.uptimeMillis()).toNanos()),
                status.version()));
    for (var peer : status.peers()) {
      line(text, "peer", peer(peer));
    }
    for (var receipt : status.receipts()) {
      line(text, "receipt", receipt(receipt));
      line(text, "", phases(receipt.phases()));
      line(text, "", aftermath(receipt));
    }
    return text.toString();
  }

  private static String baton(NodeStatus status) {
    if (!status.active().isEmpty()) {
      return status.active() + " has it";
    }
    return status.nobody().isEmpty() ? "nobody has it" : "nobody has it: " + status.nobody();
  }

  private static void line(StringBuilder text, String label, String content) {
    text.append("  %-9s %s\n".formatted(label, content));
  }

  private static String join(List<String> connectors) {
    return connectors.isEmpty() ? "are told no address" : String.join(", ", connectors);
  }

  private static String peer(PeerStatus peer) {
    return "%s is %s (%s), applied %d, %s%s"
        .formatted(
            peer.node(),
            peer.role(),
            peer.configured(),
            peer.applied(),
            join(peer.connectors()),
            peer.fresh() ? "" : "; has not moved lately");
  }

  private static String receipt(ReceiptView receipt) {
    var from = receipt.before().isEmpty() ? "" : " from " + receipt.before();
    var detected =
        receipt.detectMillis() < 0 ? "" : "noticed in %d ms, ".formatted(receipt.detectMillis());
    return "%s: %s took over%s, epoch %d, %s; %staken in %d ms, sealed at %d, %d bytes read"
        .formatted(
            TIME.format(Instant.ofEpochMilli(receipt.wallMillis())),
            receipt.after(),
            from,
            receipt.epoch(),
            cause(receipt.cause()),
            detected,
            receipt.takeMillis(),
            receipt.sealed(),
            receipt.logBytesRead());
  }

  private static String phases(ReceiptView.Phases phases) {
    return "claimed in %d ms, read in %d ms, copied in %d ms, open in %d ms"
        .formatted(
            phases.claimMillis(), phases.readMillis(), phases.copyMillis(), phases.openMillis());
  }

  private static String aftermath(ReceiptView receipt) {
    var what = receipt.aftermath();
    return "%s of the old node ignored, %d resends recognised, %d messages re-flagged, transactions: %d known, %d rolled back%s"
        .formatted(
            what.zombieBytes() < 0 ? "nothing known" : what.zombieBytes() + " bytes",
            what.resends(),
            what.reflagged(),
            what.transactionsKept(),
            what.transactionsAborted(),
            receipt.closed() ? "" : " (so far)");
  }

  private static String cause(String cause) {
    return switch (cause) {
      case "first_start" -> "the first of this store";
      case "lock_free" -> "its process had died";
      case "hung" -> "it hung";
      case "stopped" -> "it was stopped";
      case "handed_over" -> "it handed over";
      default -> cause;
    };
  }
}
