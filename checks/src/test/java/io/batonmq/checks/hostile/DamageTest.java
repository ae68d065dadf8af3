package io.batonmq.checks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.ha.ExitCode;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Stores that somebody, or a disk, has changed. What was confirmed is there, or the node says that it
/// cannot be sure and does not start.
class DamageTest {
  private static final int MESSAGES = 300;

  @RegisterExtension final Stage stage = new Stage();

  private interface Damage {
    void to(RandomAccessFile segment, long end) throws IOException;
  }

  @Test
  void aStoreThatIsDamagedIsRefusedByPlaceAndNeverServedInPart() throws Exception {
    var sound = stage.broker(NodePlan.single("sound")).start().awaitActive();
    try (var client = Client.to(sound.url())) {
      for (int i = 0; i < MESSAGES; i++) {
        client.send("q", "message " + i);
      }
    }
    assertThat(sound.stop()).isZero();
    long end = LogVerify.verify(DiskStorage.open(sound.store())).end();

    Map<String, Damage> damages = new LinkedHashMap<>();
    damages.put("bit-in-the-middle", (file, last) -> flip(file, 4096 + last / 2));
    damages.put("bit-in-the-first", (file, _) -> flip(file, 4096 + 70));
    damages.put("bit-in-the-header", (file, _) -> flip(file, 12));
    damages.put("cut", (file, last) -> file.setLength(4096 + last / 2));
    damages.put("zeros", (file, last) -> zero(file, 4096 + last / 3, 512));
    Map<String, Broker> nodes = new LinkedHashMap<>();
    for (var damage : damages.entrySet()) {
      nodes.put(damage.getKey(), damaged(sound, damage.getKey(), damage.getValue(), end));
    }
    var torn = damaged(sound, "torn", (file, last) -> flip(file, 4096 + last + 200), end);

    nodes.values().forEach(Broker::start);
    nodes.forEach((name, node) -> {
      assertThat(node.awaitExit()).as(name).isEqualTo(ExitCode.STORE_DAMAGED.code());
      assertThat(node.printed())
          .as(name)
          .containsPattern("fenced: .*exit_code=13")
          .doesNotContain("listener open")
          .doesNotContain("\tat ");
      if (!name.equals("bit-in-the-header")) {
        assertThat(LogVerify.verify(DiskStorage.open(node.store())).sound()).as(name).isFalse();
      }
    });
    // Beyond the end there are only zeros; what is there instead is a torn tail, which nobody was
    // told of.
    torn.start().awaitActive();
    try (var client = Client.to(torn.url())) {
      assertThat(client.receive("q", MESSAGES))
          .startsWith("message 0")
          .endsWith("message " + (MESSAGES - 1));
    }
  }

  private Broker damaged(Broker sound, String name, Damage damage, long end) throws IOException {
    var node = stage.broker(NodePlan.single(name));
    Files.createDirectories(node.store().getParent());
    Shell.run("cp", "-r", sound.store().toString(), node.store().toString());
    try (var file = new RandomAccessFile(segment(node.store()).toFile(), "rw")) {
      damage.to(file, end);
    }
    return node;
  }

  private static Path segment(Path store) throws IOException {
    try (var files = Files.walk(store)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).equals("segment-0000000000000000"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void flip(RandomAccessFile file, long at) throws IOException {
    file.seek(at);
    int octet = file.read();
    file.seek(at);
    file.write(octet ^ 0x10);
  }

  private static void zero(RandomAccessFile file, long at, int count) throws IOException {
    file.seek(at);
    file.write(new byte[count]);
  }
}
