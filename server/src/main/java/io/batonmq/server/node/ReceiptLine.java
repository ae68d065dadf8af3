package io.batonmq.server.node;

import io.batonmq.ha.Receipt;
import java.util.Locale;

/// A receipt as facts in a line of the log.
final class ReceiptLine {
  private ReceiptLine() {}

  static String of(Receipt receipt) {
    return String.format(
        Locale.ROOT,
        "epoch=%d cause=%s before=%s sealed=%d tail_bytes=%d log_bytes_read=%d detect_ms=%d"
            + " take_ms=%d claim_ms=%d read_ms=%d copy_ms=%d open_ms=%d reflagged=%d"
            + " transactions_kept=%d transactions_aborted=%d",
        receipt.epoch(),
        receipt.cause(),
        receipt.before().isEmpty() ? "-" : receipt.before(),
        receipt.sealed(),
        receipt.tailBytes(),
        receipt.logBytesRead(),
        receipt.phases().detect(),
        receipt.phases().take(),
        receipt.phases().claim(),
        receipt.phases().read(),
        receipt.phases().copy(),
        receipt.phases().open(),
        receipt.aftermath().reflagged(),
        receipt.aftermath().transactionsKept(),
        receipt.aftermath().transactionsAborted());
  }

  /// What only serving could tell.
  static String aftermath(Receipt receipt) {
    long zombie = receipt.aftermath().zombieBytes();
    return String.format(
        Locale.ROOT,
        "zombie_bytes_ignored=%s resends_recognised=%d reflagged=%d transactions_kept=%d"
            + " transactions_aborted=%d",
        zombie < 0 ? "unknown" : Long.toString(zombie),
        receipt.aftermath().resends(),
        receipt.aftermath().reflagged(),
        receipt.aftermath().transactionsKept(),
        receipt.aftermath().transactionsAborted());
  }
}
