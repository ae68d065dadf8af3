package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which messages an acknowledgement names.
class UnacknowledgedTest {
  private final Unacknowledged messages = new Unacknowledged();
  private final Leg leg = new Leg(1, Destinations.of(Type.QUEUE, "q"), false);

  private static Struct id(long sequence, long number) {
    return new Struct(Type.MESSAGE_ID)
        .with(Field.PRODUCER_ID, FuzzTest.member(Type.PRODUCER_ID))
        .with(Field.PRODUCER_SEQUENCE_ID, sequence)
        .with(Field.BROKER_SEQUENCE_ID, number);
  }

  private Unacknowledged.Entry add(long sequence, long number) {
    var entry = new Unacknowledged.Entry(leg, number, id(sequence, number));
    messages.add(entry);
    return entry;
  }

  private Struct ack(long sequence) {
    return new Struct(Type.MESSAGE_ACK).with(Field.LAST_MESSAGE_ID, id(sequence, 0));
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void whoMakesTheIdAnewIsUnderstoodAsFastAsOthers() {
    int count = 200_000;
    for (int i = 1; i <= count; i++) {
      add(i, i + 1_000_000);
    }
    for (int i = count; i >= 1; i--) {
      var named = messages.named(ack(i), true);
      assertThat(named).hasSize(1);
      assertThat(messages.remove(named.getFirst())).isTrue();
    }
    assertThat(messages.named(ack(1), true)).isEmpty();
  }

  @Test
  void whatCameTwiceIsFoundTwice() {
    var first = add(5, 1);
    var second = add(5, 2);
    assertThat(messages.named(ack(5), true)).containsExactly(first);
    messages.remove(first);
    assertThat(messages.named(ack(5), true)).containsExactly(second);
    var third = add(5, 3);
    messages.remove(second);
    assertThat(messages.named(ack(5), true)).containsExactly(third);
    messages.removeAll(leg);
    assertThat(messages.named(ack(5), true)).isEmpty();
  }
}
