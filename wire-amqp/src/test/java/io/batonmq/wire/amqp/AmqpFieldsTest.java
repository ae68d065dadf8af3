package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.codec.CodecFactory;
import org.apache.qpid.protonj2.codec.Encoder;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedByte;
import org.apache.qpid.protonj2.types.UnsignedInteger;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.UnsignedShort;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.junit.jupiter.api.Test;

/// What a selector sees of a message that another implementation wrote, or that nobody should have written.
class AmqpFieldsTest {
  private static final Set<String> HEADERS =
      Set.of(
          "JMSMessageID",
          "AMQUserID",
          "JMSXUserID",
          "JMSDestination",
          "JMSType",
          "JMSReplyTo",
          "JMSCorrelationID",
          "JMSTimestamp",
          "AMQTimestamp");

  private static byte[] encode(Object... sections) {
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate();
    Encoder encoder = CodecFactory.getDefaultEncoder();
    for (Object section : sections) {
      encoder.writeObject(buffer, encoder.newEncoderState(), section);
    }
    byte[] bytes = new byte[buffer.getReadableBytes()];
    buffer.readBytes(bytes, 0, bytes.length);
    return bytes;
  }

  private static Map<String, Object> read(byte[] bytes, String... names) {
    return AmqpFields.INSTANCE.extract(bytes, Set.of(names));
  }

  private static ApplicationProperties properties(Map<String, Object> map) {
    return new ApplicationProperties(new LinkedHashMap<>(map));
  }

  private static Properties all() {
    Properties properties = new Properties();
    properties.setMessageId("ID:x-1");
    properties.setUserId(new Binary("alice".getBytes(StandardCharsets.UTF_8)));
    properties.setTo("orders");
    properties.setSubject("urgent");
    properties.setReplyTo("answers");
    properties.setCorrelationId("c-7");
    properties.setContentType("text/plain");
    properties.setAbsoluteExpiryTime(99);
    properties.setCreationTime(1_234_567L);
    properties.setGroupId("g");
    return properties;
  }

  @Test
  void headersHaveTheNamesThatJmsGivesThem() {
    byte[] bytes =
        encode(
            new MessageAnnotations(new LinkedHashMap<>(Map.of(Symbol.valueOf("x-opt-a"), 1))),
            all(),
            properties(Map.of("colour", "red")),
            new AmqpValue<>("body"));
    assertThat(AmqpFields.INSTANCE.extract(bytes, HEADERS))
        .containsOnly(
            Map.entry("JMSMessageID", "ID:x-1"),
            Map.entry("AMQUserID", "ID:x-1"),
            Map.entry("JMSXUserID", "alice"),
            Map.entry("JMSDestination", "orders"),
            Map.entry("JMSType", "urgent"),
            Map.entry("JMSReplyTo", "answers"),
            Map.entry("JMSCorrelationID", "c-7"),
            Map.entry("JMSTimestamp", 1_234_567L),
            Map.entry("AMQTimestamp", 1_234_567L));
    assertThat(read(bytes, "colour")).containsOnly(Map.entry("colour", "red"));
    assertThat(read(bytes, "nothing")).isEmpty();
  }

  @Test
  void whatIsNotThereIsAbsent() {
    assertThat(AmqpFields.INSTANCE.extract(encode(new AmqpValue<>("x")), HEADERS)).isEmpty();
    Properties few = new Properties();
    few.setSubject("s");
    assertThat(AmqpFields.INSTANCE.extract(encode(few), HEADERS))
        .containsOnly(Map.entry("JMSType", "s"));
    assertThat(AmqpFields.INSTANCE.extract(new byte[0], HEADERS)).isEmpty();
  }

  @Test
  void idsOfEveryTypeLookAsJmsClientsShowThem() {
    UUID uuid = new UUID(1, -2);
    assertThat(id("ID:a")).isEqualTo("ID:a");
    assertThat(id("a")).isEqualTo("ID:AMQP_NO_PREFIX:a");
    assertThat(id("ID:AMQP_UUID:a")).isEqualTo("ID:AMQP_STRING:ID:AMQP_UUID:a");
    assertThat(id(uuid)).isEqualTo("ID:AMQP_UUID:" + uuid);
    assertThat(id(UnsignedLong.valueOf(-1))).isEqualTo("ID:AMQP_ULONG:18446744073709551615");
    assertThat(id(UnsignedLong.valueOf(200))).isEqualTo("ID:AMQP_ULONG:200");
    assertThat(id(UnsignedLong.valueOf(0))).isEqualTo("ID:AMQP_ULONG:0");
    assertThat(id(new Binary(new byte[] {1, (byte) 0xab}))).isEqualTo("ID:AMQP_BINARY:01AB");
    Properties properties = new Properties();
    properties.setCorrelationId("plain");
    assertThat(read(encode(properties), "JMSCorrelationID")).containsValue("plain");
  }

  private static Object id(Object id) {
    Properties properties = new Properties();
    properties.setMessageId(id);
    return read(encode(properties), "JMSMessageID").get("JMSMessageID");
  }

  @Test
  void propertiesOfEveryTypeThatSelectorsKnow() {
    Map<String, Object> sent = new LinkedHashMap<>();
    sent.put("yes", true);
    sent.put("no", false);
    sent.put("byte", (byte) -5);
    sent.put("short", (short) -500);
    sent.put("int", -70_000);
    sent.put("small", 7);
    sent.put("long", 1L << 40);
    sent.put("ubyte", UnsignedByte.valueOf((byte) 200));
    sent.put("ushort", UnsignedShort.valueOf((short) 60_000));
    sent.put("uint", UnsignedInteger.valueOf(-1));
    sent.put("ulong", UnsignedLong.valueOf(1L << 50));
    sent.put("float", 1.5f);
    sent.put("double", -2.25);
    sent.put("time", new Date(77));
    sent.put("string", "é");
    sent.put("symbol", Symbol.valueOf("s"));
    Map<String, Object> odd = new LinkedHashMap<>(sent);
    odd.put("uuid", new UUID(1, 2));
    odd.put("char", 'c');
    odd.put("binary", new Binary(new byte[] {1}));
    odd.put("huge", UnsignedLong.valueOf(-1));
    odd.put("null", null);
    Map<String, Object> read =
        AmqpFields.INSTANCE.extract(encode(properties(odd)), Set.copyOf(odd.keySet()));
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("yes", true);
    expected.put("no", false);
    expected.put("byte", -5L);
    expected.put("short", -500L);
    expected.put("int", -70_000L);
    expected.put("small", 7L);
    expected.put("long", 1L << 40);
    expected.put("ubyte", 200L);
    expected.put("ushort", 60_000L);
    expected.put("uint", 0xffff_ffffL);
    expected.put("ulong", 1L << 50);
    expected.put("float", 1.5);
    expected.put("double", -2.25);
    expected.put("time", 77L);
    expected.put("string", "é");
    expected.put("symbol", "s");
    assertThat(read).isEqualTo(expected);
  }

  @Test
  void aPropertyCannotPretendToBeAHeader() {
    byte[] bytes = encode(properties(Map.of("JMSType", "forged", "JMSPriority", 9)));
    assertThat(read(bytes, "JMSType", "other")).isEmpty();
  }

  @Test
  void ofTwoPropertiesOfOneNameTheFirstCounts() {
    byte[] bytes = HexFormat.of().parseHex("005374c10d04a10161" + "5401" + "a10161" + "5402");
    bytes[4] = (byte) (bytes.length - 5);
    assertThat(read(bytes, "a")).containsOnly(Map.entry("a", 1L));
  }

  @Test
  void whatIsTooLongOrTooFarInIsAbsent() {
    byte[] longText = encode(properties(Map.of("a", "x".repeat(AmqpFields.STRING_MAX + 1))));
    assertThat(read(longText, "a")).isEmpty();
    Map<String, Object> many = new LinkedHashMap<>();
    many.put("first", 1);
    for (int i = 0; many.size() * 20 < AmqpFields.PROPERTIES_MAX * 2; i++) {
      many.put("some property number " + i, i);
    }
    many.put("last", 2);
    assertThat(read(encode(properties(many)), "first", "last"))
        .containsOnly(Map.entry("first", 1L));
  }

  @Test
  void aBrokenSectionHidesWhatComesAfterIt() {
    byte[] good = encode(all(), properties(Map.of("colour", "red")));
    byte[] cut = Arrays.copyOf(good, good.length - 3);
    assertThat(read(cut, "JMSType", "colour")).containsOnly(Map.entry("JMSType", "urgent"));
    for (String hex :
        List.of(
            "40",
            "0053",
            "005373c1010040",
            "005374d1ffffffff00000001",
            "005374c1040102a161",
            "005374c103014040",
            "00537400000000000000000000",
            "005373c00302" + "a1ff")) {
      assertThat(read(HexFormat.of().parseHex(hex), "JMSMessageID", "a")).as(hex).isEmpty();
    }
  }

  @Test
  void whateverTheBytesAreNothingIsThrown() {
    Random random = new Random(7);
    List<byte[]> samples = new ArrayList<>();
    samples.add(
        encode(all(), properties(Map.of("a", 1, "b", "two", "c", 3.0)), new AmqpValue<>(1)));
    samples.add(
        encode(
            new MessageAnnotations(new LinkedHashMap<>(Map.of(Symbol.valueOf("k"), "v"))),
            all(),
            properties(Map.of("a", new UUID(3, 4), "b", true))));
    Set<String> names = Set.of("JMSMessageID", "JMSXUserID", "JMSTimestamp", "a", "b", "c");
    int found = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      Map<String, Object> read = AmqpFields.INSTANCE.extract(bytes, names);
      assertThat(names.containsAll(read.keySet())).isTrue();
      for (Object value : read.values()) {
        assertThat(
                value instanceof String
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean)
            .isTrue();
      }
      found += read.size();
    }
    assertThat(found).isGreaterThan(100_000);
  }

  @Test
  void aMessageFullOfPropertiesCostsNoMoreThanItsBeginning() {
    byte[] entry = HexFormat.of().parseHex("a1016140");
    byte[] bytes = new byte[12 + entry.length * 2_000_000];
    byte[] head = HexFormat.of().parseHex("005374d1");
    System.arraycopy(head, 0, bytes, 0, 4);
    int size = bytes.length - 8;
    for (int i = 0; i < 4; i++) {
      bytes[4 + i] = (byte) (size >>> (24 - 8 * i));
    }
    for (int at = 12; at < bytes.length; at += entry.length) {
      System.arraycopy(entry, 0, bytes, at, entry.length);
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 1_000; i++) {
            assertThat(read(bytes, "zz")).isEmpty();
          }
        });
  }
}
