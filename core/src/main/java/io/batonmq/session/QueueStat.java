package io.batonmq.session;

import io.batonmq.broker.BoundQueue;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.QueueSettings;
import io.batonmq.message.RoutingType;

/// One queue in numbers, named as `queue stat` prints them.
///
/// @param messageCount all that are here: available, delivering and scheduled
/// @param scheduledCount those that wait for their time: sent with a delay, or for another attempt
/// @param groupCount message groups that have an owner, or are to have another one
/// @param slowConsumersFound how often a consumer was found slow that was not before
public record QueueStat(
    String name,
    String address,
    int consumerCount,
    int messageCount,
    long messagesAdded,
    int deliveringCount,
    long messagesAcked,
    int scheduledCount,
    RoutingType routingType,
    QueueSettings settings,
    int groupCount,
    long slowConsumersFound) {

  /// As a standby has it: nobody is connected there, and what is not durable it does not have.
  public static QueueStat of(BoundQueue queue) {
    return new QueueStat(
        queue.name(),
        queue.address().name(),
        0,
        queue.messages().messageCount(),
        queue.added(),
        queue.messages().outCount(),
        queue.acknowledged(),
        queue.messages().waitingCount(),
        queue.routing(),
        queue.settings(),
        0,
        0);
  }

  static QueueStat of(LiveQueue queue) {
    return new QueueStat(
        queue.queue().name(),
        queue.queue().address().name(),
        queue.consumerCount(),
        queue.queue().messages().messageCount(),
        queue.added(),
        queue.queue().messages().outCount(),
        queue.acknowledged(),
        queue.queue().messages().waitingCount(),
        queue.queue().routing(),
        queue.queue().settings(),
        queue.groupCount(),
        queue.slowFound());
  }
}
