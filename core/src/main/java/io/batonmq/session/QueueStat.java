package io.batonmq.session;

import io.batonmq.broker.LiveQueue;
import io.batonmq.message.RoutingType;

/// One queue in numbers, named as `queue stat` prints them.
public record QueueStat(
    String name,
    String address,
    int consumerCount,
    int messageCount,
    long messagesAdded,
    int deliveringCount,
    long messagesAcked,
    int scheduledCount,
    RoutingType routingType) {

  static QueueStat of(LiveQueue queue) {
    return new QueueStat(
        queue.queue().name(),
        queue.queue().address().name(),
        queue.consumerCount(),
        queue.queue().messages().messageCount(),
        queue.added(),
        queue.queue().messages().outCount(),
        queue.acknowledged(),
        0,
        queue.queue().routing());
  }
}
