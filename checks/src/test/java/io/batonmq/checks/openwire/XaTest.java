package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Distributed transactions of the stock ActiveMQ client (X/Open CAE C193), finished by other connections and on
/// another node.
class XaTest {
  private static final int MANY = 10;

  @RegisterExtension final Stage stage = new Stage();

  private record Branch(int number) implements Xid {
    @Override
    public int getFormatId() {
      return 17;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return new byte[] {1, (byte) number};
    }

    @Override
    public byte[] getBranchQualifier() {
      return new byte[] {2};
    }
  }

  @Test
  void whatWasPreparedIsFinishedOnTheNextNodeFromAnotherConnection() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var committed = new Branch(1);
    var rolledBack = new Branch(2);
    var open = new Branch(3);
    try (var connection = connect(pair)) {
      send(connection, "taken", null, "to be taken");
      prepare(connection, committed, "in the first");
      prepare(connection, rolledBack, "in the second");
      take(connection, "taken", rolledBack);
      send(connection, "xa", open, "in the third");
      pair.primary().kill();
      pair.backup().awaitActive();
    }

    try (var other = connect(pair)) {
      var resource = other.createXASession().getXAResource();
      assertThat(List.of(resource.recover(XAResource.TMSTARTRSCAN)))
          .hasSize(2)
          .allMatch(xid -> xid.getFormatId() == 17);
      resource.commit(committed, false);
      resource.rollback(rolledBack);
      assertThat(resource.recover(XAResource.TMSTARTRSCAN)).isEmpty();
      // The answer may have been lost: asked again, it is the same.
      resource.commit(committed, false);
      assertThatThrownBy(() -> resource.commit(new Branch(9), false))
          .isInstanceOf(XAException.class)
          .extracting(e -> ((XAException) e).errorCode)
          .isEqualTo(XAException.XAER_NOTA);
    }
    var active = pair.backup();
    Until.holds("one message is there", () -> active.queue("xa").orElseThrow().messageCount() == 1);
    Until.holds(
        "what was not taken is there again",
        () -> active.queue("taken").orElseThrow().messageCount() == 1);
  }

  /// The client goes on with what it had by itself; nobody else may have it meanwhile.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAPreparedBranchTookIsWithItsConsumerAgainWhenItIsRolledBack(boolean byItself)
      throws Exception {
    var node = stage.broker(NodePlan.single("node")).start().awaitActive();
    var url = "tcp://127.0.0.1:" + node.port();
    try (var taker = connect(url);
        var other = connect(url)) {
      for (int i = 0; i < MANY; i++) {
        send(taker, "q", null, "m" + i);
      }
      XASession session = taker.createXASession();
      var resource = session.getXAResource();
      var consumer = session.createConsumer(session.createQueue("q"));
      var first = new Branch(1);
      resource.start(first, XAResource.TMNOFLAGS);
      takeAll(consumer);
      resource.end(first, XAResource.TMSUCCESS);
      assertThat(resource.prepare(first)).isEqualTo(XAResource.XA_OK);
      var waiting = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var rival = waiting.createConsumer(waiting.createQueue("q"));
      Until.holds("both wait", () -> node.queue("q").orElseThrow().consumerCount() == 2);

      (byItself ? resource : other.createXASession().getXAResource()).rollback(first);

      var second = new Branch(2);
      resource.start(second, XAResource.TMNOFLAGS);
      takeAll(consumer);
      resource.end(second, XAResource.TMSUCCESS);
      assertThat(resource.prepare(second)).isEqualTo(XAResource.XA_OK);
      resource.commit(second, false);
      Until.holds("they are taken", () -> node.queue("q").orElseThrow().messagesAcked() == MANY);
      assertThat(rival.receiveNoWait()).isNull();
    }
  }

  private static void takeAll(MessageConsumer consumer) throws JMSException {
    for (int i = 0; i < MANY; i++) {
      var message = consumer.receive(Until.PATIENCE.toMillis());
      assertThat(message).isNotNull();
      assertThat(message.getBody(String.class)).isEqualTo("m" + i);
    }
  }

  private static void prepare(XAConnection connection, Xid xid, String text) throws Exception {
    var resource = send(connection, "xa", xid, text);
    assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
  }

  /// Sends in a branch, or without one.
  private static XAResource send(
      XAConnection connection, String queue, @Nullable Xid xid, String text) throws Exception {
    XASession session = connection.createXASession();
    var resource = session.getXAResource();
    var own = xid == null ? new Branch(100) : xid;
    resource.start(own, XAResource.TMNOFLAGS);
    session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
    resource.end(own, XAResource.TMSUCCESS);
    if (xid == null) {
      resource.commit(own, true);
    }
    return resource;
  }

  /// Takes a message in a branch of its own that is prepared under another name.
  private static void take(XAConnection connection, String queue, Xid like) throws Exception {
    XASession session = connection.createXASession();
    var resource = session.getXAResource();
    var own = new Branch(50 + like.getGlobalTransactionId()[1]);
    resource.start(own, XAResource.TMNOFLAGS);
    var consumer = session.createConsumer(session.createQueue(queue));
    var message = (TextMessage) consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message.getText()).isEqualTo("to be taken");
    resource.end(own, XAResource.TMSUCCESS);
    resource.rollback(own);
    consumer.close();
  }

  private static XAConnection connect(Pair pair) throws JMSException {
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false&maxReconnectDelay=500"
            .formatted(pair.primary().port(), pair.backup().port());
    return connect(url);
  }

  private static XAConnection connect(String url) throws JMSException {
    var connection =
        new ActiveMQXAConnectionFactory(NodePlan.USER, NodePlan.PASSWORD, url).createXAConnection();
    connection.start();
    return connection;
  }
}
