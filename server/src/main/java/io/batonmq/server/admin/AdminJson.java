package io.batonmq.server.admin;

import java.util.List;
import java.util.function.Function;

/// The records of this room as JSON and back. A field's name is the component's; unknown fields are
/// ignored, so that a newer node can be asked by an older command.
final class AdminJson {
  private AdminJson() {}

  static Json.Fields of(NodeStatus status) {
    return Json.fields()
        .with("node", status.node())
        .with("version", status.version())
        .with("configured", status.configured())
        .with("role", status.role())
        .with("epoch", status.epoch())
        .with("active", status.active())
        .with("committed", status.committed())
        .with("applied", status.applied())
        .with("connectors", list(status.connectors(), Json.Text::new))
        .with("peers", list(status.peers(), AdminJson::of))
        .with("receipts", list(status.receipts(), AdminJson::of))
        .with("uptimeMillis", status.uptimeMillis())
        .with("pid", status.pid());
  }

  private static Json.Fields of(PeerStatus peer) {
    return Json.fields()
        .with("id", peer.id())
        .with("node", peer.node())
        .with("configured", peer.configured())
        .with("role", peer.role())
        .with("connectors", list(peer.connectors(), Json.Text::new))
        .with("version", peer.version())
        .with("applied", peer.applied())
        .with("fresh", peer.fresh());
  }

  private static Json.Fields of(ReceiptView receipt) {
    return Json.fields()
        .with("epoch", receipt.epoch())
        .with("cause", receipt.cause())
        .with("before", receipt.before())
        .with("after", receipt.after())
        .with("sealed", receipt.sealed())
        .with("tailBytes", receipt.tailBytes())
        .with("logBytesRead", receipt.logBytesRead())
        .with("detectMillis", receipt.detectMillis())
        .with("takeMillis", receipt.takeMillis())
        .with("wallMillis", receipt.wallMillis())
        .with("claimMillis", receipt.phases().claimMillis())
        .with("readMillis", receipt.phases().readMillis())
        .with("copyMillis", receipt.phases().copyMillis())
        .with("openMillis", receipt.phases().openMillis())
        .with("zombieBytes", receipt.aftermath().zombieBytes())
        .with("resends", receipt.aftermath().resends())
        .with("reflagged", receipt.aftermath().reflagged())
        .with("transactionsKept", receipt.aftermath().transactionsKept())
        .with("transactionsAborted", receipt.aftermath().transactionsAborted())
        .with("closed", receipt.closed());
  }

  static Json.Fields of(List<QueueStat> queues) {
    return Json.fields().with("queues", list(queues, AdminJson::of));
  }

  private static Json.Fields of(QueueStat queue) {
    return Json.fields()
        .with("name", queue.name())
        .with("address", queue.address())
        .with("consumerCount", queue.consumerCount())
        .with("messageCount", queue.messageCount())
        .with("messagesAdded", queue.messagesAdded())
        .with("deliveringCount", queue.deliveringCount())
        .with("messagesAcked", queue.messagesAcked())
        .with("scheduledCount", queue.scheduledCount())
        .with("routingType", queue.routingType());
  }

  private static <T> Json.Items list(List<T> values, Function<T, Json> json) {
    return new Json.Items(values.stream().map(json).toList());
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
