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
    long wallMillis) {}
