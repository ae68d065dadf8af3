package io.batonmq.session;

/// The broker's inbox.
public interface Gateway {
  /// Puts a command in. It is taken in any case; commands of one connection are taken in order, so a
  /// connection submits from one thread.
  ///
  /// @return whether there is room for more. After `false` take nothing more from the peer, and ask to
  ///     be called by [#whenReady]; what was read already may still be submitted.
  boolean submit(Command command);

  /// Calls back once when there is room again: at once if there is, otherwise later and on another
  /// thread. Must not block.
  void whenReady(Runnable ready);
}
