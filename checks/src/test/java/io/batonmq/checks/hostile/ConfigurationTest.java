package io.batonmq.checks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.server.node.ServerMain;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Instances that cannot be run: one line says why, and the exit code is the documented one.
class ConfigurationTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void whatCannotBeRunSaysWhy() throws Exception {
    Map<Broker, String> wrong = new LinkedHashMap<>();
    wrong.put(with("unclosed", "</core>", ""), "broker.xml:\\d+:\\d+: error");
    wrong.put(
        with("unknown", "</core>", "<jornal-directory>x</jornal-directory></core>"),
        "broker.xml:\\d+:\\d+: error: .*jornal-directory");
    wrong.put(
        with("number", "<journal-file-size>10M", "<journal-file-size>ten"),
        "broker.xml:\\d+:\\d+: error: .*journal-file-size");
    wrong.put(
        with(
            "entity",
            "<configuration",
            "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><configuration"),
        "broker.xml:\\d+:\\d+: error");
    var nothing = stage.broker(NodePlan.single("nothing"));
    Files.delete(nothing.instance().brokerXml());
    wrong.put(nothing, "broker.xml");
    var admin = stage.broker(NodePlan.single("admin"));
    Files.writeString(admin.instance().admin(), "port = many\n");
    wrong.put(admin, "admin.properties");

    wrong.keySet().forEach(Broker::start);
    wrong.forEach((broker, line) -> {
      assertThat(broker.awaitExit())
          .as(broker.name() + "\n" + broker.printed())
          .isEqualTo(ServerMain.EXIT_CONFIGURATION);
      assertThat(broker.printed()).as(broker.name()).containsPattern(line).doesNotContain("\tat ");
    });
  }

  private Broker with(String name, String some, String other) {
    return stage.broker(NodePlan.single(name).replaced(some, other));
  }

  @Test
  void whereSecurityIsOffEverybodyComesIn() throws Exception {
    var broker =
        with("open", "</core>", "<security-enabled>false</security-enabled></core>")
            .start()
            .awaitActive();
    var address = "amqp://127.0.0.1:" + broker.port();
    try (var nameless = Client.to(address);
        var liar = Client.to(address + "?jms.username=nobody&jms.password=wrong")) {
      nameless.send("q", "from nobody");
      assertThat(liar.receive("q", 1)).containsExactly("from nobody");
    }
    assertThat(broker.printed()).contains("security-enabled is false");
    assertThat(broker.stop()).isZero();
  }

  @Test
  void aLogThatCannotBeAFolderIsSaidToBeAFile() throws Exception {
    var broker = stage.broker(NodePlan.single("node"));
    Files.createDirectories(broker.store().getParent());
    Files.writeString(broker.store(), "in the way");
    broker.start();
    assertThat(broker.awaitExit()).isEqualTo(ServerMain.EXIT_CONFIGURATION);
    assertThat(broker.printed())
        .contains("cannot start: ", "/journal has to be a folder, and ", "/journal is a file");
  }

  @Test
  void anInstanceThatCannotBeWrittenIsToldWithItsReason() throws Exception {
    var broker = stage.broker(NodePlan.single("node"));
    Files.writeString(broker.instance().run(), "in the way");
    var told = broker.command("run");
    assertThat(told.code()).as(told.out()).isEqualTo(ServerMain.EXIT_CONFIGURATION);
    assertThat(told.out()).startsWith("baton: cannot start: ").contains("/run is a file");
  }

  @Test
  void aPortThatIsTakenEndsTheNode() throws Exception {
    var broker = stage.broker(NodePlan.single("node"));
    try (var other = new ServerSocket(broker.port())) {
      broker.start();
      assertThat(broker.awaitExit()).as(other.toString()).isEqualTo(ServerMain.EXIT_CANNOT_LISTEN);
    }
    assertThat(broker.printed())
        .contains("cannot listen on 127.0.0.1:" + broker.port())
        .doesNotContain("\tat ");
    // It leaves nothing behind that would be in the way of the next start.
    broker.start().awaitActive();
    assertThat(broker.stop()).isZero();
  }
}
