package io.batonmq.checks.bench.ceiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;

/// What is measured as the ceiling answers a real client, and says that it is no broker.
class AnswersTest {
  @Test
  void everySendIsAcceptedAndNothingIsKept() throws Exception {
    try (var served = AnswersMain.serve(0);
        var connection = factory(served).createConnection();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      var producer = session.createProducer(session.createQueue("bench"));
      producer.send(session.createTextMessage("answered"));

      // More than the credit of a link, so that it has to be given back.
      int count = 2500;
      var answered = new CountDownLatch(count);
      var failed = new AtomicInteger();
      for (int i = 0; i < count; i++) {
        producer.send(session.createTextMessage("m" + i), new Answered(answered, failed));
      }

      assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(failed).hasValue(0);
      assertThatThrownBy(() -> session.createConsumer(session.createQueue("bench")))
          .isInstanceOf(JMSException.class)
          .hasMessageContaining("no broker");
    }
  }

  private static JmsConnectionFactory factory(AnswersMain.Served served) {
    return new JmsConnectionFactory("admin", "admin", "amqp://127.0.0.1:" + served.port());
  }

  private record Answered(CountDownLatch answered, AtomicInteger failed)
      implements CompletionListener {
    @Override
    public void onCompletion(Message message) {
      answered.countDown();
    }

    @Override
    public void onException(Message message, Exception e) {
      failed.incrementAndGet();
      answered.countDown();
    }
  }
}
