package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who sent a message: `JMSXUserID`, as a JMS application meets it.
@Timeout(120)
class ValidatedUserTest {
  private static final String CORE = "<populate-validated-user>true</populate-validated-user>";

  @TempDir Path folder;

  private static void send(Connection connection, String text) throws Exception {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createQueue("q"))) {
      var message = session.createTextMessage(text);
      message.setStringProperty("colour", "red");
      message.setJMSCorrelationID("c1");
      producer.send(message);
    }
  }

  private static void receive(Session session, String selector, String text, @Nullable String user)
      throws Exception {
    try (var consumer = session.createConsumer(session.createQueue("q"), selector)) {
      Message got = consumer.receive(30_000);
      assertThat(got).as(text).isNotNull();
      assertThat(got.getBody(String.class)).isEqualTo(text);
      assertThat(got.getStringProperty("JMSXUserID")).isEqualTo(user);
      assertThat(got.getStringProperty("colour")).isEqualTo("red");
      assertThat(got.getJMSCorrelationID()).isEqualTo("c1");
      assertThat(got.getJMSMessageID()).startsWith("ID:");
    }
  }

  @Test
  void itIsTheUserThatLoggedInAndAfterATakeOverToo() throws Exception {
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect()) {
      send(connection, "before");
      send(connection, "after");
      try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
        receive(session, "JMSXUserID = 'someone'", "before", "someone");
      }
    }
    try (var node = new NodeInProcess(folder);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      receive(session, "JMSXUserID = 'someone'", "after", "someone");
      send(connection, "without");
      receive(session, "JMSXUserID IS NULL", "without", null);
    }
  }

  @Test
  void aMessageThatComesInFragmentsSaysItToo() throws Exception {
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      String text = "x".repeat(3 << 20);
      send(connection, text);
      receive(session, "JMSXUserID = 'someone'", text, "someone");
    }
  }
}
