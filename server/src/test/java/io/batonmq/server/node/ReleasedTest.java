package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Session;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node that has given the baton up reads the state anew to stand by. That of its broker may be half of the heap.
@Timeout(120)
class ReleasedTest {
  @TempDir Path folder;

  @Test
  void nothingLeadsToABrokerThatIsOver() throws Exception {
    var node = new NodeInProcess(folder);
    var broker = new WeakReference<>(node.serving());
    try (var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      session
          .createProducer(session.createQueue("q"))
          .send(session.createTextMessage("something to keep"));
      assertThat(node.queues()).hasSize(1);
    }
    node.close();

    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          System.gc();
          return broker.refersTo(null);
        });
    Reference.reachabilityFence(node);
  }
}
