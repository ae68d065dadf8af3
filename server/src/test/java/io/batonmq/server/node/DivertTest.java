package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Diverts of the configuration file, as a JMS application meets them.
@Timeout(120)
class DivertTest {
  private static final long PATIENCE_MILLIS = 10_000;

  @TempDir Path folder;
  private NodeInProcess node;
  private Connection connection;
  private Session session;

  @BeforeEach
  void starts() throws Exception {
    node =
        new NodeInProcess(
            folder,
            """
            <address-settings>
              <address-setting match="narrow">
                <max-size-bytes>1</max-size-bytes>
                <address-full-policy>FAIL</address-full-policy>
              </address-setting>
            </address-settings>
            <diverts>
              <divert name="audit">
                <address>orders</address>
                <forwarding-address>audited</forwarding-address>
              </divert>
              <divert name="urgent">
                <routing-name>urgent</routing-name>
                <address>orders</address>
                <forwarding-address>orders.urgent</forwarding-address>
                <filter string="urgent = TRUE"/>
                <exclusive>true</exclusive>
              </divert>
              <divert name="news">
                <address>reports</address>
                <forwarding-address>news</forwarding-address>
                <routing-type>MULTICAST</routing-type>
              </divert>
              <divert name="tight">
                <address>wide</address>
                <forwarding-address>narrow</forwarding-address>
              </divert>
            </diverts>
            """);
    connection = node.connect("me", "");
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
  }

  @AfterEach
  void stops() throws Exception {
    connection.close();
    node.close();
  }

  private void send(Session by, Destination to, String text, boolean urgent) throws JMSException {
    try (MessageProducer producer = by.createProducer(to)) {
      Message message = by.createTextMessage(text);
      message.setBooleanProperty("urgent", urgent);
      producer.send(message);
    }
  }

  private void send(String queue, String text) throws JMSException {
    send(session, session.createQueue(queue), text, false);
  }

  private List<String> taken(String queue) throws JMSException {
    try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
      List<String> texts = new ArrayList<>();
      // It asks the broker to send what it has and to say when that is all.
      for (Message got = consumer.receiveNoWait(); got != null; got = consumer.receiveNoWait()) {
        texts.add(got.getBody(String.class));
      }
      return texts;
    }
  }

  @Test
  void aCopyIsAMessageOfItsOwn() throws Exception {
    send("orders", "m");
    assertThat(taken("audited")).containsExactly("m");
    assertThat(taken("orders")).containsExactly("m");
    assertThat(node.queue("audited").orElseThrow().messagesAdded()).isEqualTo(1);
  }

  @Test
  void anExclusiveOneTakesWhatItsFilterSays() throws Exception {
    send(session, session.createQueue("orders"), "now", true);
    send("orders", "later");
    assertThat(taken("orders.urgent")).containsExactly("now");
    assertThat(taken("orders")).containsExactly("later");
    assertThat(taken("audited")).containsExactly("later");
  }

  @Test
  void aTransactedSessionDivertsAtItsCommit() throws Exception {
    try (Session transacted = connection.createSession(Session.SESSION_TRANSACTED)) {
      send(transacted, transacted.createQueue("orders"), "undone", false);
      transacted.rollback();
      send(transacted, transacted.createQueue("orders"), "done", false);
      assertThat(taken("audited")).isEmpty();
      transacted.commit();
    }
    assertThat(taken("audited")).containsExactly("done");
    assertThat(taken("orders")).containsExactly("done");
  }

  @Test
  void subscribersGetWhatIsSentToAQueue() throws Exception {
    var news = session.createTopic("news");
    MessageConsumer fleeting = session.createConsumer(news);
    session.createDurableConsumer(news, "s").close();
    send("reports", "m");
    Message got = fleeting.receive(PATIENCE_MILLIS);
    assertThat(got).isNotNull();
    assertThat(got.getBody(String.class)).isEqualTo("m");
    try (MessageConsumer durable = session.createDurableConsumer(news, "s")) {
      Message kept = durable.receive(PATIENCE_MILLIS);
      assertThat(kept).isNotNull();
      assertThat(kept.getBody(String.class)).isEqualTo("m");
    }
    assertThat(taken("reports")).containsExactly("m");
  }

  @Test
  void whatMayBeLostIsDivertedToo() throws Exception {
    try (MessageProducer producer = session.createProducer(session.createQueue("orders"))) {
      producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      producer.send(session.createTextMessage("fleeting"));
    }
    // Not confirmed: a confirmed one comes after it.
    send("orders", "after");
    assertThat(taken("audited")).containsExactly("fleeting", "after");
  }

  @Test
  void aFullTargetThatFailsRefusesTheSend() throws Exception {
    send("wide", "m");
    assertThatThrownBy(() -> send("wide", "n"))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("the address narrow is full, and messages go there too");
    assertThat(taken("wide")).containsExactly("m");
    assertThat(taken("narrow")).containsExactly("m");
    send("wide", "n");
    assertThat(taken("narrow")).containsExactly("n");
  }
}
