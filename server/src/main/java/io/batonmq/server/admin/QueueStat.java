package io.batonmq.server.admin;

/// The figures of one queue.
///
/// @param messageCount messages in the queue, those out with consumers included
/// @param messagesAdded since the queue is there
/// @param deliveringCount out with consumers, not yet acknowledged
/// @param messagesAcked since the queue is there
/// @param scheduledCount to be delivered later
/// @param routingType `ANYCAST` or `MULTICAST`
public record QueueStat(
    String name,
    String address,
    long consumerCount,
    long messageCount,
    long messagesAdded,
    long deliveringCount,
    long messagesAcked,
    long scheduledCount,
    String routingType) {}
