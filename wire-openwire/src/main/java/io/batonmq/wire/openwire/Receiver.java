package io.batonmq.wire.openwire;

/// What a consumer of the peer is here.
sealed interface Receiver permits ConsumerEnd, AdvisoryEnd {
  /// Asks the broker for it.
  ///
  /// @throws Malformed if its destination is none
  void open();

  String session();

  /// The command is sent again after a failover, or comes twice.
  void again(Struct command);

  /// Whether it was refused, or ended by the broker.
  boolean gone();

  /// The peer's wish for another prefetch.
  void control(int newPrefetch);

  /// The peer has room for one message: at once, within a time, or whenever there is one.
  ///
  /// @param timeoutMillis -1 for at once, 0 for whenever
  void pull(long timeoutMillis);

  /// When [#due] wants to be called; [Long#MAX_VALUE] for never.
  long deadline();

  void due();

  /// The line has room again.
  void pump();

  /// Closes it for the peer.
  ///
  /// @param lastSeen number of the last message that its application has had; -1 if none had any, -2 if that is
  ///     not known
  void close(long lastSeen);
}
