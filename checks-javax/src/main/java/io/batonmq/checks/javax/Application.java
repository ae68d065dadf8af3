package io.batonmq.checks.javax;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.jms.CompletionListener;
import javax.jms.Connection;
import javax.jms.Destination;
import javax.jms.JMSConsumer;
import javax.jms.JMSContext;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.Topic;
import javax.jms.TransactionRolledBackException;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;

/// `Application URL`, with Qpid JMS, or `Application URL USER PASSWORD`, with the ActiveMQ client: does a little of everything, prints `ready`, waits for a line (while the active node of its pair is
/// killed), goes on with what it has, and prints the name of each behaviour that held. The first that does not ends it with an
/// exception.
public final class Application implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 60_000;
  private static final String NUMBER = "n";

  private final Connection connection;

  /// What only JMS 2.0 has; null with a client of JMS 1.1.
  private final @Nullable JMSContext context;

  private final Session session;

  private Application(Connection connection, @Nullable JMSContext context) throws JMSException {
    this.connection = connection;
    this.context = context;
    connection.setClientID("javax");
    connection.start();
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  private static Application of(String[] words) throws JMSException {
    if (words.length == 3) {
      return new Application(
          new ActiveMQConnectionFactory(words[1], words[2], words[0]).createConnection(), null);
    }
    JmsConnectionFactory factory = new JmsConnectionFactory(words[0]);
    return new Application(
        factory.createConnection(), factory.createContext(JMSContext.AUTO_ACKNOWLEDGE));
  }

  /// Does all of it.
  public static void main(String[] words) throws Exception {
    try (Application application = of(words)) {
      application.run();
    }
    System.out.flush();
  }

  /// What goes on after the take-over.
  @FunctionalInterface
  private interface Rest {
    void run() throws JMSException, InterruptedException;
  }

  private record Behaviour(String name, Rest rest) {}

  private void run() throws JMSException, IOException, InterruptedException {
    List<Behaviour> all = new ArrayList<>();
    all.add(new Behaviour("queue", queue()));
    all.add(new Behaviour("topic", topic()));
    all.add(new Behaviour("durable subscription", durableSubscription()));
    all.add(new Behaviour("transaction", transaction()));
    all.add(new Behaviour("browser", browser()));
    all.add(new Behaviour("selector", selector()));
    JMSContext simple = context;
    if (simple != null) {
      all.add(new Behaviour("asynchronous sends", asynchronousSends()));
      all.add(new Behaviour("simplified API", simplified(simple)));
    }
    System.out.println("ready");
    if (System.in.read() < 0) {
      throw new IOException("nobody said that it is to go on");
    }
    for (Behaviour behaviour : all) {
      behaviour.rest.run();
      System.out.println(behaviour.name);
    }
  }

  /// Its threads would keep the process alive.
  @Override
  public void close() throws JMSException {
    if (context != null) {
      context.close();
    }
    connection.close();
  }

  /// What was received and not acknowledged comes again, marked and counted.
  private Rest queue() throws JMSException {
    Session own = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
    Queue queue = own.createQueue("javax.queue");
    MessageConsumer consumer = own.createConsumer(queue);
    send(queue, 1);
    isNumber(1, next(consumer));
    return () -> {
      send(queue, 2);
      Message again = isNumber(1, next(consumer));
      is(true, again.getJMSRedelivered());
      is(2, again.getIntProperty("JMSXDeliveryCount"));
      isNumber(2, next(consumer)).acknowledge();
    };
  }

  private Rest topic() throws JMSException {
    Topic topic = session.createTopic("javax.topic");
    MessageConsumer subscriber = session.createConsumer(topic);
    send(topic, 1);
    isNumber(1, next(subscriber));
    return () -> {
      send(topic, 2);
      isNumber(2, next(subscriber));
    };
  }

  private Rest durableSubscription() throws JMSException {
    Topic topic = session.createTopic("javax.news");
    session.createDurableSubscriber(topic, "s", "n > 1", false).close();
    send(topic, 1, 2);
    return () -> {
      send(topic, 1, 3);
      MessageConsumer back = session.createDurableSubscriber(topic, "s", "n > 1", false);
      isNumber(2, next(back));
      isNumber(3, next(back));
      back.close();
      session.unsubscribe("s");
    };
  }

  /// One that was open is rolled back, or done again by the client itself; what the application did last is in effect,
  /// once.
  private Rest transaction() throws JMSException {
    Queue in = session.createQueue("javax.in");
    Queue out = session.createQueue("javax.out");
    Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
    MessageConsumer consumer = transacted.createConsumer(in);
    MessageProducer producer = transacted.createProducer(out);
    send(in, 1);
    isNumber(1, next(consumer));
    producer.send(message(10));
    return () -> {
      int number = 10;
      try {
        transacted.commit();
        // The ActiveMQ client repeats what was in it; Qpid JMS does not.
        is(null, context);
      } catch (TransactionRolledBackException _) {
        isNumber(1, next(consumer));
        number = 11;
        producer.send(message(number));
        transacted.commit();
      }
      MessageConsumer result = session.createConsumer(out);
      isNumber(number, next(result));
      is(null, result.receiveNoWait());
    };
  }

  private Rest browser() throws JMSException {
    Queue queue = session.createQueue("javax.browsed");
    send(queue, 1, 2, 3);
    is(List.of(2, 3), browsed(queue));
    return () -> {
      send(queue, 4);
      is(List.of(2, 3, 4), browsed(queue));
    };
  }

  private List<Integer> browsed(Queue queue) throws JMSException {
    try (var browser = session.createBrowser(queue, "n > 1")) {
      List<Integer> numbers = new ArrayList<>();
      for (Enumeration<?> all = browser.getEnumeration(); all.hasMoreElements(); ) {
        numbers.add(((Message) all.nextElement()).getIntProperty(NUMBER));
      }
      return numbers;
    }
  }

  private Rest selector() throws JMSException {
    Queue queue = session.createQueue("javax.chosen");
    MessageConsumer consumer = session.createConsumer(queue, "n BETWEEN 5 AND 9");
    send(queue, 1);
    return () -> {
      send(queue, 2, 7);
      isNumber(7, next(consumer));
      is(null, consumer.receiveNoWait());
    };
  }

  private Rest asynchronousSends() throws JMSException, InterruptedException {
    Queue queue = session.createQueue("javax.sent");
    Session own = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer = own.createProducer(queue);
    BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    CompletionListener listener =
        new CompletionListener() {
          @Override
          public void onCompletion(Message message) {
            told.add("confirmed");
          }

          @Override
          public void onException(Message message, Exception e) {
            told.add(e);
          }
        };
    producer.send(message(1), listener);
    is("confirmed", told.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    return () -> {
      producer.send(message(2), listener);
      is("confirmed", told.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    };
  }

  /// JMS 2.0, on a connection of its own.
  private static Rest simplified(JMSContext context) {
    Topic topic = context.createTopic("javax.shared");
    JMSConsumer consumer = context.createSharedDurableConsumer(topic, "shared");
    context.createProducer().send(topic, "before");
    return () -> {
      context.createProducer().setDeliveryDelay(100).send(topic, "after");
      is("before", consumer.receiveBody(String.class, PATIENCE_MILLIS));
      is("after", consumer.receiveBody(String.class, PATIENCE_MILLIS));
      consumer.close();
      context.unsubscribe("shared");
    };
  }

  private Message message(int number) throws JMSException {
    Message message = session.createTextMessage("number " + number);
    message.setIntProperty(NUMBER, number);
    return message;
  }

  private void send(Destination to, int... numbers) throws JMSException {
    MessageProducer producer = session.createProducer(to);
    for (int number : numbers) {
      producer.send(message(number));
    }
    producer.close();
  }

  private static Message next(MessageConsumer consumer) throws JMSException {
    Message message = consumer.receive(PATIENCE_MILLIS);
    if (message == null) {
      throw new AssertionError("no message came");
    }
    return message;
  }

  private static Message isNumber(int number, Message message) throws JMSException {
    is(number, message.getIntProperty(NUMBER));
    return message;
  }

  private static void is(@Nullable Object wanted, @Nullable Object got) {
    if (!Objects.equals(wanted, got)) {
      throw new AssertionError(got + " instead of " + wanted);
    }
  }
}
