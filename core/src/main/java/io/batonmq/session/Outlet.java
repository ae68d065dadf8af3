package io.batonmq.session;

/// Where a connection's outputs leave. Called by the thread that owns the broker, in order, only for
/// what is committed; must not block and must not throw: a connection that is gone swallows them.
@FunctionalInterface
public interface Outlet {
  void emit(Output output);
}
