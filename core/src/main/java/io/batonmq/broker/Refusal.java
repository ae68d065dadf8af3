package io.batonmq.broker;

/// Why something was not done, in the broker's words. The adapter alone maps `reason` to a condition of
/// its protocol.
///
/// @param text one sentence that says what to change
public record Refusal(Reason reason, String text) {

  /// Kinds of refusal.
  public enum Reason {
    /// No such address, queue, link or transaction, and it may not be made.
    NOT_FOUND,
    /// The user lacks a permission.
    NOT_AUTHORIZED,
    /// A limit is reached: queue full, disk full, too many consumers.
    LIMIT_REACHED,
    /// The request contradicts what exists, for instance the routing type of the address.
    NOT_ALLOWED,
    /// A value is malformed or out of range.
    INVALID,
    /// Not built: says so instead of pretending.
    NOT_IMPLEMENTED,
    /// The name is in use by another connection.
    IN_USE,
    /// What the link was attached to is gone.
    DELETED,
    /// The transaction was rolled back instead of committed.
    ROLLED_BACK,
    /// This node is passing the baton on or was fenced: connect to the other one.
    HANDING_OVER,
    /// A bug here.
    INTERNAL
  }
}
