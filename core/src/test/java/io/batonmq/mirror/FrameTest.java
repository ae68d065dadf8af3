package io.batonmq.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What nodes say to each other arrives as it was said, and nonsense is refused before it takes memory.
class FrameTest {
  static Stream<Frame> frames() {
    return Stream.of(
        new Frame.Hello(1, "orders", "3a07a751", "a"),
        new Frame.Ack(7),
        new Frame.Missing(3, List.of(0L, 262_144L)),
        new Frame.Trouble("the disk is full"),
        new Frame.Alive(),
        new Frame.Welcome(4, "de1d8137", "b"),
        new Frame.Refused("not yet"),
        new Frame.MakeDirectory("register"),
        new Frame.Create("register/x"),
        new Frame.Zero("register/x", 4096, 10 << 20),
        new Frame.Sync("register/x", 8),
        new Frame.SyncDirectory("register", 9),
        new Frame.Remove("register/x"),
        new Frame.Begin("register/x", 99),
        new Frame.Publish("register/x"),
        new Frame.File(3, "register/x", 99),
        new Frame.FileEnd(3),
        new Frame.Whole(10),
        new Frame.InSync(true));
  }

  @ParameterizedTest
  @MethodSource("frames")
  void aFrameIsReadAsItWasWritten(Frame frame) {
    assertThat(Frame.decode(frame.encode())).isEqualTo(frame);
  }

  @Test
  void bytesArriveWhole() {
    byte[] bytes = new byte[Frame.CHUNK];
    new Random(1).nextBytes(bytes);
    Frame read = Frame.decode(new Frame.Write("register/x", 17, bytes).encode());
    assertThat(read)
        .isInstanceOfSatisfying(
            Frame.Write.class,
            write -> {
              assertThat(write.offset()).isEqualTo(17);
              assertThat(write.bytes()).isEqualTo(bytes);
            });
  }

  @ParameterizedTest
  @MethodSource("frames")
  void aFrameThatIsCutOffOrTooLongIsRefused(Frame frame) {
    ByteBuffer whole = frame.encode();
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer part = whole.duplicate().limit(length);
      assertThatThrownBy(() -> Frame.decode(part)).isInstanceOf(Frame.BadFrameException.class);
    }
    ByteBuffer more = ByteBuffer.allocate(whole.limit() + 1).put(whole.duplicate()).rewind();
    assertThatThrownBy(() -> Frame.decode(more)).isInstanceOf(Frame.BadFrameException.class);
  }

  @Test
  void whateverTheBytesNothingElseIsThrown() {
    Random random = new Random(7);
    List<Frame> all = frames().toList();
    for (int i = 0; i < 20_000; i++) {
      ByteBuffer bytes = all.get(random.nextInt(all.size())).encode();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
      }
      try {
        Frame.decode(bytes);
      } catch (Frame.BadFrameException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  @Test
  void aLengthIsNotBelieved() {
    ByteBuffer lie = ByteBuffer.allocate(13).put((byte) 24).putShort((short) 1).put((byte) 'x');
    lie.putLong(0).rewind();
    ByteBuffer longer = ByteBuffer.allocate(16).put(lie.array(), 0, 12).putInt(1 << 30).rewind();
    assertThatThrownBy(() -> Frame.decode(longer)).isInstanceOf(Frame.BadFrameException.class);
  }

  @Test
  void onlyFilesThatAllNodesKeepAreNamed() {
    assertThat(Stream.of("register/epoch-1", "snapshots/s", "epoch-0000000001-ab/segment-00"))
        .allMatch(Paths::file);
    assertThat(
            Stream.of(
                "../x",
                "register/../x",
                "/etc/passwd",
                "register",
                "accord/reign-1",
                "incomplete",
                "epoch-1/../../x",
                "epoch-1/tmp-x",
                "epoch-1/spare-1",
                "epoch-1/.x",
                "epoch-1/a/b",
                "presence/x",
                "register/a b"))
        .noneMatch(Paths::file);
  }
}
