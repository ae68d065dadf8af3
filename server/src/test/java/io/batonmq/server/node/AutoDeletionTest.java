package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.session.AddressStat;
import io.batonmq.session.QueueStat;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Queues and addresses that go by themselves, as a JMS application meets them.
@Timeout(120)
class AutoDeletionTest {
  private static final String QUICK =
      """
      <address-queue-scan-period>50</address-queue-scan-period>
      <addresses>
        <address name="asked"><anycast><queue name="asked"/></anycast></address>
      </addresses>
      <address-settings>
        <address-setting match="kept.#"><auto-delete-queues>false</auto-delete-queues></address-setting>
      </address-settings>
      """;

  @TempDir Path folder;

  private static List<String> queues(NodeInProcess node) throws Exception {
    return node.queues().stream().map(QueueStat::name).toList();
  }

  private static List<String> addresses(NodeInProcess node) throws Exception {
    return node.addresses().stream().map(AddressStat::name).toList();
  }

  private static void awaitOnly(NodeInProcess node, String... names) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          assertThat(queues(node)).containsExactlyInAnyOrder(names);
          assertThat(addresses(node)).containsExactlyInAnyOrder(names);
        });
  }

  private static void send(Connection connection, String queue) throws Exception {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createQueue(queue))) {
      producer.send(session.createTextMessage("to " + queue));
    }
  }

  private static void receive(Connection connection, String queue) throws Exception {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var consumer = session.createConsumer(session.createQueue(queue))) {
      Message got = consumer.receive(30_000);
      assertThat(got.getBody(String.class)).isEqualTo("to " + queue);
    }
  }

  @Test
  void whatWasMadeByItsUseGoesWhenNobodyUsesItAnyMore() throws Exception {
    try (var node = new NodeInProcess(folder, QUICK);
        var connection = node.connect()) {
      for (String queue : List.of("asked", "kept.one", "made", "full")) {
        send(connection, queue);
      }
      for (String queue : List.of("asked", "kept.one", "made")) {
        receive(connection, queue);
      }
      awaitOnly(node, "asked", "kept.one", "full");
      receive(connection, "full");
      awaitOnly(node, "asked", "kept.one");
    }
  }

  @Test
  void aProducerThatStayedFindsItsQueueMadeAgain() throws Exception {
    try (var node = new NodeInProcess(folder, QUICK);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createQueue("made"))) {
      producer.send(session.createTextMessage("to made"));
      receive(connection, "made");
      awaitOnly(node, "asked");
      producer.send(session.createTextMessage("to made"));
      receive(connection, "made");
    }
  }

  @Test
  void whatIsNotUsedAfterATakeOverGoesThereAndWhatHasMessagesStays() throws Exception {
    try (var node = new NodeInProcess(folder);
        var connection = node.connect()) {
      send(connection, "made");
      receive(connection, "made");
      send(connection, "full");
      assertThat(queues(node)).contains("made", "full");
    }
    try (var node = new NodeInProcess(folder, QUICK);
        var connection = node.connect()) {
      awaitOnly(node, "asked", "full");
      receive(connection, "full");
      awaitOnly(node, "asked");
    }
    try (var node = new NodeInProcess(folder)) {
      assertThat(queues(node)).containsExactly("asked");
    }
  }
}
