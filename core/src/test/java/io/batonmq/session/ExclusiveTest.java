package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.QueueSettings;
import io.batonmq.queue.Disposition;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Queues of which one consumer gets everything.
class ExclusiveTest {
  private final TestBroker broker =
      new TestBroker(
          TestSettings.rule(
              AddressSettings.Overrides.NONE.with(
                  new QueueSettings.Overrides(null, true, null, null, null, null, null, null))));
  private final TestPeer peer = broker.connect();

  private static int chooser(TestPeer by, String selector) {
    int link = by.consumer(new Source("q", new Source.Kind.Queue(), false, selector, false));
    by.credit(link, 10);
    return link;
  }

  @Test
  void theNextOneTakesOverWhenTheFirstLeaves() {
    int a = peer.consumer("q", 3);
    int b = peer.consumer("q", 10);
    int c = peer.consumer("q", 10);
    int producer = peer.producer("q");
    for (int i = 0; i < 5; i++) {
      peer.send(producer, "m" + i);
    }
    assertThat(peer.bodies(a)).containsExactly("m0", "m1", "m2");
    assertThat(peer.bodies(b)).isEmpty();
    peer.accept(a, 1);
    peer.close(a);
    assertThat(peer.bodies(b)).containsExactly("m0", "m2", "m3", "m4");
    peer.send(producer, "m5");
    peer.settle(b, 0, 9, Disposition.ACCEPTED, 0);
    peer.close(b);
    peer.send(producer, "m6");
    assertThat(peer.bodies(b)).hasSize(5).endsWith("m5");
    assertThat(peer.bodies(c)).containsExactly("m6");
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whoWaitsMayLeaveAndIsTold() {
    int a = peer.consumer("q", 10);
    int b = peer.consumer("q");
    int producer = peer.producer("q");
    peer.send(producer, "m0");
    peer.drain(b, 5);
    assertThat(peer.last(Output.Drained.class).link()).isEqualTo(b);
    peer.close(b);
    peer.send(producer, "m1");
    assertThat(peer.bodies(a)).containsExactly("m0", "m1");
  }

  @Test
  void selectorsAreAskedOfTheOneOnly() {
    int producer = peer.producer("q");
    int a = chooser(peer, "n = 1");
    int b = chooser(peer, "n = 2");
    peer.send(producer, "n=1");
    peer.send(producer, "n=2");
    assertThat(peer.bodies(a)).containsExactly("n=1");
    assertThat(peer.bodies(b)).isEmpty();
    peer.close(a);
    assertThat(peer.bodies(b)).containsExactly("n=2");
  }

  @Test
  void whoWaitsWithASelectorAndDrainsIsToldOnceItsTurnHasCome() {
    int producer = peer.producer("q");
    int a = peer.consumer("q");
    int b = peer.consumer(new Source("q", new Source.Kind.Queue(), false, "n = 2", false));
    peer.send(producer, "n=1");
    peer.close(a);
    peer.drain(b, 5);
    assertThat(peer.last(Output.Drained.class).link()).isEqualTo(b);
    assertThat(peer.heard(Output.Drained.class)).hasSize(1);
    assertThat(peer.bodies(b)).isEmpty();
  }

  @Test
  void groupsMeanNothingAndBrowsersSeeAll() {
    int a = peer.consumer("q", 1);
    int b = peer.consumer("q", 10);
    int producer = peer.producer("q");
    for (int i = 0; i < 3; i++) {
      peer.send(producer, GroupTest.message("m" + i, "g" + i, 0), 0);
    }
    int browser = peer.browser("q", 10);
    assertThat(peer.bodies(browser)).containsExactly("m1", "m2");
    assertThat(peer.bodies(a)).containsExactly("m0");
    assertThat(peer.bodies(b)).isEmpty();
    peer.credit(a, 10);
    assertThat(peer.bodies(a)).hasSize(3);
    assertThat(broker.stat("q").groupCount()).isZero();
  }

  @Test
  void itIsExclusiveAfterATakeOverWhateverTheNextNodeIsTold() {
    int producer = peer.producer("q");
    for (int i = 0; i < 4; i++) {
      peer.send(producer, "m" + i);
    }
    TestBroker next =
        new TestBroker(
            new io.batonmq.log.ListLog(broker.log),
            io.batonmq.broker.BrokerSettings.DEFAULTS,
            AccessRules.OPEN,
            2);
    TestPeer again = next.connect();
    int a = again.consumer("q", 2);
    int b = again.consumer("q", 10);
    assertThat(again.bodies(a)).isEqualTo(List.of("m0", "m1"));
    assertThat(again.bodies(b)).isEmpty();
  }
}
