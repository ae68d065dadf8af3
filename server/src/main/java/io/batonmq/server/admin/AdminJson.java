package io.batonmq.server.admin;

import io.batonmq.broker.QueueSettings;
import io.batonmq.message.RoutingType;
import io.batonmq.session.AddressStat;
import io.batonmq.session.Management;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The records of this room as JSON and back. A field's name is the component's; unknown fields are
/// ignored, so that a newer node can be asked by an older command.
final class AdminJson {
  private AdminJson() {}

  static Json.Fields of(NodeStatus status) {
    return Figure.of(status, Figures.STATUS);
  }

  static Json.Fields of(NodeUsage usage) {
    return Figure.of(usage, Figures.USAGE);
  }

  static NodeUsage usage(Json json) throws JsonException {
    var from = JsonFields.of(json);
    return new NodeUsage(from.whole("disk"), from.whole("diskMax"), from.whole("memory"));
  }

  static Json.Fields of(List<QueueStat> queues) {
    return Json.fields()
        .with(
            "queues",
            new Json.Items(
                queues.stream().<Json>map(queue -> Figure.of(queue, Figures.QUEUE)).toList()));
  }

  static Json.Fields ofAddresses(List<AddressStat> addresses) {
    return Json.fields()
        .with(
            "addresses",
            new Json.Items(
                addresses.stream()
                    .<Json>map(address -> Figure.of(address, Figures.ADDRESS))
                    .toList()));
  }

  /// What is sent to have something done; [#management] reads it.
  static Json.Fields of(Management request) {
    return switch (request) {
      case Management.CreateAddress(var name, var anycast, var multicast) ->
          Json.fields().with("name", name).with("anycast", anycast).with("multicast", multicast);
      case Management.DeleteAddress(var name, var force) ->
          Json.fields().with("name", name).with("force", force);
      case Management.CreateQueue(
              var name,
              var address,
              var routing,
              var settings,
              var createAddress,
              var filter) ->
          QueueJson.of(
              Json.fields()
                  .with("name", name)
                  .with("address", address)
                  .with("routingType", routing.name())
                  .with("createAddress", createAddress)
                  .with("filter", filter),
              settings);
      case Management.DeleteQueue(var name, var removeConsumers, var deleteAddress) ->
          Json.fields()
              .with("name", name)
              .with("removeConsumers", removeConsumers)
              .with("deleteAddress", deleteAddress);
      case Management.PurgeQueue(var name) -> Json.fields().with("name", name);
    };
  }

  /// Where such a request goes.
  static Endpoint endpoint(Management request) {
    return switch (request) {
      case Management.CreateAddress _ -> Endpoint.ADDRESS_CREATE;
      case Management.DeleteAddress _ -> Endpoint.ADDRESS_DELETE;
      case Management.CreateQueue _ -> Endpoint.QUEUE_CREATE;
      case Management.DeleteQueue _ -> Endpoint.QUEUE_DELETE;
      case Management.PurgeQueue _ -> Endpoint.QUEUE_PURGE;
    };
  }

  /// What came to one of these endpoints. Every field has to be there: a default would be a guess at
  /// what is to be deleted. Only settings of a queue may be left out, for what holds at its address.
  static Management management(Endpoint endpoint, Json json) throws JsonException {
    var from = JsonFields.of(json);
    var name = from.text("name");
    return switch (endpoint) {
      case ADDRESS_CREATE ->
          new Management.CreateAddress(name, from.flag("anycast"), from.flag("multicast"));
      case ADDRESS_DELETE -> new Management.DeleteAddress(name, from.flag("force"));
      case QUEUE_CREATE ->
          new Management.CreateQueue(
              name,
              from.text("address"),
              routing(from.text("routingType")),
              QueueJson.overrides(from),
              from.flag("createAddress"),
              from.text("filter"));
      case QUEUE_DELETE ->
          new Management.DeleteQueue(
              name, from.flag("removeConsumers"), from.flag("deleteAddress"));
      case QUEUE_PURGE -> new Management.PurgeQueue(name);
      case STATUS, USAGE, QUEUES, ADDRESSES, SWITCHOVER, STOP, KILL ->
          throw new IllegalArgumentException(endpoint.path());
    };
  }

  private static RoutingType routing(String text) throws JsonException {
    for (var routing : RoutingType.values()) {
      if (routing.name().equals(text)) {
        return routing;
      }
    }
    throw new JsonException("\"routingType\" is not ANYCAST or MULTICAST");
  }

  static List<AddressStat> addresses(Json json) throws JsonException {
    return JsonFields.of(json).list("addresses", AdminJson::address);
  }

  static AddressStat address(Json json) throws JsonException {
    var from = JsonFields.of(json);
    return new AddressStat(
        from.text("name"),
        from.flag("anycast"),
        from.flag("multicast"),
        from.flag("auto"),
        from.list("queues", JsonFields::text),
        from.list("diverts", JsonFields::text),
        from.whole("messageCount"));
  }

  static NodeStatus status(Json json) throws JsonException {
    var from = JsonFields.of(json);
    return new NodeStatus(
        from.text("node"),
        from.text("version"),
        from.text("configured"),
        from.text("role"),
        from.whole("epoch"),
        from.text("active"),
        from.text("nobody"),
        from.text("replication"),
        from.whole("committed"),
        from.whole("applied"),
        from.list("connectors", JsonFields::text),
        from.list("peers", AdminJson::peer),
        from.list("receipts", AdminJson::receipt),
        from.whole("uptimeMillis"),
        from.whole("pid"));
  }

  private static PeerStatus peer(Json json) throws JsonException {
    var from = JsonFields.of(json);
    return new PeerStatus(
        from.text("id"),
        from.text("node"),
        from.text("configured"),
        from.text("role"),
        from.list("connectors", JsonFields::text),
        from.text("version"),
        from.whole("applied"),
        from.flag("fresh"));
  }

  private static ReceiptView receipt(Json json) throws JsonException {
    var from = JsonFields.of(json);
    return new ReceiptView(
        from.whole("epoch"),
        from.text("cause"),
        from.text("before"),
        from.text("after"),
        from.whole("sealed"),
        from.whole("tailBytes"),
        from.whole("logBytesRead"),
        from.whole("detectMillis"),
        from.whole("takeMillis"),
        from.whole("wallMillis"),
        new ReceiptView.Phases(
            from.whole("claimMillis"),
            from.whole("readMillis"),
            from.whole("copyMillis"),
            from.whole("openMillis")),
        new ReceiptView.Aftermath(
            from.whole("zombieBytes"),
            from.whole("resends"),
            from.whole("reflagged"),
            from.whole("transactionsKept"),
            from.whole("transactionsAborted")),
        from.flag("closed"));
  }

  static List<QueueStat> queues(Json json) throws JsonException {
    return JsonFields.of(json).list("queues", AdminJson::queue);
  }

  /// The same answer, with those of a list alone that are wanted.
  static <T> Json kept(Json answer, String name, JsonFields.Reading<T> reading, Predicate<T> wanted)
      throws JsonException {
    List<Json> kept = new ArrayList<>();
    for (var item : JsonFields.of(answer).list(name, item -> item)) {
      if (wanted.test(reading.read(item))) {
        kept.add(item);
      }
    }
    return answer instanceof Json.Fields fields ? fields.with(name, new Json.Items(kept)) : answer;
  }

  static QueueStat queue(Json json) throws JsonException {
    var from = JsonFields.of(json);
    return new QueueStat(
        from.text("name"),
        from.text("address"),
        from.whole("consumerCount"),
        from.whole("messageCount"),
        from.whole("messagesAdded"),
        from.whole("deliveringCount"),
        from.whole("messagesAcked"),
        from.whole("scheduledCount"),
        from.text("routingType"),
        QueueSettings.DEFAULTS.with(QueueJson.overrides(from)),
        from.whole("groupCount"),
        from.whole("slowConsumersFound"));
  }
}
