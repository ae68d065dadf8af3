package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/// A producer without credit makes its connection wait, and loses nothing by that.
class WaitingTest {
  private static final Coding CODING = new Coding(12, true, true, false);
  private static final int LARGE = 600_000;

  private final FuzzTest.Run run = new FuzzTest.Run();

  /// With credit for one message.
  private void produce() {
    run.credit = 1;
    FuzzTest.frames(true).subList(0, 5).forEach(run::receive);
    run.receive(message(1, 10));
    assertThat(sent()).isEqualTo(1);
  }

  private byte[] message(long sequence, int size) {
    var queue = Destinations.of(Type.QUEUE, "orders");
    return FuzzTest.bytes(
        FuzzTest.message(FuzzTest.member(Type.PRODUCER_ID), queue, sequence, null, size), CODING);
  }

  private int sent() {
    return Collections.frequency(run.commands, Command.Send.class);
  }

  private void grant(int credit) {
    for (int link = 1; link < 10; link++) {
      run.engine.emit(new Output.Grant(link, credit), run.now());
    }
    run.engine.tick(run.now());
  }

  @Test
  void whatWaitedLongIsSentWhenThereIsRoomAndTheSilenceIsNotThePeers() {
    produce();
    for (int sequence = 2; sequence <= 4; sequence++) {
      run.receive(message(sequence, LARGE));
    }
    assertThat(run.reading).isFalse();
    assertThat(sent()).isEqualTo(1);

    run.nanos += Duration.ofMinutes(5).toNanos();
    run.engine.tick(run.now());
    assertThat(run.reason).isNull();
    grant(10);
    assertThat(run.reason).isNull();
    assertThat(sent()).isEqualTo(4);
    assertThat(run.reading).isTrue();
  }

  @Test
  void leavingDoesNotOvertakeWhatWaits() {
    produce();
    run.receive(message(2, 10));
    run.receive(FuzzTest.bytes(FuzzTest.command(Type.SHUTDOWN_INFO), CODING));
    assertThat(run.reason).isNull();
    grant(10);
    assertThat(sent()).isEqualTo(2);
    assertThat(run.reason).isEmpty();
  }

  @Test
  void aPeerThatIsSilentIsGone() {
    produce();
    run.nanos += Duration.ofMinutes(5).toNanos();
    run.engine.tick(run.now());
    assertThat(run.reason).contains("nothing came from the peer");
  }
}
