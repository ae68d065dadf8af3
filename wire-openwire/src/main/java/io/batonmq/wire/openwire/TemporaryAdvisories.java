package io.batonmq.wire.openwire;

import io.batonmq.message.RoutingType;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tells the peer which temporary destinations there are. The ActiveMQ client asks for it on each connection, and
/// refuses to send to any that it was not told of.
final class TemporaryAdvisories {
  static final String QUEUES = Destinations.ADVISORY + "TempQueue";
  static final String TOPICS = Destinations.ADVISORY + "TempTopic";

  private final Peer peer;
  private final Map<String, Struct> consumers = new LinkedHashMap<>();

  /// Those that there are, by their addresses.
  private final Map<String, Output.Temporary> there = new LinkedHashMap<>();

  private boolean watching;
  private long told;

  TemporaryAdvisories(Peer peer) {
    this.peer = peer;
  }

  /// Whether a destination is for these advisories and nothing else.
  static boolean isFor(List<Struct> parts) {
    return !parts.isEmpty()
        && parts.stream()
            .allMatch(part ->
                part.type() == Type.TOPIC
                    && (Destinations.name(part).equals(QUEUES)
                        || Destinations.name(part).equals(TOPICS)));
  }

  void add(String name, Struct info) {
    if (consumers.put(name, info) == null) {
      there.values().forEach(news -> tell(info, news));
    }
    if (!watching) {
      watching = true;
      peer.submit(new Command.WatchTemporaries(peer.connection()));
    }
    peer.answer(info);
  }

  int consumers() {
    return consumers.size();
  }

  boolean remove(String name) {
    return consumers.remove(name) != null;
  }

  void emit(Output.Temporary news) {
    if (news.there()) {
      there.put(news.address(), news);
    } else {
      there.remove(news.address());
    }
    consumers.values().forEach(info -> tell(info, news));
  }

  private void tell(Struct info, Output.Temporary news) {
    Struct topic =
        Destinations.of(Type.TOPIC, news.routing() == RoutingType.ANYCAST ? QUEUES : TOPICS);
    String wanted = Destinations.name(info.needed(Field.DESTINATION));
    if (!wanted.contains(Destinations.name(topic))) {
      return;
    }
    Struct producer =
        new Struct(Type.PRODUCER_ID)
            .with(Field.CONNECTION, peer.protocol().brokerId() + "-" + peer.connection())
            .with(Field.SESSION, -1L)
            .with(Field.VALUE, 1L);
    Struct told =
        new Struct(Type.DESTINATION_INFO)
            .with(
                Field.CONNECTION_ID,
                new Struct(Type.CONNECTION_ID).with(Field.CONNECTION, peer.protocol().brokerId()))
            .with(Field.DESTINATION, Destinations.temporary(news.address(), news.routing()))
            .with(Field.OPERATION_TYPE, news.there() ? 0 : 1);
    Struct id =
        new Struct(Type.MESSAGE_ID)
            .with(Field.PRODUCER_ID, producer)
            .with(Field.PRODUCER_SEQUENCE_ID, ++this.told)
            .with(Field.BROKER_SEQUENCE_ID, peer.sequence());
    Struct message =
        new Struct(Type.MESSAGE)
            .with(Field.MESSAGE_ID, id)
            .with(Field.PRODUCER_ID, producer)
            .with(Field.DESTINATION, topic)
            .with(Field.JMS_TYPE, "Advisory")
            .with(Field.DATA_STRUCTURE, told);
    peer.write(
        new Struct(Type.MESSAGE_DISPATCH)
            .with(Field.CONSUMER_ID, info.child(Field.CONSUMER_ID))
            .with(Field.DESTINATION, topic)
            .with(Field.MESSAGE, message));
  }
}
