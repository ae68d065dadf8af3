package io.batonmq.session;

import io.batonmq.seam.Now;

/// The broker's inbox.
public interface Gateway {
  /// Puts a command in, to be followed by [#submitted]. It is taken in any case; commands of one connection are taken in order, so a
  /// connection submits from one thread.
  ///
  /// @return whether there is room for more. After `false` take nothing more from the peer, and ask to
  ///     be called by [#whenReady]; what was read already may still be submitted.
  boolean submit(Command command);

  /// Says that what was submitted is all for now. Called by the thread that submitted, outside of any call
  /// into an engine: the broker may use it to decide, which does no I/O and may call outlets.
  void submitted(Now now);

  /// Calls back once when there is room again: at once if there is, otherwise later and on another
  /// thread. Must not block.
  void whenReady(Runnable ready);
}
