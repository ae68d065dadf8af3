package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.platform.Mount;
import io.batonmq.server.platform.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is said at the start about stores on recorded mounts; each has its store on `/sharedFileSystem`.
class MountWarningsTest {
  private static final Path STORE = Path.of("/sharedFileSystem", "sharedBrokerData");

  @ParameterizedTest
  @ValueSource(strings = {"local", "nfs4"})
  void nothingIsSaidOfWhatIsGood(String table) throws IOException {
    assertThat(said(table, false)).isEmpty();
  }

  @Test
  void nfs3DoesNotTimeOutLocks() throws IOException {
    assertThat(said("nfs3", false))
        .singleElement()
        .asString()
        .startsWith("/sharedFileSystem (nfs): ")
        .contains("NFSv3 does not time out the lock of a master that ended abnormally");
  }

  @Test
  void locksThatAreNotSharedAreNamed() throws IOException {
    assertThat(said("nfs3-nolock", false))
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).contains("nolock: locks stay on this machine"))
        .anySatisfy(line -> assertThat(line).contains("local_lock=all: locks stay"));
    assertThat(said("nfs4-local-lock", false))
        .singleElement()
        .asString()
        .contains("local_lock=posix: locks stay");
  }

  @Test
  void onOcfs2TwoMayThinkThatTheyAreMaster() throws IOException {
    assertThat(said("ocfs2", false))
        .singleElement()
        .asString()
        .contains("two brokers may both think that they have the master's");
  }

  @Test
  void whatWasNotTestedIsSaidToBe() throws IOException {
    assertThat(said("gfs2", false)).singleElement().asString().contains("was not tested");
  }

  @Test
  void aKernelThatTakesLostLocksAgainIsNamed() throws IOException {
    assertThat(said("nfs4", true)).singleElement().asString().contains("recover_lost_locks=N");
    assertThat(said("local", true)).isEmpty();
  }

  private static List<String> said(String table, boolean recoversLostLocks) throws IOException {
    try (var in = MountWarningsTest.class.getResourceAsStream("/mounts/" + table + ".txt")) {
      assertThat(in).isNotNull();
      var lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      Mount mount = Mounts.parse(lines).of(STORE).orElseThrow();
      assertThat(mount.point()).isEqualTo(STORE.getParent());
      return MountWarnings.of(mount, recoversLostLocks);
    }
  }
}
