package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.ha.ExitCode;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node's disk does not answer any more, for it alone: every call that writes or syncs waits in
/// the kernel for longer than this test takes.
class BlockedDiskTest {
  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void onlyWhereCallsCanBeHeldUp() {
    var traced =
        Shell.attempt("strace", "-o", "/dev/null", "-e", "inject=sync:delay_enter=1", "true");
    assumeTrue(
        traced.code() == 0,
        "calls of the system are held up by strace, which does not work here: " + traced.out());
  }

  @Test
  void anotherTakesOverAndClientsDoNotWaitForTheDisk() throws Exception {
    var plans =
        Pair.Plans.of(stage.path("store"))
            .withoutFailback()
            .with(plan -> plan.withStallMillis(2000));
    var pair = stage.pair(plans).start();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("load").transactedProducer("load").consumer("load");
    Until.holds("messages flow", () -> ledger.deliveredCount() > 100);

    var blocked = stage.keep(pair.primary().blockDisk());
    pair.backup().awaitActive();
    long before = ledger.deliveredCount();
    Until.holds("messages flow again", () -> ledger.deliveredCount() - before > 100);

    pair.primary().awaitPrinted("connections are cut");
    // As with a disk that really hangs, the process is not gone before its last call returns; its
    // clients
    // were not to wait for that.
    blocked.close();
    assertThat(pair.primary().awaitExit()).isEqualTo(ExitCode.STORE_HUNG.code());
    load.stopProducers();
    load.drain(pair.backup(), "load");
    load.close();
    var account = ledger.account();
    System.out.println(account);
    assertThat(account.clean()).as(account.toString()).isTrue();
    pair.primary().start().awaitStandby();
    assertThat(pair.primary().stop()).isZero();
    assertThat(pair.backup().stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(pair.backup().store())).damages()).isEmpty();
  }
}
