package io.batonmq.server.admin;

import io.batonmq.broker.QueueSettings;

/// The figures of one queue.
///
/// @param messageCount messages in the queue, those out with consumers included
/// @param messagesAdded since the queue is there
/// @param deliveringCount out with consumers, not yet acknowledged
/// @param messagesAcked since the queue is there
/// @param scheduledCount to be delivered later
/// @param routingType `ANYCAST` or `MULTICAST`
/// @param settings who gets its messages
/// @param groupCount message groups that have an owner, or are to have another one
/// @param slowConsumersFound how often a consumer was found slow that was not before
public record QueueStat(
    String name,
    String address,
    long consumerCount,
    long messageCount,
    long messagesAdded,
    long deliveringCount,
    long messagesAcked,
    long scheduledCount,
    String routingType,
    QueueSettings settings,
    long groupCount,
    long slowConsumersFound) {

  /// One like any other.
  public QueueStat(
      String name,
      String address,
      long consumerCount,
      long messageCount,
      long messagesAdded,
      long deliveringCount,
      long messagesAcked,
      long scheduledCount,
      String routingType) {
    this(
        name,
        address,
        consumerCount,
        messageCount,
        messagesAdded,
        deliveringCount,
        messagesAcked,
        scheduledCount,
        routingType,
        QueueSettings.DEFAULTS,
        0,
        0);
  }

  String groupFirstKey() {
    String key = settings.groupFirstKey();
    return key == null ? "" : key;
  }

  String lastValueKey() {
    String key = settings.keeping().lastValueKey();
    return key == null ? "" : key;
  }
}
