package io.batonmq.wire.openwire;

import io.batonmq.session.Notice;
import io.batonmq.session.Notice.Subject;
import io.batonmq.session.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a peer is told of something that came or is gone: a message that carries the command by which that happened,
/// or would have, if it happened by another protocol.
final class Advisory {
  private Advisory() {}

  /// Null for what OpenWire has no word for.
  static @Nullable Struct of(Peer peer, Notice notice) {
    if (!AdvisoryTopic.shows(notice)) {
      return null;
    }
    Struct told =
        switch (notice.subject()) {
          case Subject.Consumer consumer -> consumer(peer, notice, consumer);
          case Subject.Producer producer -> producer(peer, notice, producer);
          case Subject.Peer other -> peer(notice, other);
          case Subject.Destination _ -> destination(peer, notice);
        };
    Map<String, Object> properties = origin(peer);
    switch (notice.kind()) {
      case CONSUMERS -> properties.put("consumerCount", notice.count());
      case PRODUCERS -> properties.put("producerCount", notice.count());
      default -> {}
    }
    return message(peer, AdvisoryTopic.name(notice, peer.protocol().wildcards()), properties, told);
  }

  /// That this broker is active.
  static Struct master(Peer peer) {
    Struct told =
        new Struct(Type.BROKER_INFO)
            .with(
                Field.BROKER_ID,
                new Struct(Type.BROKER_ID).with(Field.VALUE, peer.protocol().brokerId()))
            .with(Field.BROKER_NAME, peer.protocol().brokerName());
    return message(peer, AdvisoryTopic.MASTER, origin(peer), told);
  }

  private static Map<String, Object> origin(Peer peer) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("originBrokerId", peer.protocol().brokerId());
    properties.put("originBrokerName", peer.protocol().brokerName());
    return properties;
  }

  private static Struct message(
      Peer peer, String topic, Map<String, Object> properties, Struct told) {
    Struct producer =
        new Struct(Type.PRODUCER_ID)
            .with(Field.CONNECTION, peer.protocol().brokerId() + "-" + peer.connection())
            .with(Field.SESSION, -1L)
            .with(Field.VALUE, 1L);
    long sequence = peer.sequence();
    Struct id =
        new Struct(Type.MESSAGE_ID)
            .with(Field.PRODUCER_ID, producer)
            .with(Field.PRODUCER_SEQUENCE_ID, sequence)
            .with(Field.BROKER_SEQUENCE_ID, sequence);
    return new Struct(Type.MESSAGE)
        .with(Field.MESSAGE_ID, id)
        .with(Field.PRODUCER_ID, producer)
        .with(Field.DESTINATION, Destinations.of(Type.TOPIC, topic))
        .with(Field.JMS_TYPE, "Advisory")
        .with(Field.TIMESTAMP, peer.now().wallMillis())
        .with(Field.MARSHALLED_PROPERTIES, Primitives.encode(properties))
        .with(Field.DATA_STRUCTURE, told);
  }

  private static Struct consumer(Peer peer, Notice notice, Subject.Consumer consumer) {
    Struct id = member(Type.CONSUMER_ID, consumer.name(), consumer.peer(), consumer.link());
    if (!notice.there()) {
      return new Struct(Type.REMOVE_INFO).with(Field.OBJECT_ID, id);
    }
    Source source = consumer.source();
    return new Struct(Type.CONSUMER_INFO)
        .with(Field.CONSUMER_ID, id)
        .with(Field.DESTINATION, AdvisoryTopic.destination(notice, peer.protocol().wildcards()))
        .with(Field.CLIENT_ID, consumer.clientId())
        .with(Field.SELECTOR, source.filter())
        .with(
            Field.SUBSCRIPTION_NAME,
            source.kind() instanceof Source.Kind.Subscription kind ? kind.name() : null)
        .with(Field.BROWSER, source.browse())
        .with(Field.NO_LOCAL, source.noLocal())
        .with(Field.EXCLUSIVE, source.rank().exclusive())
        .with(Field.PRIORITY, Math.clamp(source.rank().priority(), Byte.MIN_VALUE, Byte.MAX_VALUE));
  }

  private static Struct producer(Peer peer, Notice notice, Subject.Producer producer) {
    Struct id = member(Type.PRODUCER_ID, producer.name(), producer.peer(), producer.link());
    return notice.there()
        ? new Struct(Type.PRODUCER_INFO)
            .with(Field.PRODUCER_ID, id)
            .with(Field.DESTINATION, AdvisoryTopic.destination(notice, peer.protocol().wildcards()))
        : new Struct(Type.REMOVE_INFO).with(Field.OBJECT_ID, id);
  }

  private static Struct peer(Notice notice, Subject.Peer peer) {
    Struct id = new Struct(Type.CONNECTION_ID).with(Field.CONNECTION, peer.peer());
    return notice.there()
        ? new Struct(Type.CONNECTION_INFO)
            .with(Field.CONNECTION_ID, id)
            .with(Field.CLIENT_ID, peer.clientId())
            .with(Field.USER_NAME, peer.user())
            .with(Field.CLIENT_IP, peer.remoteAddress())
        : new Struct(Type.REMOVE_INFO).with(Field.OBJECT_ID, id);
  }

  private static Struct destination(Peer peer, Notice notice) {
    return new Struct(Type.DESTINATION_INFO)
        .with(
            Field.CONNECTION_ID,
            new Struct(Type.CONNECTION_ID).with(Field.CONNECTION, peer.protocol().brokerId()))
        .with(Field.DESTINATION, AdvisoryTopic.destination(notice, peer.protocol().wildcards()))
        .with(Field.OPERATION_TYPE, notice.there() ? 0 : 1);
  }

  /// The id that a name was made of, or one that no other link has.
  private static Struct member(Type type, @Nullable String name, String connection, int link) {
    Struct known = name == null ? null : Ids.member(type, Ids.ofAnybody(name));
    return known != null
        ? known
        : new Struct(type)
            .with(Field.CONNECTION, connection)
            .with(Field.SESSION, 0L)
            .with(Field.VALUE, (long) link);
  }
}
