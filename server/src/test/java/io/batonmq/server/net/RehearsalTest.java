package io.batonmq.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.platform.RealClock;
import io.batonmq.wire.amqp.AmqpLimits;
import io.batonmq.wire.amqp.AmqpProtocol;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void aClientsFirstStepsAreAnsweredAsAlways() {
    byte[] told =
        Rehearsal.play(
            new AmqpProtocol("baton", List::of, AmqpLimits.standard()),
            List.of(
                HEX.parseHex("414d515003010000"),
                HEX.parseHex("0000001902010000005341c00c01a309414e4f4e594d4f5553"),
                HEX.parseHex("414d515000010000")),
            new RealClock());

    assertThat(new String(told, StandardCharsets.ISO_8859_1))
        .startsWith("AMQP\3\1\0\0")
        .contains("ANONYMOUS")
        .contains("AMQP\0\1\0\0", "amqp:connection:forced");
  }
}
