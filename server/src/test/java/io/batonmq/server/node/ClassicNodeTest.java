package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.session.QueueStat;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files in the dialect of Classic, as a client sees what became of them.
class ClassicNodeTest {
  private static final long PATIENCE_MILLIS = 20_000;

  @TempDir Path folder;

  @Test
  void aCompositeQueueForwardsToEachOfItsEnds() throws Exception {
    try (var node =
            NodeInProcess.classic(
                folder,
                """
                <destinations><queue physicalName="FOO"/><queue physicalName="FOO.BAR"/></destinations>
                <destinationInterceptors><virtualDestinationInterceptor><virtualDestinations>
                  <compositeQueue name="MY.QUEUE"><forwardTo>
                    <queue physicalName="FOO"/><topic physicalName="BAR"/>
                  </forwardTo></compositeQueue>
                </virtualDestinations></virtualDestinationInterceptor></destinationInterceptors>
                """);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var topic = session.createConsumer(session.createTopic("BAR"))) {
      assertThat(node.queue("FOO.BAR")).as("made at the start").isPresent();
      send(connection, "MY.QUEUE", "one", 0);
      assertThat(topic.receive(PATIENCE_MILLIS).getBody(String.class)).isEqualTo("one");
      assertThat(receive(connection, "FOO").getBody(String.class)).isEqualTo("one");
      assertThat(node.queue("MY.QUEUE").map(QueueStat::messagesAdded))
          .as("forwardOnly")
          .isNotEqualTo(Optional.of(1L));
    }
  }

  @Test
  void expiredMessagesGoWhereTheStrategySays() throws Exception {
    try (var node =
            NodeInProcess.classic(
                folder,
                """
                <destinations><queue physicalName="ActiveMQ.DLQ"/></destinations>
                <destinationPolicy><policyMap><policyEntries>
                  <policyEntry queue="own"><deadLetterStrategy><individualDeadLetterStrategy/></deadLetterStrategy></policyEntry>
                  <policyEntry queue="drop"><deadLetterStrategy><sharedDeadLetterStrategy processExpired="false"/></deadLetterStrategy></policyEntry>
                </policyEntries></policyMap></destinationPolicy>
                """);
        var connection = node.connect()) {
      send(connection, "drop", "dropped", 1);
      send(connection, "own", "to its own", 1);
      send(connection, "any", "to the shared one", 1);
      assertThat(receive(connection, "ActiveMQ.DLQ").getBody(String.class))
          .isEqualTo("to the shared one");
      assertThat(receive(connection, "ActiveMQ.DLQ.Queue.own").getBody(String.class))
          .isEqualTo("to its own");
      Awaitility.await()
          .atMost(Duration.ofMillis(PATIENCE_MILLIS))
          .until(() -> node.queue("drop").orElseThrow().messageCount() == 0);
      assertThat(node.queue("ActiveMQ.DLQ").orElseThrow().messageCount()).isZero();
    }
  }

  @Test
  void whoComesInAndMayDoWhatIsAsThePluginsSay() throws Exception {
    try (var node =
        NodeInProcess.classic(
            folder,
            """
            <plugins>
              <simpleAuthenticationPlugin><users>
                <authenticationUser username="system" password="manager" groups="admins"/>
                <authenticationUser username="user" password="secret" groups="users"/>
                <authenticationUser username="guest" password="open" groups="guests"/>
              </users></simpleAuthenticationPlugin>
              <authorizationPlugin><map><authorizationMap><authorizationEntries>
                <authorizationEntry queue=">" read="admins" write="admins" admin="admins"/>
                <authorizationEntry queue="USERS.>" read="users" write="users,guests" admin="users"/>
              </authorizationEntries></authorizationMap></map></authorizationPlugin>
            </plugins>
            """)) {
      assertThatThrownBy(() -> node.login("user", "wrong").close())
          .isInstanceOf(JMSSecurityException.class);
      try (var user = node.login("user", "secret");
          var guest = node.login("guest", "open");
          var system = node.login("system", "manager")) {
        send(user, "USERS.A", "one", 0);
        assertThatThrownBy(() -> send(user, "OTHER", "two", 0))
            .isInstanceOf(JMSSecurityException.class);
        send(guest, "USERS.A", "three", 0);
        assertThatThrownBy(() -> receive(guest, "USERS.A"))
            .isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> send(guest, "USERS.B", "creates", 0))
            .as("to create is to administrate")
            .isInstanceOf(JMSSecurityException.class);
        assertThat(receive(user, "USERS.A").getBody(String.class)).isEqualTo("one");
        assertThat(receive(system, "USERS.A").getBody(String.class)).isEqualTo("three");
        send(system, "OTHER", "four", 0);
        try (var session = guest.createSession(Session.AUTO_ACKNOWLEDGE)) {
          assertThat(session.createTemporaryQueue()).isNotNull();
        }
      }
    }
  }

  private static void send(Connection connection, String queue, String text, long livesMillis)
      throws JMSException {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createQueue(queue))) {
      producer.send(session.createTextMessage(text), DeliveryMode.PERSISTENT, 4, livesMillis);
    }
  }

  private static Message receive(Connection connection, String queue) throws JMSException {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var consumer = session.createConsumer(session.createQueue(queue))) {
      var message = consumer.receive(PATIENCE_MILLIS);
      if (message == null) {
        throw new AssertionError("nothing came from " + queue);
      }
      return message;
    }
  }
}
