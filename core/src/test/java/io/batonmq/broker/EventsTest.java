package io.batonmq.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.RecordFormat;
import io.batonmq.log.VersionException;
import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.Repetition;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Tail;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The bytes of the table at the top of [Events].
class EventsTest {
  private static final Message MESSAGE =
      new Message(
          Format.AMQP,
          true,
          9,
          300,
          new Identity.Sequenced("p1", 6),
          "g",
          -1,
          "hi".getBytes(StandardCharsets.UTF_8));

  private static final Message TIMED = MESSAGE.expiringAt(0).deliveredFrom(1_000);

  private static final List<Event> SAMPLES =
      List.of(
          new Event.Activated(3, 1_000),
          new Event.AddressCreated(1, "orders", true, false, true),
          new Event.AddressDeleted(1),
          new Event.QueueCreated(
              2,
              1,
              "q",
              RoutingType.MULTICAST,
              new QueueSettings(
                  1, true, 7, true, false, "f", 2, -1, new QueueKeeping(5, true, "k", true, true)),
              false,
              new QueueFilter("a", "me")),
          new Event.QueueDeleted(2),
          new Event.Enqueued(
              5,
              7,
              1_000,
              -1,
              1,
              new int[] {2, 300},
              List.of(new Diverted("a", "d", new int[] {4})),
              MESSAGE),
          new Event.Delivered(2, new long[] {84, 100}, 77),
          new Event.Acknowledged(2, new long[] {100, 84}),
          new Event.Released(2, new long[] {84}, true),
          new Event.Moved(2, 84, 6, true, new int[] {3}),
          new Event.TransactionAcknowledged(7, 2, new long[] {84}),
          new Event.TransactionCommitted(
              7, 8, 6, 2, "u", new Xid(-7, new byte[] {1, -1}, new byte[0])),
          new Event.TransactionRolledBack(7),
          new Event.IdentitiesForgotten("p1"),
          new Event.SnapshotTaken(4096, "s", -1),
          new Event.Purged(2, new long[] {84, 100}),
          new Event.TransactionPrepared(7, new Xid(1, new byte[] {5}, new byte[] {6}), "u"),
          new Event.OutcomesForgotten(6),
          new Event.Barrier(),
          new Event.Proceeded(300),
          new Event.Deferred(2, new long[] {84, 100}, new long[] {1_000, 999}),
          new Event.Admitted(2, 1_000, new long[] {84}),
          new Event.Cancelled(2, new long[] {84}, new long[] {1_000}),
          new Event.Dedicated(2, "orders"),
          new Event.QueueUpdated(2, new QueueFilter("b", null), QueueSettings.DEFAULTS),
          new Event.Fragment(77, new byte[] {1, 2}),
          new Event.FragmentsDropped(77),
          new Event.Repeated(2, 1_000, 84, 6, 1_001, true));

  private static final List<String> BYTES =
      List.of(
          "05 03 e807",
          "05 01 06 6f7264657273 05",
          "05 01",
          "05 02 01 01 71 19 01 0b 0e 02 01 01 66 0a 0f 01 6b 01 61 02 6d65",
          "05 02",
          "05 bb 05 e807 01 02 02 ac02 01 09 07 ac02 02 7031 0c 01 01 67 01 01 01 61 01 64 01 04 02"
              + " 6869",
          "05 02 02 a801 20 4d",
          "05 02 02 c801 1f",
          "05 02 01 a801 01",
          "05 02 54 06 01 01 03",
          "05 07 02 01 a801",
          "05 07 08 06 02 01 75 01 0d 02 01ff 00",
          "05 07",
          "05 02 7031",
          "05 8020 01 73 01",
          "05 02 02 a801 20",
          "05 07 02 01 05 01 06 01 75",
          "05 06",
          "05",
          "05 ac02",
          "05 02 02 a801 20 02 d00f 01",
          "05 02 e807 01 a801",
          "05 02 01 a801 01 d00f",
          "05 02 06 6f7264657273",
          "05 02 08 00 00 01 00 01 01 00 01 62",
          "05 4d 02 0102",
          "05 4d",
          "05 02 e807 54 06 e907 01");

  @Test
  void theSamplesHaveTheBytesOfTheTable() {
    for (int i = 0; i < SAMPLES.size(); i++) {
      assertThat(Events.type(SAMPLES.get(i))).isEqualTo(RecordFormat.USER_MIN + i + 1);
      assertThat(hex(write(SAMPLES.get(i))))
          .as(SAMPLES.get(i).toString())
          .isEqualTo(BYTES.get(i).replace(" ", ""));
    }
  }

  @Test
  void whatWasWrittenIsReadAgain() {
    for (Event sample : SAMPLES) {
      byte[] bytes = write(sample);
      Event read = Events.read(Events.type(sample), ByteBuffer.wrap(bytes));
      assertThat(read).hasSameClassAs(sample);
      if (!(sample instanceof Event.Enqueued) && !(sample instanceof Event.Fragment)) {
        assertThat(write(read)).isEqualTo(bytes);
      }
      if (sample instanceof Event.QueueCreated || sample instanceof Event.QueueUpdated) {
        assertThat(read).isEqualTo(sample);
      }
    }
    byte[] enqueued = write(SAMPLES.get(5));
    var read = (Event.Enqueued) Events.read(Events.ENQUEUED, ByteBuffer.wrap(enqueued));
    Diverted diverted = read.diverted().getFirst();
    assertThat(diverted.place()).isEqualTo(new Origins.Place("a", "d", true));
    assertThat(diverted.queues()).containsExactly(4);
    Message message = Events.message(ByteBuffer.wrap(enqueued));
    assertThat(message.bytes()).isEqualTo(MESSAGE.bytes());
    assertThat(message.identity()).isEqualTo(MESSAGE.identity());
    assertThat(message.groupId()).isEqualTo("g");
    assertThat(message.groupSequence()).isEqualTo(-1);
    assertThat(message.expiryMillis()).isEqualTo(300);
    assertThat(message.priority()).isEqualTo(9);
  }

  @Test
  void whenAMessageIsDueIsReadWithAndWithoutItsBytes() {
    byte[] bytes = write(new Event.Enqueued(5, 0, 1_000, -1, 1, new int[] {2}, List.of(), TIMED));
    assertThat(hex(bytes))
        .isEqualTo(
            "05 4b 05 e807 01 01 02 01 09 01 e807 02 7031 0c 01 01 67 01 02 6869".replace(" ", ""));
    Message read = Events.message(ByteBuffer.wrap(bytes));
    assertThat(read.deliveryMillis()).isEqualTo(1_000);
    assertThat(read.expiryMillis()).isZero();
    assertThat(read.expiryRewritten()).isTrue();
    Event event = Events.read(Events.ENQUEUED, ByteBuffer.wrap(bytes));
    assertThat(((Event.Enqueued) event).message().deliveryMillis()).isEqualTo(1_000);
  }

  @Test
  void howAMessageComesAgainIsReadWithIt() {
    for (int times : new int[] {3, Repetition.ENDLESS}) {
      Repetition repetition = new Repetition(300, times);
      Message message = TIMED.repeated(repetition);
      byte[] bytes =
          write(new Event.Enqueued(5, 0, 1_000, -1, 1, new int[] {2}, List.of(), message));
      String left = times == 3 ? "04" : "00";
      assertThat(hex(bytes))
          .isEqualTo(
              ("05 4b 05 e807 01 01 02 01 09 05 e807 ac02 "
                      + left
                      + " 02 7031 0c 01 01 67 01 02 6869")
                  .replace(" ", ""));
      Event event = Events.read(Events.ENQUEUED, ByteBuffer.wrap(bytes));
      assertThat(((Event.Enqueued) event).message().repetition()).isEqualTo(repetition);
      assertThat(Events.message(ByteBuffer.wrap(bytes)).repetition()).isEqualTo(repetition);
    }
  }

  @Test
  void whatFollowsAMessageIsReadWithItAndByItself() {
    Message message = MESSAGE.with(new Tail(77, 300));
    byte[] bytes = write(new Event.Enqueued(5, 0, 1_000, -1, 1, new int[] {2}, List.of(), message));
    assertThat(hex(bytes))
        .isEqualTo(
            "05 5b 05 e807 01 01 02 01 09 ac02 02 00 4d ac02 02 7031 0c 01 01 67 01 02 6869"
                .replace(" ", ""));
    assertThat(Events.message(ByteBuffer.wrap(bytes)).tail()).isEqualTo(message.tail());
    Event event = Events.read(Events.ENQUEUED, ByteBuffer.wrap(bytes));
    assertThat(((Event.Enqueued) event).message().tail()).isEqualTo(message.tail());
    byte[] fragment = write(new Event.Fragment(77, new byte[] {1, 2}));
    assertThat(Events.fragment(ByteBuffer.wrap(fragment))).containsExactly(1, 2);
  }

  @Test
  void anUnknownTypeOrVersionIsAnErrorThatSaysSo() {
    byte[] one = {5, 1};
    assertThatThrownBy(() -> Events.read(99, ByteBuffer.wrap(one)))
        .isInstanceOf(VersionException.class)
        .hasMessageContaining("99");
    for (byte version : new byte[] {4, 6}) {
      byte[] other = {version, 1};
      assertThatThrownBy(() -> Events.read(Events.ADDRESS_DELETED, ByteBuffer.wrap(other)))
          .isInstanceOf(VersionException.class)
          .hasMessageContaining("version " + version);
    }
  }

  @Test
  void damagedPayloadsAreErrorsAndNothingElse() {
    Random random = new Random(42);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      Event sample = SAMPLES.get(random.nextInt(SAMPLES.size()));
      byte[] bytes = write(sample);
      if (random.nextBoolean()) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 3));
      } else {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        Events.read(Events.type(sample), ByteBuffer.wrap(bytes));
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(5_000);
  }

  @Test
  void aLengthThatIsTooLargeCostsNoMemory() {
    byte[] claims = {5, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 7, 1};
    assertThatThrownBy(() -> Events.read(Events.IDENTITIES_FORGOTTEN, ByteBuffer.wrap(claims)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] write(Event event) {
    FieldWriter writer = new FieldWriter(16);
    Events.write(event, writer);
    byte[] bytes = new byte[writer.size()];
    writer.view().get(bytes);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
