package io.batonmq.server.admin;

/// What one take-over did.
///
/// @param epoch that began
/// @param cause `first_start`, `lock_free`, `hung`, `stopped` or `handed_over`
/// @param before node that was active, empty if none
/// @param after node that took over
/// @param sealed position at which the tenure before is sealed
/// @param tailBytes copied from above its newest committed mark
/// @param logBytesRead from the decision on
/// @param detectMillis from the last sign of life to the decision; -1 if not known
/// @param takeMillis from the decision to the right to append
/// @param wallMillis when, since 1970
/// @param phases how the time from the decision to the first client was spent
/// @param aftermath what became of that which was under way; still counted while the receipt is open
/// @param closed whether nothing is added any more
public record ReceiptView(
    long epoch,
    String cause,
    String before,
    String after,
    long sealed,
    long tailBytes,
    long logBytesRead,
    long detectMillis,
    long takeMillis,
    long wallMillis,
    Phases phases,
    Aftermath aftermath,
    boolean closed) {
  /// Milliseconds: until the node before could confirm nothing more, until all that it wrote was read,
  /// until the right to append, until clients could come in.
  public record Phases(long claimMillis, long readMillis, long copyMillis, long openMillis) {}

  /// What became of that which was under way when the node took over.
  ///
  /// @param zombieBytes what the node before wrote after that, which counts for nothing; -1 if not known
  /// @param resends messages that came again and were recognised
  /// @param reflagged messages that could have been out, marked as redelivered
  /// @param transactionsKept outcomes known from before
  /// @param transactionsAborted transactions without an outcome
  public record Aftermath(
      long zombieBytes,
      long resends,
      long reflagged,
      long transactionsKept,
      long transactionsAborted) {}
}
