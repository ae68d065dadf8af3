package io.batonmq.session;

/// One direction of a conversation.
sealed interface Link permits ProducerLink, ConsumerLink {
  Connection connection();

  /// Its number on its connection, chosen by the adapter.
  int number();
}
