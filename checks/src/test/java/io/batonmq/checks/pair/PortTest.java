package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.server.node.ServerMain;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nodes of a pair whose ports others have.
class PortTest {
  @RegisterExtension final Stage stage = new Stage();

  /// A supervisor would start it again and again, and take the service away each time.
  @Test
  void aPrimaryThatCannotListenDoesNotDisturbABackupThatServes() throws Exception {
    var pair = stage.pair().start();
    pair.primary().kill();
    pair.backup().awaitActive();
    long epoch = pair.backup().status().epoch();
    try (var client = Client.to(pair.backup().url());
        var other = new ServerSocket(pair.primary().port())) {
      client.send("q", "before");
      pair.primary().start();
      assertThat(pair.primary().awaitExit())
          .as(other.toString())
          .isEqualTo(ServerMain.EXIT_CANNOT_LISTEN);
      client.send("q", "after");
      assertThat(client.receive("q", 2)).containsExactly("before", "after");
    }
    assertThat(pair.backup().status().epoch()).isEqualTo(epoch);
    assertThat(pair.primary().printed())
        .contains("cannot listen on 127.0.0.1:" + pair.primary().port())
        .doesNotContain("active: this node has the baton");
    pair.primary().start().awaitActive();
  }

  /// Two nodes of one machine may listen on one port, since only the active does.
  @Test
  void aPrimaryStandsByWhereTheOtherNodeHasItsPort() throws Exception {
    var pair = stage.pair();
    pair.backup().edit(xml -> xml.replace(":" + pair.backup().port(), ":" + pair.primary().port()));
    pair.primary().start().awaitActive();
    pair.backup().start().awaitStandby();
    pair.awaitSeen();
    assertThat(pair.backup().printed()).contains("Tried again when this node is to serve");
    pair.primary().kill();
    Until.holds("the backup serves", () -> pair.backup().role().equals("active"));

    pair.primary().start().awaitActive();

    assertThat(pair.primary().status().receipts().getFirst().cause()).isEqualTo("handed_over");
    try (var client = Client.to(pair.primary().url())) {
      client.send("q", "one");
      assertThat(client.receive("q", 1)).containsExactly("one");
    }
    assertThat(pair.backup().awaitStandby().running()).isTrue();
  }
}
