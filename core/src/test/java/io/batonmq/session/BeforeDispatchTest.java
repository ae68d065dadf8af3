package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.QueueSettings;
import org.junit.jupiter.api.Test;

/// Queues that wait for consumers before they give anything.
class BeforeDispatchTest {
  private TestBroker broker = new TestBroker();
  private TestPeer peer = broker.connect();

  private void waitsFor(int consumers, long delayMillis, int max) {
    broker =
        new TestBroker(
            TestSettings.rule(
                AddressSettings.Overrides.NONE.with(
                    new QueueSettings.Overrides(
                        max, null, null, null, null, null, consumers, delayMillis))));
    peer = broker.connect();
    int producer = peer.producer("q");
    for (int i = 0; i < 6; i++) {
      peer.send(producer, "m" + i);
    }
  }

  @Test
  void itGivesWhenEnoughConsumersAreThere() {
    waitsFor(2, -1, 0);
    int a = peer.consumer("q", 3);
    assertThat(peer.bodies(a)).isEmpty();
    broker.pass(3_600_000);
    assertThat(peer.bodies(a)).isEmpty();
    int browser = peer.browser("q", 10);
    assertThat(peer.bodies(browser)).hasSize(6);
    // Who comes need not have credit.
    int b = peer.consumer("q");
    assertThat(peer.bodies(a)).containsExactly("m0", "m1", "m2");
    peer.close(b);
    peer.credit(a, 4);
    assertThat(peer.bodies(a)).hasSize(4);
  }

  @Test
  void itWaitsAnewWhenTheLastOneIsGone() {
    waitsFor(2, -1, 0);
    int a = peer.consumer("q", 1);
    int b = peer.consumer("q", 1);
    assertThat(peer.bodies(a)).containsExactly("m0");
    assertThat(peer.bodies(b)).containsExactly("m1");
    peer.close(a);
    peer.close(b);
    int c = peer.consumer("q", 10);
    assertThat(peer.bodies(c)).isEmpty();
    peer.consumer("q");
    assertThat(peer.bodies(c)).hasSize(6);
  }

  @Test
  void theFirstDoesNotWaitForEver() {
    waitsFor(5, 500, 0);
    int a = peer.consumer("q", 10);
    broker.pass(300);
    int b = peer.consumer("q");
    assertThat(peer.bodies(a)).isEmpty();
    broker.pass(199);
    assertThat(peer.bodies(a)).isEmpty();
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(broker.nanos + 1_000_000);
    broker.pass(1);
    assertThat(peer.bodies(a)).hasSize(6);
    assertThat(peer.bodies(b)).isEmpty();
  }

  @Test
  void itDoesNotWaitForMoreThanItMayHave() {
    waitsFor(3, -1, 2);
    int a = peer.consumer("q", 10);
    assertThat(peer.bodies(a)).isEmpty();
    peer.consumer("q");
    assertThat(peer.bodies(a)).hasSize(6);
  }

  @Test
  void whoAsksMeanwhileIsToldThatThereIsNothing() {
    waitsFor(2, 9_000_000_000_000_000_000L, 0);
    int a = peer.consumer("q");
    peer.drain(a, 5);
    assertThat(peer.last(Output.Drained.class).link()).isEqualTo(a);
    int chooser =
        peer.consumer(new Source("q", new Source.Kind.Queue(), false, "n IS NULL", false));
    peer.drain(chooser, 5);
    assertThat(peer.last(Output.Drained.class).link()).isEqualTo(chooser);
    assertThat(peer.bodies(chooser)).isEqualTo(java.util.List.of("m0", "m1", "m2", "m3", "m4"));
  }

  @Test
  void aQueueThatIsDeletedMeanwhileIsForgotten() {
    waitsFor(2, 200, 0);
    peer.consumer("q", 10);
    broker.rest();
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(broker.nanos + 200_000_000);
    broker.sessions.manage(new Management.DeleteQueue("q", true, false), _ -> {});
    broker.rest();
    assertThat(broker.sessions.queueStats()).isEmpty();
    assertThat(broker.sessions.nextDeadlineNanos()).isGreaterThan(broker.nanos + 200_000_000);
  }
}
