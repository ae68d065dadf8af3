package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Consumers that settle too few messages, as JMS applications meet them.
@Timeout(120)
class SlowConsumerTest {
  private static final String CORE =
      """
      <address-settings>
        <address-setting match="#">
          <slow-consumer-threshold>1000</slow-consumer-threshold>
          <slow-consumer-check-period>1</slow-consumer-check-period>
        </address-setting>
        <address-setting match="killed">
          <slow-consumer-policy>KILL</slow-consumer-policy>
        </address-setting>
      </address-settings>
      """;

  @TempDir Path folder;

  private static void send(Connection connection, String queue, int count) throws JMSException {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createQueue(queue))) {
      for (int i = 0; i < count; i++) {
        producer.send(session.createTextMessage("m" + i));
      }
    }
  }

  private static long found(NodeInProcess node, String queue) throws Exception {
    return node.queue(queue).orElseThrow().slowConsumersFound();
  }

  @Test
  void killClosesItsConnectionAndOthersGetItsMessages() throws Exception {
    try (var node = new NodeInProcess(folder, CORE);
        var slow = node.connect();
        var quick = node.connect()) {
      var why = new CompletableFuture<JMSException>();
      slow.setExceptionListener(why::complete);
      send(quick, "killed", 3);
      var session = slow.createSession(Session.CLIENT_ACKNOWLEDGE);
      var sleeping = session.createConsumer(session.createQueue("killed"));
      assertThat(sleeping.receive(30_000).getBody(String.class)).isEqualTo("m0");
      assertThat(why.get(30, TimeUnit.SECONDS))
          .hasMessageContaining("slow-consumer-policy is KILL");
      assertThat(found(node, "killed")).isEqualTo(1);
      try (var other = quick.createSession();
          var consumer = other.createConsumer(other.createQueue("killed"))) {
        for (int i = 0; i < 3; i++) {
          Message got = consumer.receive(30_000);
          assertThat(got.getBody(String.class)).isEqualTo("m" + i);
        }
      }
    }
  }

  @Test
  void notifyCountsItAndLeavesItAlone() throws Exception {
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect();
        var session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        var consumer = session.createConsumer(session.createQueue("told"))) {
      send(connection, "told", 3);
      Message first = consumer.receive(30_000);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(found(node, "told")).isEqualTo(1));
      first.acknowledge();
      assertThat(consumer.receive(30_000).getBody(String.class)).isEqualTo("m1");
    }
  }
}
