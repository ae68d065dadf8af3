package io.batonmq.ha;

/// Hears of every change of role, in order, on the baton's lane.
public interface RoleListener {
  void became(Role before, Role after, String reason);

  /// A receipt was issued, after the node has become active and its doors are open; or was closed, with the
  /// same epoch.
  void receipt(Receipt receipt);

  /// Something worth a line happens without a change of role.
  void waiting(String reason);

  /// The monotonic clock, to say how long something took.
  long nanos();
}
