package io.batonmq.server.admin;

import java.util.List;

/// The records of this room as JSON and back. A field's name is the component's; unknown fields are
/// ignored, so that a newer node can be asked by an older command.
final class AdminJson {
  private AdminJson() {}

  static Json.Fields of(NodeStatus status) {
    return Figure.of(status, Figures.STATUS);
  }

  static Json.Fields of(List<QueueStat> queues) {
    return Json.fields()
        .with(
            "queues",
            new Json.Items(
                queues.stream().<Json>map(queue -> Figure.of(queue, Figures.QUEUE)).toList()));
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

  private static QueueStat queue(Json json) throws JsonException {
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
        from.text("routingType"));
  }
}
