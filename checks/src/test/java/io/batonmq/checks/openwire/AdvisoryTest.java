package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.advisory.ConsumerEvent;
import org.apache.activemq.advisory.ConsumerEventSource;
import org.apache.activemq.advisory.ProducerEvent;
import org.apache.activemq.advisory.ProducerEventSource;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.BrokerInfo;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/// News of what comes and goes, as the stock client asks for them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdvisoryTest {
  @RegisterExtension final Stage stage = Stage.forAll();

  private Broker node;
  private Connection connection;
  private Session session;
  private String name;

  @BeforeAll
  void start() throws Exception {
    node = stage.broker(NodePlan.single("node")).start().awaitActive();
  }

  @BeforeEach
  void connect(TestInfo test) throws JMSException {
    connection = connection("");
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    name = "news." + test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
  }

  private Connection connection(String options) throws JMSException {
    var made =
        new ActiveMQConnectionFactory(
                NodePlan.USER, NodePlan.PASSWORD, "tcp://127.0.0.1:" + node.port() + options)
            .createConnection();
    made.start();
    return made;
  }

  @Test
  void consumersOfAQueueAreToldOfWhateverTheySpeak() throws Exception {
    var queue = session.createQueue(name);
    var consumer = session.createConsumer(queue, "colour = 'red'");
    var events = new LinkedBlockingQueue<ConsumerEvent>();
    var source = new ConsumerEventSource(connection, queue);
    source.setConsumerListener(events::add);
    source.start();

    var first = next(events);
    assertThat(first.isStarted()).isTrue();
    assertThat(first.getConsumerCount()).isEqualTo(1);
    assertThat(first.getConsumerId().getConnectionId())
        .isEqualTo(
            ((ActiveMQConnection) connection).getConnectionInfo().getConnectionId().getValue());
    try (var amqp = new JmsConnectionFactory(node.url()).createConnection()) {
      amqp.start();
      var other = amqp.createSession(false, Session.AUTO_ACKNOWLEDGE);
      other.createConsumer(other.createQueue(name));
      assertThat(next(events).getConsumerCount()).isEqualTo(2);
    }
    var gone = next(events);
    assertThat(gone.isStarted()).isFalse();
    assertThat(gone.getConsumerCount()).isEqualTo(1);
    consumer.close();
    assertThat(next(events).getConsumerCount()).isZero();
    source.stop();
  }

  @Test
  void anAdvisoryOfAConsumerHasWhatTheConsumerSaid() throws Exception {
    var topic = session.createTopic(name);
    var watching = advisories(AdvisorySupport.getConsumerAdvisoryTopic(topic));
    var consumer = session.createConsumer(topic, "colour = 'red'", true);
    var came = next(watching);
    assertThat(came.getJMSType()).isEqualTo("Advisory");
    assertThat(came.getJMSDestination()).isEqualTo(AdvisorySupport.getConsumerAdvisoryTopic(topic));
    assertThat(came.getIntProperty(AdvisorySupport.MSG_PROPERTY_CONSUMER_COUNT)).isEqualTo(1);
    assertThat(came.getStringProperty(AdvisorySupport.MSG_PROPERTY_ORIGIN_BROKER_NAME))
        .isNotEmpty();
    var info = (ConsumerInfo) came.getDataStructure();
    assertThat(info.getDestination()).isEqualTo(topic);
    assertThat(info.getSelector()).isEqualTo("colour = 'red'");
    assertThat(info.isNoLocal()).isTrue();
    consumer.close();
    var gone = (RemoveInfo) next(watching).getDataStructure();
    assertThat(gone.getObjectId()).isEqualTo(info.getConsumerId());
  }

  @Test
  void patternsOfAdvisoriesAreThoseOfTheirDestinations() throws Exception {
    var some = advisories(new ActiveMQTopic("ActiveMQ.Advisory.Consumer.Queue." + name + ".>"));
    var all = advisories(new ActiveMQTopic("ActiveMQ.Advisory.Consumer.>"));
    session.createConsumer(session.createQueue("elsewhere." + name));
    session.createConsumer(session.createQueue(name + ".here"));
    assertThat(((ConsumerInfo) next(some).getDataStructure()).getDestination())
        .isEqualTo(new ActiveMQQueue(name + ".here"));
    Until.holds(
        "both are told",
        () ->
            next(all)
                .getJMSDestination()
                .equals(
                    AdvisorySupport.getConsumerAdvisoryTopic(new ActiveMQQueue(name + ".here"))));
  }

  @Test
  void producersAreToldOf() throws Exception {
    var queue = session.createQueue(name);
    var events = new LinkedBlockingQueue<ProducerEvent>();
    var source = new ProducerEventSource(connection, queue);
    source.setProducerListener(events::add);
    source.start();
    var producer = session.createProducer(queue);
    assertThat(next(events).isStarted()).isTrue();
    producer.close();
    assertThat(next(events).isStarted()).isFalse();
    source.stop();
  }

  @Test
  void connectionsAreToldOf() throws Exception {
    var watching = advisories(AdvisorySupport.getConnectionAdvisoryTopic());
    try (var other = connection("?jms.clientID=known")) {
      assertThat(other.getClientID()).isEqualTo("known");
      ActiveMQMessage came;
      do {
        came = next(watching);
      } while (!(came.getDataStructure() instanceof ConnectionInfo info
          && "known".equals(info.getClientId())));
      assertThat(((ConnectionInfo) came.getDataStructure()).getPassword()).isNull();
    }
    ActiveMQMessage gone;
    do {
      gone = next(watching);
    } while (!(gone.getDataStructure() instanceof RemoveInfo));
  }

  @Test
  void theDestinationsOfABrokerAreKnownToItsClients() throws Exception {
    session.createProducer(session.createTopic(name + ".topic"));
    session.createConsumer(session.createQueue("Consumer.a.VirtualTopic." + name));
    var source = ((ActiveMQConnection) connection).getDestinationSource();
    Until.holds(
        "what was there is known",
        () ->
            source.getTopics().contains(new ActiveMQTopic(name + ".topic"))
                && source
                    .getQueues()
                    .contains(new ActiveMQQueue("Consumer.a.VirtualTopic." + name)));
    session.createProducer(session.createQueue(name));
    Until.holds(
        "what is made is known", () -> source.getQueues().contains(new ActiveMQQueue(name)));
    var temporary = (ActiveMQTempQueue) session.createTemporaryQueue();
    Until.holds(
        "so is what ends with a connection", () -> source.getTemporaryQueues().contains(temporary));
    temporary.delete();
    Until.holds("and that it has ended", () -> source.getTemporaryQueues().isEmpty());
  }

  @Test
  void theActiveBrokerSaysThatItIs() throws Exception {
    var watching = advisories(AdvisorySupport.getMasterBrokerAdvisoryTopic());
    assertThat(next(watching).getDataStructure()).isInstanceOf(BrokerInfo.class);
  }

  @Test
  void aConsumerWithoutPrefetchPullsItsAdvisories() throws Exception {
    try (var own = connection("?jms.prefetchPolicy.all=0")) {
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var queue = mine.createQueue(name);
      var watching = mine.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(queue));
      assertThat(watching.receiveNoWait()).isNull();
      assertThat(watching.receive(100)).isNull();
      mine.createConsumer(queue);
      assertThat(watching.receive(Until.PATIENCE.toMillis())).isNotNull();
      assertThat(watching.receiveNoWait()).isNull();
    }
  }

  @Test
  void whatThereIsNoNewsOfIsRefusedByName() {
    for (var topic :
        List.of("ActiveMQ.Advisory.SlowConsumer.Queue.a", "ActiveMQ.Advisory.FULL.>")) {
      assertThatThrownBy(() -> session.createConsumer(session.createTopic(topic)))
          .isInstanceOf(JMSException.class)
          .hasMessageContaining(topic);
    }
    var known =
        AdvisorySupport.getConsumerAdvisoryTopic((ActiveMQDestination) new ActiveMQQueue("a"));
    assertThatThrownBy(() -> session.createConsumer(known, "a = 1"))
        .hasMessageContaining("selector");
  }

  private MessageConsumer advisories(Destination topic) throws JMSException {
    return session.createConsumer(topic);
  }

  private static ActiveMQMessage next(MessageConsumer consumer) throws JMSException {
    var message = consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message).as("an advisory").isNotNull();
    return (ActiveMQMessage) message;
  }

  private static <T> T next(BlockingQueue<T> events) throws InterruptedException {
    T event = events.poll(Until.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(event).as("an event").isNotNull();
    return event;
  }
}
