package io.batonmq.sim.pair;

import io.batonmq.session.QueueStat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What must be true of every message when all queues are empty and nobody waits for an answer.
final class Account {
  private final Setup setup;
  private final Collection<Sent> sents;
  private final List<String> losses = new ArrayList<>();

  private final long newestEpoch;

  Account(Setup setup, Collection<Sent> sents, long newestEpoch) {
    this.newestEpoch = newestEpoch;
    this.setup = setup;
    this.sents = sents;
  }

  /// @param queues as they are when they are empty
  List<String> losses(List<QueueStat> queues) {
    for (Sent sent : sents) {
      Tx tx = sent.tx;
      if (sent.fleeting()) {
        if (tx != null ? tookEffectLately(tx) : sent.confirmed == newestEpoch) {
          everyQueueHadIt(sent);
        }
      } else if (tx != null ? tx.committed || tx.mayBeInEffect() : sent.isConfirmed()) {
        everyQueueHadIt(sent);
      }
    }
    sents.stream().map(sent -> sent.tx).distinct().forEach(this::takesWentToo);
    if (!setup.fleeting()) {
      queues.forEach(this::cameOnce);
    }
    return losses;
  }

  /// Whether a transaction came into effect on the node that serves now, and not on one before, which did not say so.
  private boolean tookEffectLately(Tx tx) {
    boolean local = tx.manager.isEmpty();
    return tx.committed
        && tx.commitsAsked == 1
        && tx.ended == newestEpoch
        && (local || !tx.prepareAsked || tx.promised == newestEpoch);
  }

  /// As many messages came into a queue as were seen in it or moved from it: one that came twice would be
  /// one too many, even where nobody was given both.
  private void cameOnce(QueueStat queue) {
    long seen = sents.stream().mapToLong(sent -> timesIn(sent, queue.name())).sum();
    if (queue.messagesAdded() != seen) {
      losses.add(
          queue.messagesAdded()
              + " messages came into "
              + queue.name()
              + ", and "
              + seen
              + " are known");
    }
  }

  private static long timesIn(Sent sent, String queue) {
    if (queue.equals(Setup.DEAD) || queue.equals(Setup.EXPIRED)) {
      return sent.copies.keySet().stream().filter(place -> place.startsWith(queue + "<")).count();
    }
    boolean was =
        sent.copies.keySet().stream()
            .anyMatch(place -> place.equals(queue) || place.endsWith("<" + queue));
    return was ? 1 : 0;
  }

  /// What was taken in a transaction that is in effect came to nobody afterwards.
  private void takesWentToo(@Nullable Tx tx) {
    if (tx != null && tx.mayBeInEffect()) {
      for (Copy.Delivery take : tx.takes) {
        int after = take.copy.deliveries.indexOf(take) + 1;
        boolean again =
            take.copy.deliveries.stream()
                .skip(after)
                .anyMatch(other -> Ledger.knows(take.copy.sent, take.epoch, other.epoch));
        if (again) {
          losses.add(take.copy + " was taken in " + tx + ", which is in effect, and came again");
        }
      }
    }
  }

  private void everyQueueHadIt(Sent sent) {
    for (String queue : setup.queues(sent.address)) {
      Copy here = sent.copies.get(queue);
      Copy dead = sent.copies.get(Setup.DEAD + "<" + queue);
      Copy expired = sent.copies.get(Setup.EXPIRED + "<" + queue);
      if (taken(here) || taken(dead) || taken(expired)) {
        continue;
      }
      losses.add(
          "lost: "
              + sent
              + " was confirmed"
              + (sent.tx == null ? "" : " in " + sent.tx)
              + ", nobody took it from "
              + queue
              + ", and it is not there"
              + (here == null ? " nor ever was" : ""));
    }
  }

  private static boolean taken(@Nullable Copy copy) {
    return copy != null && copy.mayBeTaken();
  }
}
