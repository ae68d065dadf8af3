package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `max-size-messages`, as a JMS application meets it.
@Timeout(120)
class MaxSizeMessagesTest {
  private static final String CORE =
      """
      <address-settings>
        <address-setting match="#"><max-size-messages>2</max-size-messages></address-setting>
        <address-setting match="fail">
          <address-full-policy>FAIL</address-full-policy>
        </address-setting>
        <address-setting match="drop">
          <address-full-policy>DROP</address-full-policy>
        </address-setting>
      </address-settings>
      """;

  @TempDir Path folder;

  private static void send(Session session, MessageProducer producer, int count)
      throws JMSException {
    for (int i = 0; i < count; i++) {
      producer.send(session.createTextMessage("m" + i));
    }
  }

  @Test
  void aFullAddressDoesWhatItsPolicySaysAfterATakeOverToo() throws Exception {
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      for (String queue : new String[] {"fail", "drop", "page"}) {
        try (var producer = session.createProducer(session.createQueue(queue))) {
          send(session, producer, 2);
        }
      }
    }
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      try (var producer = session.createProducer(session.createQueue("fail"))) {
        assertThatThrownBy(() -> send(session, producer, 1)).hasMessageContaining("is full");
      }
      for (String queue : new String[] {"drop", "page"}) {
        try (var producer = session.createProducer(session.createQueue(queue))) {
          send(session, producer, 2);
        }
      }
      assertThat(node.queue("fail").orElseThrow().messageCount()).isEqualTo(2);
      assertThat(node.queue("drop").orElseThrow().messageCount()).isEqualTo(2);
      assertThat(node.queue("page").orElseThrow().messageCount()).isEqualTo(4);
    }
  }
}
