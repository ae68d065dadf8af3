package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.ha.HaSettings;
import io.batonmq.ha.Presence;
import io.batonmq.seam.Clock;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.node.PortVigil.Outcome;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose port is waited for.
class PortVigilTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;

  private final List<Presence.Peer> peers = new ArrayList<>();
  private long nanos;
  private ServerSocket holder;
  private Whereabouts here;
  private PortVigil vigil;

  @BeforeEach
  void takePort() throws IOException {
    holder = new ServerSocket(0);
    var file = folder.resolve("broker.xml");
    Files.writeString(
        file,
        "<broker><transportConnectors><transportConnector uri='tcp://0.0.0.0:%d'/></transportConnectors></broker>"
            .formatted(holder.getLocalPort()));
    BrokerConfig config = ConfigReader.read(file, folder).config().orElseThrow();
    here = Whereabouts.own(config);
    vigil =
        new PortVigil(
            config.acceptors(),
            here,
            () -> peers,
            new Clock() {
              @Override
              public long monotonicNanos() {
                return nanos;
              }

              @Override
              public long wallMillis() {
                return 0;
              }
            });
  }

  @AfterEach
  void freePort() throws IOException {
    holder.close();
  }

  private void peer(String role, Whereabouts there) {
    peers.add(
        new Presence.Peer(
            "id",
            "other",
            HaSettings.Configured.BACKUP,
            role,
            List.of(),
            "test",
            0,
            there.toString(),
            false));
  }

  private Whereabouts predecessor() {
    return new Whereabouts(here.network(), 4711, here.ports());
  }

  @Test
  void aPredecessorIsWaitedForUntilThePortIsFree() throws Exception {
    peer("active", predecessor());
    assertThat(vigil.begin()).isTrue();
    assertThat(vigil.reason()).contains("process 4711");
    nanos += 60 * SECOND;
    assertThat(vigil.look()).isEqualTo(Outcome.WAITS);
    holder.close();
    nanos += SECOND;
    assertThat(vigil.look()).isEqualTo(Outcome.FREE);
    assertThat(vigil.reason()).isEmpty();
    nanos += SECOND;
    assertThat(vigil.look()).isEqualTo(Outcome.WAITS);
  }

  @Test
  void oneThatIsGoneWhileAStrangerHasThePortIsNotWaitedForAnyLonger() {
    peer("active", predecessor());
    assertThat(vigil.begin()).isTrue();
    peers.clear();
    nanos += SECOND;
    assertThat(vigil.look()).isEqualTo(Outcome.WAITS);
    nanos += 3 * SECOND;
    assertThat(vigil.look()).isEqualTo(Outcome.TAKEN);
  }

  @Test
  void nobodyElseIsWaitedFor() {
    assertThat(vigil.begin()).as("a stranger").isFalse();
    peer("standby", predecessor());
    assertThat(vigil.begin()).as("one that listens nowhere").isFalse();
    peers.clear();
    peer("active", new Whereabouts("another/machine", 4711, here.ports()));
    assertThat(vigil.begin()).as("one elsewhere").isFalse();
    peers.clear();
    peer("active", new Whereabouts(here.network(), 4711, List.of(1)));
    assertThat(vigil.begin()).as("one on another port").isFalse();
    peers.clear();
    peer("active", here);
    assertThat(vigil.begin()).as("itself, a moment ago").isFalse();
  }

  @Test
  void whereANodeIsIsReadAsItIsWritten() {
    assertThat(here.network()).isNotEmpty();
    assertThat(Whereabouts.parse(here.toString())).contains(here);
    assertThat(Whereabouts.parse("")).isEmpty();
    assertThat(Whereabouts.parse("a b c")).isEmpty();
  }
}
