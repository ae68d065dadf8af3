package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Messages that no queue takes, as a JMS application meets them.
@Timeout(120)
class UnroutedTest {
  private static final String CORE =
      """
      <address-settings>
        <address-setting match="#">
          <dead-letter-address>DLQ</dead-letter-address>
          <send-to-dla-on-no-route>true</send-to-dla-on-no-route>
        </address-setting>
      </address-settings>
      """;

  @TempDir Path folder;

  private static void publish(Connection connection, String text) throws Exception {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createTopic("news"))) {
      producer.send(session.createTextMessage(text));
    }
  }

  @Test
  void aTopicWithoutSubscribersSendsThemToTheDeadLettersWhereTheyAreAfterATakeOver()
      throws Exception {
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect()) {
      publish(connection, "nobody is there");
      try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
          var consumer = session.createConsumer(session.createTopic("news"))) {
        publish(connection, "somebody is there");
        assertThat(consumer.receive(30_000).getBody(String.class)).isEqualTo("somebody is there");
      }
    }
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var dead = session.createConsumer(session.createQueue("DLQ"))) {
      assertThat(dead.receive(30_000).getBody(String.class)).isEqualTo("nobody is there");
      assertThat(dead.receiveNoWait()).isNull();
    }
  }
}
