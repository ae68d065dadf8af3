package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Selectors of queue consumers and browsers, as a JMS application meets them.
@Timeout(120)
class SelectorTest {
  private static final long PATIENCE_MILLIS = 10_000;

  @TempDir Path folder;
  private NodeInProcess node;
  private Connection connection;
  private Session session;
  private Queue queue;

  @BeforeEach
  void starts() throws Exception {
    node =
        new NodeInProcess(
            folder,
            """
            <addresses>
              <address name="sorted">
                <anycast>
                  <queue name="sorted.red"><filter string="colour = 'red'"/></queue>
                  <queue name="sorted.large"><filter string="size &gt; 5"/></queue>
                </anycast>
              </address>
            </addresses>
            """);
    // Whether a selector is one, the broker shall say, not the client.
    connection = node.connect("", "jms.populateJMSXUserID=true&jms.validateSelector=false");
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    queue = session.createQueue("q");
  }

  @AfterEach
  void stops() throws Exception {
    connection.close();
    node.close();
  }

  private Message message(String text, Object... properties) throws JMSException {
    Message message = session.createTextMessage(text);
    for (int i = 0; i < properties.length; i += 2) {
      message.setObjectProperty((String) properties[i], properties[i + 1]);
    }
    return message;
  }

  private void send(Message... messages) throws JMSException {
    try (MessageProducer producer = session.createProducer(queue)) {
      for (Message message : messages) {
        producer.send(message);
      }
    }
  }

  /// What a consumer with that selector gets before there is nothing more.
  private List<String> taken(String selector) throws JMSException {
    try (MessageConsumer consumer = session.createConsumer(queue, selector)) {
      return all(consumer);
    }
  }

  private static List<String> all(MessageConsumer consumer) throws JMSException {
    List<String> texts = new ArrayList<>();
    // It asks the broker to send what it has and to say when that is all.
    for (Message got = consumer.receiveNoWait(); got != null; got = consumer.receiveNoWait()) {
      texts.add(got.getBody(String.class));
    }
    return texts;
  }

  private static String next(MessageConsumer consumer) throws JMSException {
    Message got = consumer.receive(PATIENCE_MILLIS);
    assertThat(got).as("a message").isNotNull();
    return got.getBody(String.class);
  }

  private List<String> seen(String selector) throws JMSException {
    List<String> texts = new ArrayList<>();
    try (var browser = session.createBrowser(queue, selector)) {
      for (Object message : Collections.list(browser.getEnumeration())) {
        texts.add(((Message) message).getBody(String.class));
      }
    }
    return texts;
  }

  @Test
  void aConsumerTakesOnlyWhatMatchesInOrder() throws Exception {
    for (int i = 0; i < 10; i++) {
      send(message("m" + i, "colour", i % 2 == 0 ? "red" : "blue", "n", i));
    }
    assertThat(taken("colour = 'red' AND n >= 4")).containsExactly("m4", "m6", "m8");
    assertThat(taken(null)).containsExactly("m0", "m1", "m2", "m3", "m5", "m7", "m9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "s = 'it''s'",
        "s LIKE 'i%s' AND s NOT LIKE '_'",
        "s IN ('a', 'it''s')",
        "i = 7 AND i BETWEEN 6 AND 8",
        "l > 1099511627775",
        "d > 1.4 AND d < 1.6",
        "yes AND NOT no",
        "b = -3 AND sh = 300",
        "f = 0.5",
        "nothing IS NULL AND s IS NOT NULL",
        "(i + 3) * 2 = 20",
      })
  void propertiesOfEveryType(String selector) throws Exception {
    Message message = message("m", "s", "it's", "i", 7, "l", 1L << 40, "d", 1.5);
    message.setBooleanProperty("yes", true);
    message.setBooleanProperty("no", false);
    message.setByteProperty("b", (byte) -3);
    message.setShortProperty("sh", (short) 300);
    message.setFloatProperty("f", 0.5f);
    send(message("other"), message);
    assertThat(seen(selector)).containsExactly("m");
  }

  @Test
  void headers() throws Exception {
    Message other = message("other");
    other.setJMSCorrelationID("c-0");
    Message message = message("m");
    message.setJMSCorrelationID("c-1");
    message.setJMSType("kind");
    message.setJMSReplyTo(session.createQueue("answers"));
    message.setStringProperty("JMSXGroupID", "g");
    message.setIntProperty("JMSXGroupSeq", 3);
    try (MessageProducer producer = session.createProducer(queue)) {
      producer.send(other);
      producer.send(message, DeliveryMode.NON_PERSISTENT, 7, 600_000);
    }
    for (String selector :
        List.of(
            "JMSMessageID = '" + message.getJMSMessageID() + "'",
            "JMSCorrelationID = 'c-1'",
            "JMSType = 'kind'",
            "JMSPriority = 7",
            "JMSPriority > 4",
            "JMSDeliveryMode = 'NON_PERSISTENT'",
            "JMSTimestamp = " + message.getJMSTimestamp() + " AND JMSType IS NOT NULL",
            "JMSXGroupID = 'g' AND JMSXGroupSeq = 3",
            "JMSReplyTo = 'answers'",
            "AMQExpiration > 0",
            "AMQDurable = 'NON_DURABLE'",
            "JMSXUserID = 'someone' AND JMSType = 'kind'",
            "JMSXDeliveryCount = 1 AND NOT JMSRedelivered AND JMSType = 'kind'")) {
      assertThat(seen(selector)).as(selector).containsExactly("m");
    }
    assertThat(seen("JMSMessageID <> '" + message.getJMSMessageID() + "'"))
        .containsExactly("other");
  }

  @Test
  void everyoneWaitsForTheirOwnAnswer() throws Exception {
    try (MessageConsumer first = session.createConsumer(queue, "JMSCorrelationID = '1'");
        MessageConsumer second = session.createConsumer(queue, "JMSCorrelationID = '2'")) {
      for (String id : List.of("2", "3", "1")) {
        Message answer = message("to " + id);
        answer.setJMSCorrelationID(id);
        send(answer);
      }
      assertThat(next(first)).isEqualTo("to 1");
      assertThat(next(second)).isEqualTo("to 2");
    }
    assertThat(taken(null)).containsExactly("to 3");
  }

  @Test
  void aWrongSelectorIsRefusedWithPositionAndReason() throws Exception {
    refused("colour = ", "character 10 (its end)");
    refused("(".repeat(100) + "a = 1", "64 levels");
    refused("a = 1 OR ".repeat(1_000) + "a = 2", "8192 characters");
    assertThatThrownBy(() -> seen("a b")).hasMessageContaining("character 3");
    assertThatThrownBy(() -> session.createConsumer(session.createTopic("t"), "a = = 1"))
        .hasMessageContaining("character 5");
    // The connection goes on.
    send(message("m", "a", 1));
    assertThat(taken("a = 1")).containsExactly("m");
  }

  private void refused(String selector, String reason) {
    assertThatThrownBy(() -> session.createConsumer(queue, selector))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("amqp:invalid-field");
  }

  @Test
  void aClientThatLooksAtSelectorsItselfRefusesAWrongOneToo() throws Exception {
    try (Connection careful = node.connect();
        Session own = careful.createSession(Session.AUTO_ACKNOWLEDGE)) {
      assertThatThrownBy(() -> own.createConsumer(queue, "colour = "))
          .isInstanceOf(InvalidSelectorException.class);
    }
  }

  @Test
  void browsersSeeWhatMatchesAndTakeNothing() throws Exception {
    for (int i = 0; i < 6; i++) {
      send(message("m" + i, "n", i));
    }
    assertThat(seen("n > 3")).containsExactly("m4", "m5");
    assertThat(seen("n > 9")).isEmpty();
    assertThat(seen(null)).hasSize(6);
    assertThat(taken("n = 5")).containsExactly("m5");
    assertThat(seen("n > 3")).containsExactly("m4");
  }

  @Test
  void whatIsRolledBackIsThereForThoseWhoPassedIt() throws Exception {
    send(message("m", "n", 1));
    try (Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer holds = transacted.createConsumer(queue, "n = 1")) {
      assertThat(next(holds)).isEqualTo("m");
      try (MessageConsumer waits = session.createConsumer(queue, "n > 0")) {
        send(message("later", "n", 2));
        assertThat(next(waits)).isEqualTo("later");
        holds.close();
        transacted.rollback();
        Message again = waits.receive(PATIENCE_MILLIS);
        assertThat(again.getBody(String.class)).isEqualTo("m");
        assertThat(again.getJMSRedelivered()).isTrue();
      }
    }
  }

  @Test
  void aDeepQueueIsLookedThroughWhileOthersAreServed() throws Exception {
    int deep = 20_000;
    try (Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        MessageProducer producer = transacted.createProducer(queue)) {
      for (int i = 1; i <= deep; i++) {
        producer.send(message("m" + i, "n", i));
        if (i % 1_000 == 0) {
          transacted.commit();
        }
      }
    }
    try (Connection other = node.connect();
        Session own = other.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer nothing = own.createConsumer(queue, "n < 0");
        MessageConsumer last = session.createConsumer(queue, "n = " + deep);
        MessageConsumer any = session.createConsumer(queue)) {
      assertThat(next(any)).isEqualTo("m1");
      assertThat(next(last)).isEqualTo("m" + deep);
      assertThat(nothing.receiveNoWait()).isNull();
      for (int i = 2; i < 500; i++) {
        assertThat(next(any)).isEqualTo("m" + i);
      }
    }
    assertThat(node.queue("q").orElseThrow().messageCount()).isEqualTo(deep - 500);
  }

  @Test
  void withoutPrefetchTooTheBrokerSaysWhenThereIsNothing() throws Exception {
    send(message("m1", "n", 1), message("m2", "n", 2));
    try (Connection slow = node.connect("", "jms.prefetchPolicy.all=0");
        Session own = slow.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = own.createConsumer(queue, "n = 2")) {
      assertThat(consumer.receiveNoWait().getBody(String.class)).isEqualTo("m2");
      assertThat(consumer.receiveNoWait()).isNull();
      send(message("m3", "n", 2));
      assertThat(next(consumer)).isEqualTo("m3");
    }
  }

  @Test
  void configuredQueuesTakeInWhatFits() throws Exception {
    Queue sorted = session.createQueue("sorted");
    try (MessageProducer producer = session.createProducer(sorted)) {
      producer.send(message("red", "colour", "red", "size", 1));
      producer.send(message("large", "colour", "blue", "size", 9));
      producer.send(message("neither", "colour", "blue", "size", 1));
    }
    assertThat(node.queue("sorted.red").orElseThrow().messageCount()).isEqualTo(1);
    assertThat(node.queue("sorted.large").orElseThrow().messageCount()).isEqualTo(1);
    try (MessageConsumer consumer =
        session.createConsumer(session.createQueue("sorted::sorted.large"))) {
      assertThat(next(consumer)).isEqualTo("large");
    }
  }
}
