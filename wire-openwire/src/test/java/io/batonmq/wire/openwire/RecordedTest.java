package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.session.Command;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What stock clients have said, said again: as it was, and changed by chance. A changed conversation may end, but never
/// by an error of ours, and no class that it names is ever touched.
class RecordedTest {
  /// Changed frames. `-Dbaton.fuzz=1000000` is the long form: `scripts/long-checks`.
  private static final int FRAMES = Integer.getInteger("baton.fuzz", 20_000);

  private static final List<Recorded> ALL = Recorded.all();

  /// A name as it stands in a frame: text that is there, its length, its bytes.
  private static final byte[] CANARY = named(FuzzTest.Canary.class.getName());

  private static byte[] named(String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(3 + text.length)
        .put((byte) 1)
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  @Test
  void everyVersionAndEncodingOfBothLinesIsThere() {
    for (var client : List.of("5.19.9", "6.3.1")) {
      for (int version = 9; version <= 12; version++) {
        for (boolean tight : new boolean[] {true, false}) {
          var name = client + "-v" + version + (tight ? "-tight" : "-loose");
          var some = ALL.stream().filter(one -> one.name().startsWith(name + ".")).toList();
          assertThat(some).as(name).isNotEmpty();
          for (var one : some) {
            assertThat(one.coding().version()).as(one.name()).isEqualTo(version);
            assertThat(one.coding().tight()).as(one.name()).isEqualTo(tight);
          }
        }
      }
    }
  }

  @Test
  void whatClientsSaidIsUnderstoodAndEveryQuestionAnswered() {
    var commands = new TreeSet<String>();
    for (var one : ALL) {
      var run = new FuzzTest.Run();
      one.ofClient().forEach(run::receive);
      assertThat(String.valueOf(run.reason)).as(one.name()).isIn("null", "");
      var answered = answers(run.written, one.coding());
      assertThat(answered).as(one.name()).containsAll(asked(one, run.reason != null));
      run.commands.forEach(command -> commands.add(command.getSimpleName()));
    }
    assertThat(commands)
        .contains(
            names(
                Command.Connect.class,
                Command.OpenProducer.class,
                Command.OpenConsumer.class,
                Command.Send.class,
                Command.SendFragment.class,
                Command.Credit.class,
                Command.Begin.class,
                Command.End.class,
                Command.BeginBranch.class,
                Command.EndBranch.class,
                Command.Recover.class,
                Command.MakeTemporary.class,
                Command.CloseLink.class,
                Command.Disconnect.class));
    // What a client says of its own after a failover.
    assertThat(ALL)
        .anyMatch(one ->
            one.ofClient().stream()
                .anyMatch(frame -> frame[Integer.BYTES] == Type.RESPONSE.code()));
  }

  private static String[] names(Class<?>... types) {
    return Arrays.stream(types).map(Class::getSimpleName).toArray(String[]::new);
  }

  /// The numbers of the commands that want an answer; all, or those that got one when they were recorded.
  private static Set<Integer> asked(Recorded one, boolean toItsEnd) {
    var asked = new TreeSet<Integer>();
    for (var struct : structs(one.ofClient(), one.coding())) {
      if (struct.type().has(Field.RESPONSE_REQUIRED) && struct.flag(Field.RESPONSE_REQUIRED)) {
        asked.add(struct.number(Field.COMMAND_ID));
      }
    }
    if (!toItsEnd) {
      asked.retainAll(answers(one.ofBroker(), one.coding()));
    }
    return asked;
  }

  private static Set<Integer> answers(List<byte[]> frames, Coding coding) {
    var answers = new TreeSet<Integer>();
    for (var struct : structs(frames, coding)) {
      if (struct.type().has(Field.CORRELATION_ID)
          && struct.type().has(Field.COMMAND_ID)
          && !struct.type().isMessage()) {
        answers.add(struct.number(Field.CORRELATION_ID));
      }
    }
    return answers;
  }

  private static List<Struct> structs(List<byte[]> frames, Coding coding) {
    var recall = new Recall(4 << 20);
    var structs = new ArrayList<Struct>();
    for (var frame : frames) {
      var struct = Recorded.struct(frame, structs.isEmpty() ? Coding.FIRST : coding, recall);
      if (struct != null) {
        structs.add(struct);
      }
    }
    return structs;
  }

  @Test
  void changedConversationsNeverBringTheEngineDown() {
    int changed = 0;
    for (long seed = 0; changed < FRAMES; seed++) {
      changed += play(seed);
    }
    assertThat(FuzzTest.touched).isFalse();
  }

  /// What brokers say comes to the same reader where tests use it, and a client may send anything.
  @Test
  void changedFramesOfTheBrokerAreReadOrRefused() {
    for (long seed = 0; seed < FRAMES; seed++) {
      var random = new Random(seed);
      var one = ALL.get(random.nextInt(ALL.size()));
      var frames = one.ofBroker();
      var frame = changed(frames.get(random.nextInt(frames.size())), random);
      try {
        Recorded.struct(frame, one.coding(), new Recall(1 << 16));
      } catch (Malformed refused) {
        assertThat(refused.text()).as("seed " + seed).isNotEmpty();
      }
    }
    assertThat(FuzzTest.touched).isFalse();
  }

  /// @return how many frames were changed
  private static int play(long seed) {
    var random = new Random(seed);
    var frames = new ArrayDeque<>(ALL.get(random.nextInt(ALL.size())).ofClient());
    int count = frames.size();
    int first = random.nextInt(count);
    int changes = 0;
    var run = new FuzzTest.Run();
    for (int i = 0; i < count && run.reason == null; i++) {
      var frame = frames.remove();
      if (i == first || random.nextInt(30) == 0) {
        changes++;
        switch (random.nextInt(8)) {
          // Once more, later, or what another client said.
          case 0 -> run.receive(frame);
          case 1 -> {
            frames.addLast(frame);
            continue;
          }
          case 2 -> {
            var others = ALL.get(random.nextInt(ALL.size())).ofClient();
            frame = others.get(random.nextInt(others.size()));
          }
          default -> frame = changed(frame, random);
        }
      }
      if (random.nextInt(50) == 0) {
        int cut = random.nextInt(frame.length + 1);
        run.receive(Arrays.copyOfRange(frame, 0, cut));
        frame = Arrays.copyOfRange(frame, cut, frame.length);
      }
      run.receive(frame);
    }
    assertThat(String.valueOf(run.reason)).as("seed " + seed).doesNotContain("internal error");
    run.engine.lost(run.now());
    return changes;
  }

  /// With other bytes, other numbers, less of it, more of it, or the name of a class in it.
  private static byte[] changed(byte[] frame, Random random) {
    int at = Integer.BYTES + random.nextInt(frame.length - Integer.BYTES);
    var bytes = frame.clone();
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      case 2 -> {
        byte[] extremes = {0, -1, Byte.MAX_VALUE, Byte.MIN_VALUE};
        int to = Math.min(bytes.length, at + 1 + random.nextInt(8));
        Arrays.fill(bytes, at, to, extremes[random.nextInt(extremes.length)]);
      }
      case 3 -> bytes = framed(frame, at, new byte[0], frame.length);
      case 4 -> {
        var some = new byte[random.nextInt(64)];
        random.nextBytes(some);
        bytes = framed(frame, at, some, at);
      }
      default -> bytes = framed(frame, at, CANARY, Math.min(frame.length, at + random.nextInt(64)));
    }
    return bytes;
  }

  /// A frame up to a place, something else, and the frame from another place on, with its right length.
  private static byte[] framed(byte[] frame, int to, byte[] some, int from) {
    var bytes = new byte[to + some.length + frame.length - from];
    System.arraycopy(frame, 0, bytes, 0, to);
    System.arraycopy(some, 0, bytes, to, some.length);
    System.arraycopy(frame, from, bytes, to + some.length, frame.length - from);
    ByteBuffer.wrap(bytes).putInt(bytes.length - Integer.BYTES);
    return bytes;
  }
}
