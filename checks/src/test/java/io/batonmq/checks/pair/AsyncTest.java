package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.server.admin.AdminException;
import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Senders that do not wait for their answers. This client gives up what it has no answer for when it
/// moves, so a node that hands over answers everything first.
class AsyncTest {
  private static final int ROUNDS = 4;

  @RegisterExtension final Stage stage = new Stage();

  private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicBoolean enough = new AtomicBoolean();

  /// How a message is sent.
  private interface Sending {
    void send(jakarta.jms.MessageProducer producer, Message message) throws JMSException;
  }

  @Test
  void aSenderThatWaitsForNothingMovesWithoutAnError() throws Exception {
    moves("&jms.forceAsyncSend=true", (producer, message) -> producer.send(message));
  }

  @Test
  void aSenderWithACompletionListenerMovesWithoutAnError() throws Exception {
    moves("", (producer, message) -> producer.send(message, new Listener()));
  }

  private void moves(String option, Sending sending) throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var factory = new JmsConnectionFactory(pair.url("&failover.maxReconnectDelay=200" + option));
    try (var connection = factory.createConnection()) {
      connection.setExceptionListener(e -> errors.add("listener: " + e));
      connection.start();
      var sender = Thread.ofPlatform().daemon().start(() -> sendAll(connection, sending));
      for (int i = 0; i < ROUNDS; i++) {
        flow();
        var from = pair.active();
        var to = pair.other(from);
        pair.awaitSeen();
        Until.holds("a switchover is asked for", () -> asked(from));
        to.awaitActive();
        from.awaitStandby();
      }
      flow();
      enough.set(true);
      sender.join();
    }
    assertThat(errors).isEmpty();
    try (var client = Client.to(pair.active().url())) {
      List<String> wanted = IntStream.range(0, sent.get()).mapToObj(i -> "m" + i).toList();
      assertThat(client.receive("q", sent.get())).isEqualTo(wanted);
    }
    for (var node : List.of(pair.primary(), pair.backup())) {
      assertThat(node.printed()).doesNotContain("WARN");
    }
  }

  /// The admin listener resets a connection now and then where the machine is busy.
  private static boolean asked(Broker node) throws AdminException {
    try {
      node.admin().switchover(Optional.empty());
      return true;
    } catch (AdminException e) {
      if (e.kind() == AdminException.Kind.LOST) {
        return !node.role().equals("active");
      }
      throw e;
    }
  }

  private void sendAll(jakarta.jms.Connection connection, Sending sending) {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createQueue("q"))) {
      while (!enough.get()) {
        sending.send(producer, session.createTextMessage("m" + sent.get()));
        sent.incrementAndGet();
      }
    } catch (JMSException e) {
      errors.add("sender: " + e);
    }
  }

  private void flow() {
    int before = sent.get();
    Until.holds(
        () -> "messages are sent: " + sent + " " + errors,
        Until.PATIENCE,
        () -> sent.get() - before > 500 || !errors.isEmpty());
  }

  private final class Listener implements CompletionListener {
    @Override
    public void onCompletion(Message message) {}

    @Override
    public void onException(Message message, Exception exception) {
      errors.add("completion: " + exception);
    }
  }
}
