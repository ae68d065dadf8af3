package io.batonmq.ha;

/// What became of that which was under way when a node took over.
///
/// @param zombieBytes what the node before wrote after it was taken over from, which counts for nothing;
///     -1 as long as nobody has looked, or where it can not be seen
/// @param resends messages that came again because their answer was lost, and were recognised
/// @param reflagged messages that could have been out, and are marked as redelivered
/// @param transactionsKept outcomes that are known from before, for those who ask again
/// @param transactionsAborted transactions that had no outcome, and were rolled back
public record Aftermath(
    long zombieBytes,
    long resends,
    long reflagged,
    long transactionsKept,
    long transactionsAborted) {
  /// Nobody has looked yet.
  public static final Aftermath UNKNOWN = new Aftermath(-1, 0, 0, 0, 0);
}
