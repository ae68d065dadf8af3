package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.util.ByteSequence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The table of structures, against the codec of `activemq-client`: what either writes, the other reads, and
/// writes again as the same bytes. Structures are made by chance from a seed; each type, in each version, tight and
/// loose.
class OracleTest {
  private static final int ROUNDS = 40;
  private static final int DEPTH = 3;

  /// Which that codec makes into something else on the way: a WireFormatInfo is not written by it in a version beyond
  /// its own, a BrokerSubscriptionInfo is there from version 12 on.
  private static final Set<Type> APART = EnumSet.of(Type.BROKER_SUBSCRIPTION_INFO);

  static Stream<Coding> codings() {
    List<Coding> codings = new ArrayList<>();
    for (int version = Type.VERSION_MIN; version <= Type.VERSION_MAX; version++) {
      for (boolean tight : new boolean[] {true, false}) {
        codings.add(new Coding(version, tight, false, false));
      }
    }
    return codings.stream();
  }

  @ParameterizedTest
  @MethodSource("codings")
  void whatIsWrittenHereIsReadThereAndWrittenAgainAsTheSame(Coding coding) throws IOException {
    var format = format(coding);
    for (Type type : Type.values()) {
      if (APART.contains(type)) {
        continue;
      }
      for (int seed = 0; seed < ROUNDS; seed++) {
        var struct = made(type, new Random(seed * 1_000L + type.code()), coding.version(), 0);
        byte[] ours = Encoder.encode(struct, coding);
        var read = (DataStructure) format.unmarshal(framed(ours));
        assertThat(read.getDataStructureType())
            .as(type + " seed " + seed)
            .isEqualTo((byte) type.code());
        byte[] theirs = unframed(format.marshal(read));
        var again = Decoder.read(theirs, 0, theirs.length, coding, null, _ -> true);
        assertThat(again).isNotNull();
        assertThat(differences(struct, again, coding))
            .as(type + " seed " + seed + " " + coding)
            .isEmpty();
        assertThat(Encoder.encode(again, coding)).as(type + " seed " + seed).isEqualTo(theirs);
      }
    }
  }

  /// What that codec caches, it names by numbers afterwards.
  @ParameterizedTest
  @MethodSource("codings")
  void whatIsCachedThereIsRecalledHere(Coding coding) throws IOException {
    var caching = new Coding(coding.version(), coding.tight(), true, false);
    var format = format(coding);
    format.setCacheEnabled(true);
    var plain = format(coding);
    var recall = new Recall(1 << 20);
    for (int round = 0; round < 200; round++) {
      var struct = made(Type.MESSAGE_DISPATCH, new Random(round % 20), coding.version(), 0);
      var object = plain.unmarshal(framed(Encoder.encode(struct, coding)));
      byte[] bytes = unframed(format.marshal(object));
      var read = Decoder.read(bytes, 0, bytes.length, caching, recall, _ -> true);
      assertThat(read).isNotNull();
      assertThat(differences(struct, read, coding)).as("round " + round).isEmpty();
      // And what we write where caches are agreed on is read there.
      var back = (DataStructure) format.unmarshal(framed(Encoder.encode(struct, caching)));
      byte[] theirs = unframed(plain.marshal(back));
      var again = Decoder.read(theirs, 0, theirs.length, coding, null, _ -> true);
      assertThat(again).isNotNull();
      assertThat(differences(struct, again, coding)).isEmpty();
    }
  }

  /// The fields that are not the same.
  private static List<String> differences(Struct one, Struct other, Coding coding) {
    List<String> found = new ArrayList<>();
    if (one.type() != other.type()) {
      return List.of(one.type() + " is " + other.type());
    }
    for (int i = 0; i < one.type().slots().size(); i++) {
      var slot = one.type().slots().get(i);
      if (slot.since() > coding.version()) {
        continue;
      }
      var mine = one.value(i);
      var theirs = other.value(i);
      if (mine instanceof Struct nested && theirs instanceof Struct match) {
        differences(nested, match, coding).forEach(inner -> found.add(slot.field() + "." + inner));
      } else if (mine instanceof List<?> list && theirs instanceof List<?> match) {
        if (list.size() != match.size()) {
          found.add(slot.field() + " has another length");
        }
      } else if (!java.util.Objects.deepEquals(mine, theirs)) {
        found.add(slot.field() + " " + mine + " is " + theirs);
      }
    }
    return found;
  }

  private static OpenWireFormat format(Coding coding) {
    var format = new OpenWireFormat(coding.version());
    format.setTightEncodingEnabled(coding.tight());
    format.setCacheEnabled(false);
    format.setStackTraceEnabled(false);
    format.setSizePrefixDisabled(false);
    return format;
  }

  private static ByteSequence framed(byte[] body) {
    return new ByteSequence(new Bytes(body.length + 4).int32(body.length).raw(body).array());
  }

  private static byte[] unframed(ByteSequence bytes) {
    return Arrays.copyOfRange(
        bytes.getData(), bytes.getOffset() + 4, bytes.getOffset() + bytes.getLength());
  }

  private static Struct made(Type type, Random random, int version, int depth) {
    var struct = new Struct(type);
    for (var slot : type.slots()) {
      if (slot.since() <= version) {
        struct.with(slot.field(), value(type, slot, random, version, depth));
      }
    }
    return struct;
  }

  private static @Nullable Object value(
      Type type, Type.Slot slot, Random random, int version, int depth) {
    boolean absent = random.nextInt(4) == 0;
    return switch (slot.kind()) {
      case BOOLEAN -> random.nextBoolean();
      // Others are made 0 or 9 there.
      case BYTE ->
          slot.field() == Field.PRIORITY ? random.nextInt(10) : (int) (byte) random.nextInt();
      case INT -> type == Type.WIRE_FORMAT_INFO ? version : random.nextInt();
      case LONG ->
          switch (random.nextInt(5)) {
            case 0 -> 0L;
            case 1 -> (long) random.nextInt(0x10000);
            case 2 -> Integer.toUnsignedLong(random.nextInt());
            default -> random.nextLong();
          };
      // A MIME type is never absent there.
      case STRING ->
          needsText(type) || slot.field() == Field.MIME_TYPE || !absent ? text(type, random) : null;
      case BYTES ->
          type == Type.WIRE_FORMAT_INFO
              ? Primitives.encode(java.util.Map.of("a", 1))
              : absent && !needsText(type) ? null : bytes(random);
      case MAGIC -> "ActiveMQ".getBytes(StandardCharsets.US_ASCII);
      case NESTED, CACHED -> {
        if (slot.field() == Field.ADDITIONAL_PREDICATE) {
          // A filter of broker networks, which is in no table here.
          yield null;
        }
        var inner = of(slot.group(), random);
        yield depth >= DEPTH || (absent && !isNeeded(slot.field()))
            ? null
            : made(inner, random, version, depth + 1);
      }
      case ARRAY -> {
        if (absent || depth >= DEPTH) {
          yield null;
        }
        var structs = new ArrayList<Struct>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
          structs.add(made(of(slot.group(), random), random, version, depth + 1));
        }
        yield structs;
      }
      case FAULT ->
          absent ? null : new Fault("java.lang.IllegalStateException", "m" + random.nextInt());
    };
  }

  /// Ids whose text is absent are none that the other codec can work with.
  private static boolean needsText(Type type) {
    return type.code() >= 100;
  }

  private static boolean isNeeded(Field field) {
    return field == Field.PRODUCER_ID
        || field == Field.CONNECTION_ID
        || field == Field.MESSAGE_ID
        || field == Field.SUBSCRIBED_DESTINATION
        || field == Field.DESTINATION;
  }

  private static Type of(Group group, Random random) {
    if (group == Group.ANY) {
      return Type.CONSUMER_INFO;
    }
    var all = Stream.of(Type.values()).filter(group::has).toList();
    return all.get(random.nextInt(all.size()));
  }

  private static String text(Type type, Random random) {
    if (type.code() >= 100) {
      return "ID:host-" + random.nextInt(1000) + "-" + random.nextInt(1000);
    }
    return switch (random.nextInt(3)) {
      case 0 -> "";
      case 1 -> "ascii" + random.nextInt();
      default -> "\u00e4\u20ac\0\ud83d\ude00" + random.nextInt();
    };
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(100)];
    random.nextBytes(bytes);
    return bytes;
  }
}
