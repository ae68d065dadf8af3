package io.batonmq.ha;

/// Hears of every change of role, in order, on the baton's lane.
public interface RoleListener {
  void became(Role before, Role after, String reason);

  /// Something worth a line happens without a change of role.
  void waiting(String reason);

  /// The monotonic clock, to say how long something took.
  long nanos();
}
