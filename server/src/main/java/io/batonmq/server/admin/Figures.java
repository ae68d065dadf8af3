package io.batonmq.server.admin;

import io.batonmq.session.AddressStat;
import java.util.List;

/// All that a node tells about itself. Its answers and the reference page are both printed from here.
final class Figures {
  static final List<Figure<PeerStatus>> PEER =
      List.of(
          Figure.text("id", PeerStatus::id, "Of its process; another at each start."),
          Figure.text("node", PeerStatus::node, "Its name."),
          Figure.text("configured", PeerStatus::configured, "`primary` or `backup`."),
          Figure.text("role", PeerStatus::role, "`standby`, `promoting`, `active` or `fenced`."),
          Figure.texts("connectors", PeerStatus::connectors, "Addresses that clients are told."),
          Figure.text("version", PeerStatus::version, "Of its software."),
          Figure.whole("applied", PeerStatus::applied, "Position up to which it has the log."),
          Figure.flag(
              "fresh",
              PeerStatus::fresh,
              "Whether it was seen to move lately; one that only holds its lock may be hung."));

  static final List<Figure<ReceiptView>> RECEIPT =
      List.of(
          Figure.whole("epoch", ReceiptView::epoch, "The epoch that began."),
          Figure.text(
              "cause",
              ReceiptView::cause,
              "`first_start`, `lock_free`, `hung`, `stopped` or `handed_over`."),
          Figure.text("before", ReceiptView::before, "Who was active; empty if nobody."),
          Figure.text("after", ReceiptView::after, "Who took over."),
          Figure.whole(
              "sealed", ReceiptView::sealed, "Position at which the tenure before is sealed."),
          Figure.whole(
              "tailBytes", ReceiptView::tailBytes, "Copied from above its newest committed mark."),
          Figure.whole(
              "logBytesRead", ReceiptView::logBytesRead, "Read of the log, from the decision on."),
          Figure.whole(
              "detectMillis",
              ReceiptView::detectMillis,
              "From the last sign of life to the decision; -1 if not known."),
          Figure.whole(
              "takeMillis", ReceiptView::takeMillis, "From the decision to the right to append."),
          Figure.whole("wallMillis", ReceiptView::wallMillis, "When; milliseconds since 1970."),
          Figure.whole(
              "claimMillis",
              receipt -> receipt.phases().claimMillis(),
              "Of `takeMillis`: until the node before could confirm nothing more."),
          Figure.whole(
              "readMillis",
              receipt -> receipt.phases().readMillis(),
              "Of `takeMillis`: until all that it wrote was read."),
          Figure.whole(
              "copyMillis",
              receipt -> receipt.phases().copyMillis(),
              "Of `takeMillis`: until the right to append."),
          Figure.whole(
              "openMillis",
              receipt -> receipt.phases().openMillis(),
              "From there until clients could come in."),
          Figure.whole(
              "zombieBytes",
              receipt -> receipt.aftermath().zombieBytes(),
              "What the node before wrote after that, which counts for nothing; -1 if not known."),
          Figure.whole(
              "resends",
              receipt -> receipt.aftermath().resends(),
              "Messages that came again and were recognised, until the receipt was closed."),
          Figure.whole(
              "reflagged",
              receipt -> receipt.aftermath().reflagged(),
              "Messages that could have been out, marked as redelivered."),
          Figure.whole(
              "transactionsKept",
              receipt -> receipt.aftermath().transactionsKept(),
              "Outcomes of transactions that are known from before."),
          Figure.whole(
              "transactionsAborted",
              receipt -> receipt.aftermath().transactionsAborted(),
              "Transactions that had no outcome, rolled back."),
          Figure.flag(
              "closed",
              ReceiptView::closed,
              "Whether nothing is added any more: a minute later, or when the node serves no"
                  + " more."));

  static final List<Figure<NodeStatus>> STATUS =
      List.of(
          Figure.text("node", NodeStatus::node, "Its name."),
          Figure.text("version", NodeStatus::version, "Of the software."),
          Figure.text("configured", NodeStatus::configured, "`primary`, `backup` or `single`."),
          Figure.text("role", NodeStatus::role, "`standby`, `promoting`, `active` or `fenced`."),
          Figure.whole("epoch", NodeStatus::epoch, "The epoch that the role is about."),
          Figure.text(
              "active",
              NodeStatus::active,
              "Who has the baton, as far as this node knows; empty if nobody."),
          Figure.text(
              "nobody",
              NodeStatus::nobody,
              "Why nobody has it and this node does not take it, or why no client can come in to"
                  + " this node that has it; empty where neither is so."),
          Figure.text(
              "replication",
              NodeStatus::replication,
              "Which nodes have what is confirmed, and which are catching up; empty where all have"
                  + " one store."),
          Figure.whole(
              "committed",
              NodeStatus::committed,
              "Position up to which the log is safe; the difference of two readings is the bytes"
                  + " written in between."),
          Figure.whole(
              "applied",
              NodeStatus::applied,
              "Position up to which this node has it; how far a standby lags is the active's minus"
                  + " this."),
          Figure.texts("connectors", NodeStatus::connectors, "Addresses that clients are told."),
          Figure.list("peers", NodeStatus::peers, PEER, "The other nodes at the same store."),
          Figure.list(
              "receipts", NodeStatus::receipts, RECEIPT, "The last hand-overs, newest first."),
          Figure.whole("uptimeMillis", NodeStatus::uptimeMillis, "Since its process started."),
          Figure.whole("pid", NodeStatus::pid, "Of its process."));

  static final List<Figure<NodeUsage>> USAGE =
      List.of(
          Figure.whole(
              "disk",
              NodeUsage::disk,
              "Percent of the volume that holds the log; -1 if it does not tell."),
          Figure.whole(
              "diskMax", NodeUsage::diskMax, "`max-disk-usage` of the node; -1 for no limit."),
          Figure.whole(
              "memory",
              NodeUsage::memory,
              "Percent of the heap, as the last collection left it. Messages wait in the log: a"
                  + " backlog does not show here."));

  static final List<Figure<QueueStat>> QUEUE =
      List.of(
          Figure.text("name", QueueStat::name, "The queue."),
          Figure.text("address", QueueStat::address, "The address that it is bound to."),
          Figure.whole(
              "consumerCount", QueueStat::consumerCount, "Who takes from it or browses it."),
          Figure.whole(
              "messageCount",
              QueueStat::messageCount,
              "Messages in it, those out with consumers included."),
          Figure.whole("messagesAdded", QueueStat::messagesAdded, "Since the queue is there."),
          Figure.whole(
              "deliveringCount",
              QueueStat::deliveringCount,
              "Out with consumers, not yet acknowledged."),
          Figure.whole("messagesAcked", QueueStat::messagesAcked, "Since the queue is there."),
          Figure.whole(
              "scheduledCount",
              QueueStat::scheduledCount,
              "Waiting for their time: sent with a delay, or for another attempt."),
          Figure.text("routingType", QueueStat::routingType, "`ANYCAST` or `MULTICAST`."),
          Figure.whole(
              "maxConsumers",
              queue -> queue.settings().consumersMax(),
              "Consumers that it may have at once; 0 for any number."),
          Figure.flag(
              "exclusive",
              queue -> queue.settings().exclusive(),
              "Whether one consumer gets everything."),
          Figure.whole(
              "groupBuckets",
              queue -> queue.settings().groupBuckets(),
              "Owners of message groups; -1: each group has its own."),
          Figure.flag(
              "groupRebalance",
              queue -> queue.settings().groupRebalance(),
              "Whether groups are given anew when a consumer comes."),
          Figure.flag(
              "groupRebalancePauseDispatch",
              queue -> queue.settings().groupRebalancePause(),
              "Whether nothing is given then until what is out is settled."),
          Figure.text(
              "groupFirstKey",
              QueueStat::groupFirstKey,
              "Annotation of the first message of a group; empty for none."),
          Figure.whole(
              "consumersBeforeDispatch",
              queue -> queue.settings().consumersBeforeDispatch(),
              "Consumers that it waits for before it gives anything."),
          Figure.whole(
              "delayBeforeDispatch",
              queue -> queue.settings().delayBeforeDispatchMillis(),
              "For how many milliseconds; -1 for ever."),
          Figure.whole(
              "ringSize",
              queue -> queue.settings().keeping().ringSize(),
              "Messages that nobody has and that it keeps; -1 for all."),
          Figure.flag(
              "lastValue",
              queue -> queue.settings().keeping().lastValue(),
              "Whether newer messages replace older ones with the same value."),
          Figure.text(
              "lastValueKey",
              QueueStat::lastValueKey,
              "The property that was named for the value; empty for none."),
          Figure.flag(
              "nonDestructive",
              queue -> queue.settings().keeping().nonDestructive(),
              "Whether messages stay whoever consumes them."),
          Figure.flag(
              "purgeOnNoConsumers",
              queue -> queue.settings().keeping().purgeOnNoConsumers(),
              "Whether nothing stays while nobody consumes."),
          Figure.whole(
              "groupCount",
              QueueStat::groupCount,
              "Message groups that have an owner now, on the active node."),
          Figure.whole(
              "slowConsumersFound",
              QueueStat::slowConsumersFound,
              "How often a consumer was found slow that was not before, since the node is"
                  + " active."));

  static final List<Figure<AddressStat>> ADDRESS =
      List.of(
          Figure.text("name", AddressStat::name, "The address."),
          Figure.flag("anycast", AddressStat::anycast, "Whether it has queues for point to point."),
          Figure.flag("multicast", AddressStat::multicast, "Whether it has subscriptions."),
          Figure.flag("auto", AddressStat::auto, "Whether it was made because it was used."),
          Figure.texts("queues", AddressStat::queues, "The names of its queues."),
          Figure.texts(
              "diverts", AddressStat::diverts, "The names of the diverts that look at it."),
          Figure.whole("messageCount", AddressStat::messageCount, "Messages in its queues."));

  private Figures() {}
}
