package io.batonmq.sim.pair;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What must be true of every message when all queues are empty and nobody waits for an answer.
final class Account {
  private final Setup setup;
  private final Collection<Sent> sents;
  private final List<String> losses = new ArrayList<>();

  Account(Setup setup, Collection<Sent> sents) {
    this.setup = setup;
    this.sents = sents;
  }

  List<String> losses() {
    for (Sent sent : sents) {
      if (sent.tx != null) {
        transacted(sent, sent.tx);
      } else if (sent.confirmed) {
        everyQueueHadIt(sent);
      }
    }
    return losses;
  }

  private void transacted(Sent sent, Tx tx) {
    if (tx.committed) {
      everyQueueHadIt(sent);
    } else if (tx.sends.stream().anyMatch(Account::seen)) {
      if (!seen(sent)) {
        losses.add(sent + " is missing of " + tx + ", of which others were seen");
      }
      everyQueueHadIt(sent);
    }
  }

  static boolean seen(Sent sent) {
    return sent.copies.values().stream().anyMatch(copy -> !copy.deliveries.isEmpty());
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
              + " was confirmed, nobody took it from "
              + queue
              + ", and it is not there"
              + (here == null ? " nor ever was" : ""));
    }
  }

  private static boolean taken(@Nullable Copy copy) {
    return copy != null && copy.mayBeTaken();
  }
}
