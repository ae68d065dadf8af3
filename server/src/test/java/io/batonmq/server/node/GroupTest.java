package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Message groups, exclusive queues and queues that wait for consumers, as a JMS application meets them.
@Timeout(120)
class GroupTest {
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
            <addresses>
              <address name="one"><anycast><queue name="one" exclusive="true"/></anycast></address>
              <address name="two">
                <anycast><queue name="two" consumers-before-dispatch="2"/></anycast>
              </address>
            </addresses>
            <address-settings>
              <address-setting match="alone">
                <default-exclusive-queue>true</default-exclusive-queue>
              </address-setting>
            </address-settings>
            """);
    connection = node.connect();
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
  }

  @AfterEach
  void stops() throws Exception {
    connection.close();
    node.close();
  }

  private void send(Queue queue, String text, @Nullable String group, int sequence)
      throws JMSException {
    try (var producer = session.createProducer(queue)) {
      var message = session.createTextMessage(text);
      if (group != null) {
        message.setStringProperty("JMSXGroupID", group);
        message.setIntProperty("JMSXGroupSeq", sequence);
      }
      producer.send(message);
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

  private static Message next(MessageConsumer consumer) throws JMSException {
    Message got = consumer.receive(PATIENCE_MILLIS);
    assertThat(got).as("a message").isNotNull();
    return got;
  }

  @Test
  void allOfAGroupGoToOneConsumerInOrder() throws Exception {
    Queue queue = session.createQueue("q");
    try (var one = connection.createSession(Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        var two = connection.createSession(Session.AUTO_ACKNOWLEDGE).createConsumer(queue)) {
      for (int i = 0; i < 10; i++) {
        send(queue, "g" + i % 2 + ":" + i, "g" + i % 2, 1 + i / 2);
      }
      List<String> first = all(one);
      List<String> second = all(two);
      assertThat(first)
          .hasSize(5)
          .isSorted()
          .allMatch(text -> text.startsWith(first.getFirst().substring(0, 2)));
      assertThat(second)
          .hasSize(5)
          .allMatch(text -> text.startsWith(second.getFirst().substring(0, 2)));
      assertThat(first.getFirst().substring(0, 2)).isNotEqualTo(second.getFirst().substring(0, 2));
    }
  }

  @Test
  void aClosedGroupGoesOnWhenItIsSettled() throws Exception {
    Queue queue = session.createQueue("q");
    try (var mine = connection.createSession(Session.CLIENT_ACKNOWLEDGE)) {
      var one = mine.createConsumer(queue);
      send(queue, "g0", "g", 1);
      send(queue, "g1", "g", -1);
      assertThat(next(one).getBody(String.class)).isEqualTo("g0");
      Message last = next(one);
      assertThat(last.getIntProperty("JMSXGroupSeq")).isEqualTo(-1);
      var two = connection.createSession(Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
      send(queue, "g2", "g", 1);
      assertThat(all(two)).isEmpty();
      assertThat(all(one)).isEmpty();
      last.acknowledge();
      one.close();
      assertThat(next(two).getBody(String.class)).isEqualTo("g2");
    }
  }

  @Test
  void theNextConsumerGoesOnWhereTheOwnerLeft() throws Exception {
    Queue queue = session.createQueue("q");
    var mine = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
    var one = mine.createConsumer(queue);
    for (int i = 0; i < 4; i++) {
      send(queue, "g" + i, "g", 1 + i);
    }
    next(one).acknowledge();
    next(one);
    try (var two = connection.createSession(Session.AUTO_ACKNOWLEDGE).createConsumer(queue)) {
      assertThat(all(two)).isEmpty();
      mine.close();
      send(queue, "g4", "g", 5);
      for (String text : List.of("g1", "g2", "g3", "g4")) {
        assertThat(next(two).getBody(String.class)).isEqualTo(text);
      }
    }
  }

  @Test
  void anExclusiveQueueHasOneConsumerAtATime() throws Exception {
    for (String name : List.of("one", "alone")) {
      Queue queue = session.createQueue(name);
      var mine = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
      var one = mine.createConsumer(queue);
      try (var two = connection.createSession(Session.AUTO_ACKNOWLEDGE).createConsumer(queue)) {
        for (int i = 0; i < 4; i++) {
          send(queue, "m" + i, null, 0);
        }
        assertThat(all(two)).isEmpty();
        next(one).acknowledge();
        next(one);
        mine.close();
        for (String text : List.of("m1", "m2", "m3")) {
          assertThat(next(two).getBody(String.class)).isEqualTo(text);
        }
      }
      assertThat(node.queue(name).orElseThrow().settings().exclusive()).isTrue();
    }
  }

  @Test
  void aQueueWaitsForItsConsumers() throws Exception {
    Queue queue = session.createQueue("two");
    send(queue, "m", null, 0);
    try (var one = connection.createSession(Session.AUTO_ACKNOWLEDGE).createConsumer(queue)) {
      assertThat(all(one)).isEmpty();
      try (var two = connection.createSession(Session.AUTO_ACKNOWLEDGE).createConsumer(queue)) {
        List<String> both = new ArrayList<>(all(one));
        both.addAll(all(two));
        assertThat(both).containsExactly("m");
      }
    }
  }
}
