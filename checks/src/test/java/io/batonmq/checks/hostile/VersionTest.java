package io.batonmq.checks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Event;
import io.batonmq.broker.Events;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.cli.Exit;
import io.batonmq.ha.ExitCode;
import io.batonmq.log.LogSettings;
import io.batonmq.log.file.FileLog;
import io.batonmq.seam.Now;
import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.platform.DiskStorage;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A store that another version of Baton wrote.
class VersionTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void itIsRefusedByNameAndLeftAsItWas() throws Exception {
    var node = stage.broker(NodePlan.of("node", Role.PRIMARY, stage.path("store")));
    write(node.store(), (byte) 2);
    var before = segments(node.store());

    assertThat(node.start().awaitExit()).isEqualTo(ExitCode.STORE_VERSION.code());

    assertThat(node.printed())
        .contains("an event of version 2; this broker reads version 5; nothing was changed")
        .doesNotContain("\tat io.batonmq", "bug");
    // The start claimed an epoch of its own, as every one does; the Baton that wrote the store goes
    // on after it.
    assertThat(segments(node.store())).containsAll(before);
    var print =
        Shell.attempt(node.line("data", "print", node.store().toString()).toArray(String[]::new));
    assertThat(print.code()).as(print.out()).isEqualTo(Exit.FAILED.code());
    assertThat(print.out()).contains("an event of version 2").doesNotContain("\tat io.batonmq");
  }

  /// The written segments of the first epoch, each as its name and its content.
  private static List<String> segments(Path store) throws Exception {
    try (var files = Files.walk(store)) {
      var found = new ArrayList<String>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.toString().contains("epoch-0000000001-")
            && file.getFileName().toString().startsWith("segment-")) {
          found.add(file + " " + Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
      assertThat(found).isNotEmpty();
      return found;
    }
  }

  private static void write(Path store, byte version) throws Exception {
    Files.createDirectories(store);
    var log =
        new FileLog(
            DiskStorage.open(store),
            LogSettings.DEFAULTS,
            "old",
            () -> UUID.randomUUID().toString());
    log.prepare();
    var writer =
        log.takeOver(0, Optional.empty(), (_, _, _, _) -> {}, _ -> {}).orElseThrow().writer();
    // Two turns: what is printed ends at the mark that the second writes.
    for (int turn = 0; turn < 2; turn++) {
      writer.append(
          Events.type(new Event.IdentitiesForgotten("p")),
          ByteBuffer.wrap(new byte[] {version, 1, 'p'}));
      writer.flush();
      writer.doWork(new Now(turn, turn));
    }
    assertThat(writer.committed()).isEqualTo(writer.end());
    writer.close();
  }
}
