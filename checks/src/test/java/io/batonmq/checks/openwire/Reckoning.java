package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Ledger.Id;
import io.batonmq.checks.harness.Messages;
import io.batonmq.checks.harness.Until;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a [StockLoad] left behind, taken and compared with what its clients saw.
///
/// @param dead what is dead, by producer. Of a message that comes a second time because the acknowledgement of the first
///     was lost, the stock client says that it cannot be processed, and does not show it to its application
/// @param strange what does not fit together; nothing where all is well
record Reckoning(StockLoad load, Map<String, Integer> dead, List<String> strange) {
  private static final String NEVER_SEEN = "dead, and nobody has had it";

  static Reckoning of(StockLoad load, Broker active, String deadLetters) throws Exception {
    var dead = new TreeMap<String, Integer>();
    try (var connection = load.connect("")) {
      var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      for (var queue : List.of(StockLoad.TX_KEPT, StockLoad.ACK_KEPT)) {
        take(active, queue, consumer(session, queue), load.kept::delivered);
      }
      take(active, StockLoad.XA_OUT, consumer(session, StockLoad.XA_OUT), load.moved::delivered);
      take(
          active,
          deadLetters,
          consumer(session, deadLetters),
          (id, _, _) -> {
            boolean had = load.seen.received(id.producer()).contains(id);
            dead.merge(had ? id.producer() : NEVER_SEEN, 1, Integer::sum);
          });
    }
    try (var connection = load.connect(StockLoad.WITNESS)) {
      var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      var topic = session.createTopic(StockLoad.NEWS);
      var subscriber = session.createDurableSubscriber(topic, StockLoad.WITNESS);
      take(active, StockLoad.WITNESS, subscriber, load.kept::delivered);
    }
    return new Reckoning(load, dead, strange(load, dead));
  }

  private static List<String> strange(StockLoad load, Map<String, Integer> dead) {
    var strange = new ArrayList<String>();
    for (var ledger : List.of(load.kept, load.moved)) {
      var account = ledger.account();
      if (account.deliveries() != account.received() || account.flagged() > 0) {
        strange.add("what nobody had taken came twice, or as if it had been taken: " + account);
      }
    }
    for (var producer : List.of(StockLoad.TX, StockLoad.NEWS)) {
      differ(producer, load.seen.received(producer), load.kept.received(producer), strange);
    }
    var xa = StockLoad.XA_IN;
    differ(xa, load.seen.received(xa), load.moved.received(xa), strange);
    var undone = load.seen.undone(StockLoad.TX);
    undone.removeAll(load.consumedInDoubt());
    undone.addAll(load.seen.undone(xa));
    if (!undone.isEmpty()) {
      strange.add("gone from its queue, and by no transaction: " + some(undone));
    }
    for (var producer : List.of(StockLoad.TX, xa, NEVER_SEEN)) {
      if (dead.containsKey(producer)) {
        strange.add("dead letters: " + dead);
      }
    }
    return strange;
  }

  private static void differ(String what, Set<Id> one, Set<Id> other, List<String> strange) {
    if (!one.equals(other)) {
      strange.add(
          "%s: %s were delivered and are not there, %s the other way round"
              .formatted(what, some(without(one, other)), some(without(other, one))));
    }
  }

  private static Set<Id> without(Set<Id> one, Set<Id> other) {
    var rest = new HashSet<>(one);
    rest.removeAll(other);
    return rest;
  }

  private static String some(Set<Id> ids) {
    return ids.size() + " " + ids.stream().limit(5).toList();
  }

  private static MessageConsumer consumer(Session session, String queue) throws Exception {
    return session.createConsumer(session.createQueue(queue));
  }

  private interface Taking {
    void take(Id id, String consumer, boolean redelivered);
  }

  /// Takes what the broker says that there is, and sees that nothing more is.
  private static void take(Broker active, String queue, MessageConsumer consumer, Taking taking)
      throws Exception {
    try (consumer) {
      for (long left = waiting(active, queue); left > 0; left--) {
        var message = consumer.receive(Until.PATIENCE.toMillis());
        if (message == null) {
          throw new AssertionError(left + " messages do not come from " + queue);
        }
        taking.take(Messages.id(message), queue, message.getJMSRedelivered());
      }
      Until.holds(queue + " is empty", () -> waiting(active, queue) == 0);
    }
  }

  /// A subscription's queue has its name in its own.
  private static long waiting(Broker active, String queue) throws Exception {
    return active.admin().queues().stream()
        .filter(it ->
            it.name().equals(queue)
                || (queue.equals(StockLoad.WITNESS) && it.name().contains(queue)))
        .mapToLong(it -> it.messageCount())
        .sum();
  }

  /// Fails unless everything is as it has to be.
  void verify() {
    for (Ledger ledger : List.of(load.seen, load.kept, load.moved)) {
      assertThat(ledger.account().clean()).as(ledger.account().toString()).isTrue();
      assertThat(ledger.account().confirmed()).isPositive();
    }
    assertThat(strange).isEmpty();
  }

  @Override
  public String toString() {
    return load + "\ndead_letters=" + dead;
  }
}
