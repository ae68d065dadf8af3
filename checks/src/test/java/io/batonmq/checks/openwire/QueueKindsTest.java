package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Stock ActiveMQ clients on queues of kinds that ActiveMQ does not have: one that keeps the last message of each
/// value, and one that keeps what is read; and what they see of them when the active node is killed.
class QueueKindsTest {
  /// More than what a client fetches ahead.
  private static final int MANY = 1_500;

  private static final long SOON = 200;

  private static final String ADDRESSES =
      """
      <address name="last"><anycast><queue name="last" last-value-key="stock"/></anycast></address>
      <address name="table"><anycast><queue name="table" non-destructive="true"/></anycast></address>
      """;

  @RegisterExtension final Stage stage = new Stage();

  private Pair pair;
  private Connection connection;
  private Session session;

  @BeforeEach
  void connect() throws Exception {
    pair =
        stage
            .pair(
                Pair.Plans.of(stage.path("store"))
                    .withoutFailback()
                    .with(plan -> plan.replaced("</addresses>", ADDRESSES + "</addresses>")))
            .start();
    connection = connection("");
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
  }

  @AfterEach
  void disconnect() throws JMSException {
    connection.close();
  }

  private Connection connection(String options) throws JMSException {
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false%s"
            .formatted(pair.primary().port(), pair.backup().port(), options);
    var one =
        new ActiveMQConnectionFactory(NodePlan.USER, NodePlan.PASSWORD, url).createConnection();
    one.start();
    return one;
  }

  private void takeOver() {
    pair.primary().kill();
    pair.backup().awaitActive();
  }

  private void send(String queue, int from, int to, int values) throws JMSException {
    try (var producer = session.createProducer(session.createQueue(queue))) {
      for (int i = from; i < to; i++) {
        var message = session.createTextMessage("m" + i);
        message.setStringProperty("stock", "s" + i % values);
        producer.send(message);
      }
    }
  }

  private static List<String> texts(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
  }

  private static List<String> take(MessageConsumer consumer, int count) throws JMSException {
    var texts = new ArrayList<String>();
    while (texts.size() < count) {
      var message = (TextMessage) consumer.receive(Until.PATIENCE.toMillis());
      assertThat(message).as("after " + texts).isNotNull();
      texts.add(message.getText());
    }
    return texts;
  }

  @Test
  void ofEachValueTheLastIsTaken() throws Exception {
    var last = session.createQueue("last");
    send("last", 0, 9, 3);
    assertThat(pair.primary().queue("last").orElseThrow().messageCount()).isEqualTo(3);
    takeOver();
    send("last", 9, 10, 3);
    try (var browser = session.createBrowser(last)) {
      assertThat(Collections.list(browser.getEnumeration())).hasSize(3);
    }
    try (var consumer = session.createConsumer(last)) {
      assertThat(take(consumer, 3)).containsExactlyInAnyOrder("m7", "m8", "m9");
      assertThat(consumer.receive(SOON)).isNull();
      send("last", 10, 11, 3);
      assertThat(take(consumer, 1)).containsExactly("m10");
    }
    Until.holds(
        "all are taken", () -> pair.backup().queue("last").orElseThrow().messageCount() == 0);
  }

  @Test
  void aTableIsReadByEveryConsumerFromItsFrontAndOnlyOnce() throws Exception {
    var table = session.createQueue("table");
    send("table", 0, MANY, 1);
    try (var consumer = session.createConsumer(table)) {
      assertThat(take(consumer, MANY)).isEqualTo(texts(0, MANY));
      assertThat(consumer.receive(SOON)).isNull();
      send("table", MANY, MANY + 1, 1);
      assertThat(take(consumer, 1)).isEqualTo(texts(MANY, MANY + 1));
    }
    // On one connection this client holds what it has had before for a mistake, unless it is told
    // not to.
    try (var consumer = session.createConsumer(table)) {
      assertThat(consumer.receive(SOON)).isNull();
    }
    try (var own = connection("&jms.checkForDuplicates=false")) {
      var transacted = own.createSession(Session.SESSION_TRANSACTED);
      for (int time = 0; time < 2; time++) {
        try (var consumer = transacted.createConsumer(table)) {
          assertThat(take(consumer, MANY + 1)).isEqualTo(texts(0, MANY + 1));
          transacted.commit();
        }
      }
    }
    takeOver();
    assertThat(pair.backup().queue("table").orElseThrow().messageCount()).isEqualTo(MANY + 1);
    try (var pulling = connection("&jms.prefetchPolicy.all=0")) {
      var own = pulling.createSession(Session.CLIENT_ACKNOWLEDGE);
      var consumer = own.createConsumer(table);
      assertThat(take(consumer, 2)).isEqualTo(texts(0, 2));
    }
    try (var own = connection("")) {
      var mine = own.createSession(Session.AUTO_ACKNOWLEDGE);
      assertThat(take(mine.createConsumer(table), MANY + 1)).isEqualTo(texts(0, MANY + 1));
    }
    assertThat(pair.backup().queue("DLQ").map(it -> it.messageCount()).orElse(0L)).isZero();
    assertThat(pair.backup().queue("table").orElseThrow().messageCount()).isEqualTo(MANY + 1);
  }
}
