package io.batonmq.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.seam.Clock;
import io.batonmq.session.Command;
import io.batonmq.wire.amqp.AmqpLimits;
import io.batonmq.wire.amqp.AmqpProtocol;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.List;
import java.util.Random;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real client over real sockets; only the broker behind them is made up.
@Timeout(30)
class QpidJmsTest {
  private static final Clock CLOCK =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
        }
      };

  private final EchoBroker broker = new EchoBroker();
  private final Front front = new Front(FrontSettings.standard(), broker, CLOCK);
  private int port;

  @BeforeEach
  void listens() throws Exception {
    port = open(List.of("SCRAM-SHA-256", "PLAIN", "ANONYMOUS"));
  }

  private int open(List<String> mechanisms) throws Exception {
    AmqpProtocol amqp =
        new AmqpProtocol(
            "baton",
            () -> List.of(new AmqpProtocol.FailoverServer("localhost", 61617, "amqp")),
            AmqpLimits.standard().withMessageBytes(8 << 20).withWholeBytes(8 << 20));
    return front.open(
        new Listener("test", "localhost", 0, List.of(amqp), new TestUsers(mechanisms)));
  }

  @AfterEach
  void stops() {
    front.close();
    broker.close();
  }

  private Connection connect(String options) throws JMSException {
    Connection connection =
        new JmsConnectionFactory("amqp://localhost:" + port + options).createConnection();
    connection.start();
    return connection;
  }

  private Connection connect() throws JMSException {
    return connect("?jms.username=alice&jms.password=wonderland");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "PLAIN"})
  void aUserWithTheRightPasswordComesIn(String mechanism) throws Exception {
    port = open(List.of(mechanism));
    try (Connection connection = connect()) {
      assertThat(connection.getClientID()).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "PLAIN"})
  void aUserWithAnotherPasswordDoesNot(String mechanism) throws Exception {
    port = open(List.of(mechanism));
    assertThatThrownBy(() -> connect("?jms.username=alice&jms.password=guess"))
        .isInstanceOf(JMSSecurityException.class);
    assertThatThrownBy(() -> connect("?jms.username=mallory&jms.password=wonderland"))
        .isInstanceOf(JMSSecurityException.class);
  }

  @Test
  void nobodyComesInOnlyWhereThatIsAllowed() throws Exception {
    try (Connection connection = connect("")) {
      assertThat(connection.getClientID()).isNotNull();
    }
    port = open(List.of("PLAIN"));
    assertThatThrownBy(() -> connect("")).isInstanceOf(JMSSecurityException.class);
  }

  @Test
  void aMessageComesOutAsItWentIn() throws Exception {
    try (Connection connection = connect()) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer = session.createProducer(session.createQueue("orders"));
      TextMessage sent = session.createTextMessage("one book");
      sent.setIntProperty("count", 7);
      sent.setStringProperty("colour", "blue");
      sent.setJMSCorrelationID("thing-1");
      sent.setJMSReplyTo(session.createQueue("answers"));
      producer.setPriority(7);
      producer.setDeliveryMode(DeliveryMode.PERSISTENT);
      producer.setTimeToLive(60_000);
      producer.send(sent);

      MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
      TextMessage got = (TextMessage) consumer.receive(5_000);
      assertThat(got.getText()).isEqualTo("one book");
      assertThat(got.getIntProperty("count")).isEqualTo(7);
      assertThat(got.getStringProperty("colour")).isEqualTo("blue");
      assertThat(got.getJMSCorrelationID()).isEqualTo("thing-1");
      assertThat(got.getJMSReplyTo()).isEqualTo(session.createQueue("answers"));
      assertThat(got.getJMSPriority()).isEqualTo(7);
      assertThat(got.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
      assertThat(got.getJMSExpiration()).isEqualTo(sent.getJMSExpiration());
      assertThat(got.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
      assertThat(got.getJMSRedelivered()).isFalse();
      assertThat(got.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }
  }

  @Test
  void messagesOfManyFramesKeepTheirBytes() throws Exception {
    byte[] big = new byte[3 << 20];
    new Random(1).nextBytes(big);
    try (Connection connection = connect()) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      BytesMessage sent = session.createBytesMessage();
      sent.writeBytes(big);
      session.createProducer(session.createQueue("big")).send(sent);
      BytesMessage got =
          (BytesMessage) session.createConsumer(session.createQueue("big")).receive(5_000);
      assertThat(got.getBody(byte[].class)).isEqualTo(big);
    }
  }

  @Test
  void aMessageBeyondTheLimitIsRefusedAndTheConnectionLives() throws Exception {
    try (Connection connection = connect()) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      BytesMessage huge = session.createBytesMessage();
      huge.writeBytes(new byte[9 << 20]);
      MessageProducer producer = session.createProducer(session.createQueue("huge"));
      assertThatThrownBy(() -> producer.send(huge))
          .isInstanceOf(JMSException.class)
          .hasMessageContaining("amqp:link:message-size-exceeded");
      session.createProducer(session.createQueue("small")).send(session.createTextMessage("ok"));
    }
  }

  @Test
  void receivingFromAnEmptyQueueEndsInTime() throws Exception {
    try (Connection connection = connect()) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageConsumer consumer = session.createConsumer(session.createQueue("empty"));
      assertThat(consumer.receive(50)).isNull();
      assertThat(consumer.receiveNoWait()).isNull();
      session.createProducer(session.createQueue("empty")).send(session.createMessage());
      assertThat(consumer.receive(5_000)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 1000})
  void manyMessagesComeInOrderWhateverThePrefetch(int prefetch) throws Exception {
    try (Connection connection =
        connect(
            "?jms.username=alice&jms.password=wonderland&jms.forceAsyncSend=true"
                + "&jms.prefetchPolicy.all="
                + prefetch)) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer = session.createProducer(session.createQueue("many"));
      for (int i = 0; i < 2_000; i++) {
        producer.send(session.createTextMessage("" + i));
      }
      MessageConsumer consumer = session.createConsumer(session.createQueue("many"));
      for (int i = 0; i < 2_000; i++) {
        TextMessage message = (TextMessage) consumer.receive(5_000);
        assertThat(message.getText()).isEqualTo("" + i);
      }
      assertThat(consumer.receiveNoWait()).isNull();
    }
  }

  @Test
  void whatIsRolledBackWasNotSentAndNotTaken() throws Exception {
    try (Connection connection = connect()) {
      Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
      MessageProducer producer = session.createProducer(session.createQueue("tx"));
      producer.send(session.createTextMessage("never"));
      session.rollback();
      producer.send(session.createTextMessage("once"));
      session.commit();

      MessageConsumer consumer = session.createConsumer(session.createQueue("tx"));
      assertThat(((TextMessage) consumer.receive(5_000)).getText()).isEqualTo("once");
      session.rollback();
      Message again = consumer.receive(5_000);
      assertThat(((TextMessage) again).getText()).isEqualTo("once");
      assertThat(again.getJMSRedelivered()).isTrue();
      assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
      session.commit();
      assertThat(consumer.receiveNoWait()).isNull();
    }
  }

  @Test
  void aMessageNotAcknowledgedComesAgainAndSaysSo() throws Exception {
    try (Connection connection = connect()) {
      Session sends = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      sends.createProducer(sends.createQueue("again")).send(sends.createTextMessage("x"));
      Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
      session.createConsumer(session.createQueue("again")).receive(5_000);
      session.close();
      Message got = sends.createConsumer(sends.createQueue("again")).receive(5_000);
      assertThat(got.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    }
  }

  @Test
  void topicsReachEverySubscriber() throws Exception {
    try (Connection connection =
        connect("?jms.username=alice&jms.password=wonderland&jms.clientID=c1")) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var news = session.createTopic("news");
      MessageConsumer one = session.createConsumer(news);
      MessageConsumer two = session.createDurableSubscriber(news, "sub");
      MessageConsumer three = session.createSharedConsumer(news, "team");
      MessageConsumer four = session.createSharedDurableConsumer(news, "crew");
      session.createProducer(news).send(session.createTextMessage("hello"));
      for (MessageConsumer consumer : List.of(one, two, three, four)) {
        assertThat(((TextMessage) consumer.receive(5_000)).getText()).isEqualTo("hello");
      }
      assertThat(commands(Command.OpenConsumer.class))
          .extracting(open -> open.source().kind().toString())
          .containsExactly(
              "Volatile[retroactive=false]",
              "Subscription[name=sub, clientId=c1, shared=false, durable=true]",
              "Subscription[name=team, clientId=c1, shared=true, durable=false]",
              "Subscription[name=crew, clientId=c1, shared=true, durable=true]");
      assertThatThrownBy(() -> session.unsubscribe("unknown"))
          .isInstanceOf(InvalidDestinationException.class);
    }
  }

  @Test
  void aProducerWithoutDestinationNamesOneWithEachMessage() throws Exception {
    try (Connection connection = connect()) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer = session.createProducer(null);
      producer.send(session.createQueue("a"), session.createTextMessage("to a"));
      producer.send(session.createQueue("b"), session.createTextMessage("to b"));
      assertThat(
              ((TextMessage) session.createConsumer(session.createQueue("b")).receive(5_000))
                  .getText())
          .isEqualTo("to b");
    }
  }

  @Test
  void aRefusedLinkIsAnExceptionOfItsKind() throws Exception {
    try (Connection connection = connect()) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      assertThatThrownBy(() -> session.createProducer(session.createQueue("forbidden")))
          .isInstanceOf(JMSSecurityException.class)
          .hasMessageContaining("ask for permission");
      assertThatThrownBy(() -> session.createConsumer(session.createQueue("forbidden")))
          .isInstanceOf(InvalidDestinationException.class);
      assertThatThrownBy(session::createTemporaryQueue).isInstanceOf(JMSException.class);
    }
  }

  @Test
  void everyMessageOfAProducerHasItsNumber() throws Exception {
    try (Connection connection = connect()) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer = session.createProducer(session.createQueue("ids"));
      for (int i = 0; i < 3; i++) {
        producer.send(session.createMessage());
      }
      Message forwarded = session.createConsumer(session.createQueue("ids")).receive(5_000);
      session.createProducer(session.createQueue("other")).send(forwarded);
      String id = commands(Command.OpenProducer.class).getFirst().producer();
      assertThat(id).startsWith("ID:");
      assertThat(commands(Command.Send.class))
          .extracting(send -> "" + send.message().identity())
          .startsWith(
              "Sequenced[producer=" + id + ", sequence=1]",
              "Sequenced[producer=" + id + ", sequence=2]",
              "Sequenced[producer=" + id + ", sequence=3]");
    }
  }

  private <T> List<T> commands(Class<T> type) {
    synchronized (broker.seen) {
      return broker.seen.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }
}
