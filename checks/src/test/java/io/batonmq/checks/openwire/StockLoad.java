package io.batonmq.checks.openwire;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Ledger.Id;
import io.batonmq.checks.harness.Messages;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQXAConnectionFactory;

/// Stock ActiveMQ clients in five kinds, each with connections of its own that know nothing but a `failover:` URL:
///
/// | kind | sends to | is taken from there by |
/// |---|---|---|
/// | transacted | `tx` and `tx.kept`, ten each in one transaction | transactions of ten |
/// | client-acknowledge | `ack`, and another message to `ack.kept` | `acknowledge()` on every tenth |
/// | durable | the topic `news` | a durable subscriber |
/// | request | `requests`, with a temporary queue to answer to | one who answers |
/// | XA | `xa.in` | a [Bridge], which moves everything to `xa.out` |
///
/// What the consumers have had is in [#seen]. What nobody takes before [#finish] is in [#kept] (of `tx`, `ack` and a
/// second durable subscriber) and in [#moved]: there every message has to be once, and none has ever been delivered.
///
/// An exception is an error but where the stock client itself cannot know better: a transaction whose commit had no
/// answer is rolled back for it, and may be there all the same. And what a transaction has acknowledged is not said
/// again by it after a failover, though what it sent is: whether it was taken is known only where the connection was
/// not lost meanwhile ([Interruptions]).
final class StockLoad implements AutoCloseable {
  static final String TX = "tx";
  static final String ACK = "ack";
  static final String REQUESTS = "requests";
  static final String XA_IN = "xa.in";
  static final String XA_OUT = "xa.out";
  static final String TX_KEPT = "tx.kept";
  static final String ACK_KEPT = "ack.kept";
  static final String NEWS = "news";

  private static final String LIVE = "live";
  static final String WITNESS = "witness";
  private static final int BATCH = 10;
  private static final int RECEIVE_MILLIS = 100;

  /// Longer than a take-over: a reply that has not come then was in a temporary queue of the node that is gone.
  private static final int REPLY_MILLIS = 4_000;

  final Ledger seen = new Ledger();
  final Ledger kept = new Ledger();
  final Ledger moved = new Ledger();

  /// Transactions whose commit threw, of producers and of consumers.
  final AtomicInteger inDoubt = new AtomicInteger();

  /// Requests of which no reply came.
  final AtomicInteger unanswered = new AtomicInteger();

  /// Replies to temporary queues that were not there.
  final AtomicInteger undeliverable = new AtomicInteger();

  private final String url;
  private final Bridge bridge;
  private final Set<Id> consumedInDoubt = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicLong> steps = new ConcurrentHashMap<>();
  private final List<Thread> producing = new ArrayList<>();
  private final List<Thread> consuming = new ArrayList<>();
  private volatile boolean producersStop;
  private volatile boolean consumersStop;

  StockLoad(String url) {
    this.url = url;
    this.bridge = new Bridge(new ActiveMQXAConnectionFactory(url), this);
  }

  /// Starts all five kinds.
  StockLoad start() throws JMSException {
    try (var connection = connect(WITNESS)) {
      var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      session.createDurableSubscriber(session.createTopic(NEWS), WITNESS);
    }
    // Who publishes before the subscriber is there is not heard.
    try (var connection = connect(LIVE)) {
      var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      session.createDurableSubscriber(session.createTopic(NEWS), LIVE);
    }
    produce("transacted producer", "", this::sendTransacted);
    produce("plain producer", "", this::sendPlain);
    produce("publisher", "", this::publish);
    produce("requester", "", this::request);
    produce("XA feeder", "", this::feed);
    consume("transacted consumer", "", this::receiveTransacted);
    consume("client-acknowledge consumer", "", this::receiveAndAcknowledge);
    consume("durable subscriber", LIVE, this::subscribe);
    consume("replier", "", this::reply);
    steps.put(Bridge.NAME, new AtomicLong());
    consuming.add(Thread.ofPlatform().daemon().name(Bridge.NAME).start(bridge));
    return this;
  }

  Connection connect(String clientId) throws JMSException {
    var connection = new ActiveMQConnectionFactory(url).createConnection();
    if (!clientId.isEmpty()) {
      connection.setClientID(clientId);
    }
    connection.start();
    return connection;
  }

  // ---- what they have done

  /// How often each client has come round: sent and got its answer, or taken something.
  Map<String, Long> steps() {
    var now = new TreeMap<String, Long>();
    steps.forEach((name, count) -> now.put(name, count.get()));
    return now;
  }

  /// The clients that have not come round so often since.
  List<String> behind(Map<String, Long> before, int rounds) {
    return steps().entrySet().stream()
        .filter(each -> each.getValue() < before.getOrDefault(each.getKey(), 0L) + rounds)
        .map(Map.Entry::getKey)
        .toList();
  }

  void stepped(String client) {
    steps.get(client).incrementAndGet();
  }

  // ---- producers

  private void sendTransacted(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.SESSION_TRANSACTED);
    var read = session.createProducer(session.createQueue(TX));
    var witness = session.createProducer(session.createQueue(TX_KEPT));
    long number = 0;
    for (long batch = 1; !producersStop; batch++) {
      var ids = new ArrayList<Id>();
      for (int i = 0; i < BATCH; i++) {
        ids.add(new Id(TX, ++number, batch));
      }
      ids.forEach(seen::sent);
      ids.forEach(kept::sent);
      try {
        for (var id : ids) {
          read.send(Messages.of(session, id));
          witness.send(Messages.of(session, id));
        }
        session.commit();
        ids.forEach(seen::confirmed);
        ids.forEach(kept::confirmed);
        stepped(client);
      } catch (TransactionRolledBackException e) {
        inDoubt.incrementAndGet();
        session.rollback();
      }
    }
  }

  private void sendPlain(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var read = session.createProducer(session.createQueue(ACK));
    var witness = session.createProducer(session.createQueue(ACK_KEPT));
    for (long number = 1; !producersStop; number++) {
      send(session, read, new Id(ACK, number, 0), seen);
      send(session, witness, new Id(ACK_KEPT, number, 0), kept);
      stepped(client);
    }
  }

  private void publish(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var producer = session.createProducer(session.createTopic(NEWS));
    for (long number = 1; !producersStop; number++) {
      var id = new Id(NEWS, number, 0);
      kept.sent(id);
      send(session, producer, id, seen);
      kept.confirmed(id);
      stepped(client);
    }
  }

  private void feed(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var producer = session.createProducer(session.createQueue(XA_IN));
    for (long number = 1; !producersStop; number++) {
      send(session, producer, new Id(XA_IN, number, 0), seen);
      stepped(client);
    }
  }

  private void request(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var producer = session.createProducer(session.createQueue(REQUESTS));
    var replies = session.createTemporaryQueue();
    var consumer = session.createConsumer(replies);
    for (long number = 1; !producersStop; number++) {
      var id = new Id(REQUESTS, number, 0);
      var message = Messages.of(session, id);
      message.setJMSReplyTo(replies);
      message.setJMSCorrelationID(Long.toString(number));
      seen.sent(id);
      producer.send(message);
      seen.confirmed(id);
      if (answered(consumer, number)) {
        stepped(client);
      } else {
        unanswered.incrementAndGet();
      }
    }
  }

  /// A request that was delivered twice is answered twice: replies to earlier ones are passed over.
  private boolean answered(MessageConsumer consumer, long number) throws JMSException {
    while (true) {
      var reply = consumer.receive(REPLY_MILLIS);
      if (reply == null) {
        return false;
      }
      long to = Long.parseLong(reply.getJMSCorrelationID());
      if (!((TextMessage) reply).getText().equals("reply to " + to) || to > number) {
        seen.error("request " + number + " was answered with " + reply);
      }
      if (to == number) {
        return true;
      }
    }
  }

  private static void send(Session session, MessageProducer producer, Id id, Ledger ledger)
      throws JMSException {
    ledger.sent(id);
    producer.send(Messages.of(session, id));
    ledger.confirmed(id);
  }

  // ---- consumers

  private void receiveTransacted(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.SESSION_TRANSACTED);
    var consumer = session.createConsumer(session.createQueue(TX));
    var interruptions = Interruptions.of(connection);
    while (!consumersStop) {
      var ids = new ArrayList<Id>();
      int before = interruptions.count();
      try {
        while (ids.size() < BATCH && note(consumer.receive(RECEIVE_MILLIS), client, ids)) {
          // The next one.
        }
        session.commit();
        if (interruptions.count() == before) {
          ids.forEach(seen::done);
        } else {
          consumedInDoubt.addAll(ids);
        }
        if (!ids.isEmpty()) {
          stepped(client);
        }
      } catch (TransactionRolledBackException e) {
        inDoubt.incrementAndGet();
        consumedInDoubt.addAll(ids);
        session.rollback();
      }
    }
  }

  private void receiveAndAcknowledge(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
    var consumer = session.createConsumer(session.createQueue(ACK));
    while (!consumersStop) {
      var ids = new ArrayList<Id>();
      Message last = null;
      for (Message next = consumer.receive(RECEIVE_MILLIS); next != null; ) {
        last = next;
        note(next, client, ids);
        next = ids.size() < BATCH ? consumer.receive(RECEIVE_MILLIS) : null;
      }
      if (last != null) {
        // Nobody answers it, as this client has it by default: it may be lost.
        last.acknowledge();
        stepped(client);
      }
    }
  }

  private void subscribe(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var consumer = session.createDurableSubscriber(session.createTopic(NEWS), LIVE);
    while (!consumersStop) {
      if (note(consumer.receive(RECEIVE_MILLIS), client, new ArrayList<>())) {
        stepped(client);
      }
    }
  }

  private void reply(String client, Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var consumer = session.createConsumer(session.createQueue(REQUESTS));
    var producer = session.createProducer(null);
    while (!consumersStop) {
      var request = consumer.receive(RECEIVE_MILLIS);
      if (note(request, client, new ArrayList<>())) {
        var reply = session.createTextMessage("reply to " + request.getJMSCorrelationID());
        reply.setJMSCorrelationID(request.getJMSCorrelationID());
        try {
          producer.send(request.getJMSReplyTo(), reply);
        } catch (InvalidDestinationException e) {
          // Who asked has not said its temporary queue again, or is gone.
          undeliverable.incrementAndGet();
        }
        stepped(client);
      }
    }
  }

  private boolean note(Message message, String client, List<Id> ids) throws JMSException {
    if (message == null) {
      return false;
    }
    var id = Messages.id(message);
    ids.add(id);
    seen.delivered(id, client, message.getJMSRedelivered());
    return true;
  }

  // ---- their threads

  private interface Work {
    void run(String client, Connection connection) throws JMSException;
  }

  private void produce(String client, String clientId, Work work) {
    producing.add(start(client, clientId, work));
  }

  private void consume(String client, String clientId, Work work) {
    consuming.add(start(client, clientId, work));
  }

  private Thread start(String client, String clientId, Work work) {
    steps.put(client, new AtomicLong());
    return Thread.ofPlatform()
        .daemon()
        .name(client)
        .start(() -> {
          try (var connection = connect(clientId)) {
            work.run(client, connection);
          } catch (JMSException | RuntimeException e) {
            seen.error(client + ": " + e);
          }
        });
  }

  void stopProducers() {
    producersStop = true;
    join(producing);
  }

  void stopConsumers() {
    consumersStop = true;
    bridge.stop();
    join(consuming);
  }

  private static void join(List<Thread> threads) {
    for (var thread : threads) {
      try {
        if (!thread.join(Duration.ofSeconds(60))) {
          var stuck = new AssertionError(thread.getName() + " does not end");
          stuck.setStackTrace(thread.getStackTrace());
          throw stuck;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  // ---- the end

  /// Lets everything that was confirmed be taken, ends the consumers, and reckons up.
  ///
  /// @param dead the queue of dead letters there
  Reckoning finish(Broker active, String dead) throws Exception {
    stopProducers();
    Until.holds(
        () -> "everything that was confirmed has come; " + seen.account(),
        Until.PATIENCE,
        () -> seen.missing() == 0);
    for (var queue : List.of(TX, ACK, REQUESTS, XA_IN)) {
      Until.holds(
          () -> queue + " is empty; " + seen.account(),
          Until.PATIENCE,
          () -> active.queue(queue).orElseThrow().messageCount() == 0);
    }
    stopConsumers();
    bridge.recover();
    return Reckoning.of(this, active, dead);
  }

  /// What this transaction of a consumer took is there again or not, as far as its client was told.
  Set<Id> consumedInDoubt() {
    return Set.copyOf(consumedInDoubt);
  }

  @Override
  public String toString() {
    return "in_doubt=%d unanswered=%d undeliverable_replies=%d%nrounds %s%nseen %s%nkept %s%nmoved %s%nbridge %s"
        .formatted(
            inDoubt.get(),
            unanswered.get(),
            undeliverable.get(),
            steps(),
            seen.account(),
            kept.account(),
            moved.account(),
            bridge.failures());
  }

  /// Ends everything that still runs.
  @Override
  public void close() {
    stopProducers();
    stopConsumers();
  }
}
