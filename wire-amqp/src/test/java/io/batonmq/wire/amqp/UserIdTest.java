package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Whose message it is, as the broker writes it into the properties.
class UserIdTest {
  private static final byte[] ALICE = "alice".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NOBODY = {};

  private static final byte[] ANNOTATIONS =
      bytes(writer -> {
        writer.descriptor(Sections.MESSAGE_ANNOTATIONS);
        int map = writer.begin(Encoding.MAP32);
        writer.symbol("k").bool(true);
        writer.end(map, 2);
      });

  private static final byte[] BODY =
      bytes(writer -> writer.descriptor(0x75).binary("hello".getBytes(StandardCharsets.UTF_8)));

  private static byte[] bytes(Consumer<Writer> writes) {
    Writer writer = new Writer(16);
    writes.accept(writer);
    return writer.array();
  }

  private static byte[] properties(int count, Consumer<Writer> fields) {
    return bytes(writer -> {
      writer.descriptor(Sections.PROPERTIES);
      int list = writer.begin(Encoding.LIST32);
      fields.accept(writer);
      writer.end(list, count);
    });
  }

  private static byte[] join(byte[]... parts) {
    return bytes(writer -> {
      for (byte[] part : parts) {
        writer.raw(part, 0, part.length);
      }
    });
  }

  private static byte[] put(byte[] message, byte[] user) {
    return UserId.put(message, 0, message.length, user);
  }

  /// The section of a message that begins at an offset.
  private static byte[] section(byte[] message, int at) {
    return Arrays.copyOfRange(message, at, Described.read(message, at, message.length).end());
  }

  private static Fields properties(byte[] message, int at) {
    return Described.read(message, at, message.length).list("properties");
  }

  @Test
  void itStandsInPlaceOfWhatThePeerWrote() {
    byte[] said =
        properties(
            4,
            writer ->
                writer
                    .string("m1")
                    .binary("bob".getBytes(StandardCharsets.UTF_8))
                    .string("to")
                    .string("subject"));
    byte[] message = put(join(ANNOTATIONS, said, BODY), ALICE);
    assertThat(section(message, 0)).isEqualTo(ANNOTATIONS);
    assertThat(section(message, ANNOTATIONS.length))
        .isEqualTo(
            properties(
                4, writer -> writer.string("m1").binary(ALICE).string("to").string("subject")));
    assertThat(message).endsWith(BODY);
    Sections sections = Sections.of(message, message.length, 100);
    assertThat(sections.messageId()).isEqualTo("m1");
    assertThat(sections.to()).isEqualTo("to");
  }

  @Test
  void aMessageThatSaysLessGetsIt() {
    byte[] none = {0x00, 0x53, 0x73, (byte) Encoding.LIST0};
    for (byte[] said :
        new byte[][] {{}, none, properties(0, _ -> {}), properties(1, Writer::nothing)}) {
      for (byte[] before : new byte[][] {{}, ANNOTATIONS}) {
        byte[] message = put(join(before, said, BODY), ALICE);
        assertThat(message)
            .isEqualTo(join(before, properties(2, writer -> writer.nothing().binary(ALICE)), BODY));
      }
    }
    assertThat(put(new byte[0], ALICE))
        .isEqualTo(properties(2, writer -> writer.nothing().binary(ALICE)));
  }

  @Test
  void whatIsTakenOffIsNotForwarded() {
    byte[] header = {0x00, 0x53, 0x70, (byte) Encoding.LIST0};
    byte[] message = join(header, BODY);
    assertThat(UserId.put(message, header.length, message.length, ALICE))
        .isEqualTo(join(properties(2, writer -> writer.nothing().binary(ALICE)), BODY));
  }

  @Test
  void nobodyIsNobodyWhateverThePeerSaid() {
    byte[] message = put(join(properties(2, writer -> writer.nothing().binary(ALICE))), NOBODY);
    Fields fields = properties(message, 0);
    fields.skip();
    assertThat(fields.binary("user-id", 100)).isNull();
  }

  @Test
  void aListThatLiesAboutItsLengthDoesNotHideIt() {
    byte[] lying = properties(1, writer -> writer.string("m1").binary(NOBODY).string("to"));
    assertThat(put(lying, ALICE))
        .isEqualTo(properties(3, writer -> writer.string("m1").binary(ALICE).string("to")));
  }
}
