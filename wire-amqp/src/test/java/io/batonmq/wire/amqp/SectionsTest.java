package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.DeliveryAnnotations;
import org.apache.qpid.protonj2.types.messaging.Footer;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The scanner reads what another implementation wrote.
class SectionsTest {
  private static final int STRING_MAX = 100;

  @Test
  void randomMessagesAreReadAsTheyWereWritten() {
    for (long seed = 0; seed < 3_000; seed++) {
      RandomMessage message = new RandomMessage(seed);
      byte[] bytes = message.encode();
      Sections sections = Sections.of(bytes, bytes.length, STRING_MAX);
      int expiryAt = sections.expiryAt();
      assertThat(sections).as("seed " + seed).isEqualTo(message.expected(expiryAt));
      assertThat(expiryAt >= 0).as("seed " + seed).isEqualTo(message.expires);
      if (expiryAt >= 0) {
        assertThat(ByteBuffer.wrap(bytes).getLong(expiryAt)).isEqualTo(sections.expiry());
      }
    }
  }

  @Test
  void aPrefixOfAMessageIsNotRead() {
    byte[] bytes = new RandomMessage(11).encode();
    for (int end = 1; end < bytes.length; end++) {
      int cut = end;
      try {
        Sections.of(bytes, cut, STRING_MAX);
      } catch (Malformed expected) {
        assertThat(expected.condition()).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40", // no section
        "005310c0010000", // an Open
        "00537045005370" + "45", // two headers
        "005373450053" + "7045", // header after properties
        "00537740005375a000", // bodies of two kinds
        "005377", // a value that is not there
        "00537040", // a header that is no list
        "00537245", // annotations that are no map
        "005374c1040102a161", // a key that is longer than its map
        "005374c1030141a16141", // more than the map holds
        "00537700000000000000000000", // descriptors of descriptors
        "00537500a0ff", // half a descriptor
        "005373c00501a1ff6161", // a string beyond its list
        "005373d0ffffffff00000001", // a list of four billion bytes
        "0053771f" // no such type
      })
  void aBrokenMessageIsRefused(String hex) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> Sections.of(bytes, bytes.length, STRING_MAX))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void anArrayOfBillionsOfNullsCostsNothing() {
    byte[] bytes =
        java.util.HexFormat.of()
            .parseHex("005374d10000001300000002a16bf00000000" + "57fffffff40" + "40404040");
    org.assertj.core.api.Assertions.assertThatNoException()
        .isThrownBy(() -> assertTook(bytes, Duration.ofSeconds(1)));
    byte[] body = java.util.HexFormat.of().parseHex("005377f0000000057fffffff40");
    assertThat(Sections.of(body, body.length, STRING_MAX).forwardAt()).isZero();
  }

  private static void assertTook(byte[] bytes, Duration most) {
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        most,
        () -> {
          try {
            Sections.of(bytes, bytes.length, STRING_MAX);
          } catch (Malformed fine) {
            assertThat(fine.text()).isNotEmpty();
          }
        });
  }

  @Test
  void duplicateIdsMayStandInAnnotationsToo() {
    MessageAnnotations annotations =
        new MessageAnnotations(new HashMap<>(Map.of(Symbol.valueOf("_AMQ_DUPL_ID"), "once")));
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate();
    write(buffer, annotations);
    write(buffer, new AmqpValue<>("x"));
    byte[] bytes = array(buffer);
    assertThat(Sections.of(bytes, bytes.length, STRING_MAX).duplicateId()).isEqualTo("once");
  }

  private static void write(ProtonBuffer buffer, Object section) {
    Encoder encoder = CodecFactory.getDefaultEncoder();
    encoder.writeObject(buffer, encoder.newEncoderState(), section);
  }

  private static byte[] array(ProtonBuffer buffer) {
    byte[] bytes = new byte[buffer.getReadableBytes()];
    buffer.readBytes(bytes, 0, bytes.length);
    return bytes;
  }

  /// A message made of a seed, and what the scanner should find in it.
  private static final class RandomMessage {
    private final Random random;
    private final List<Object> sections = new ArrayList<>();
    private boolean durable;
    private int priority = 4;
    private long ttl;
    private String messageId;
    private String to;
    private long expiry;
    private String groupId;
    private int groupSequence;
    private String duplicateId;
    private int destination = -1;
    private int forwardFrom;

    RandomMessage(long seed) {
      random = new Random(seed);
      if (random.nextBoolean()) {
        sections.add(header());
      }
      if (random.nextInt(4) == 0) {
        sections.add(new DeliveryAnnotations(symbols()));
      }
      forwardFrom = sections.size();
      if (random.nextBoolean()) {
        sections.add(annotations());
      }
      if (random.nextInt(4) != 0) {
        sections.add(properties());
      }
      if (random.nextBoolean()) {
        sections.add(applicationProperties());
      }
      body();
      if (random.nextInt(4) == 0) {
        sections.add(new Footer(symbols()));
      }
    }

    private Header header() {
      Header header = new Header();
      if (random.nextBoolean()) {
        durable = random.nextBoolean();
        header.setDurable(durable);
      }
      if (random.nextBoolean()) {
        int wire = random.nextInt(256);
        priority = Math.min(9, wire);
        header.setPriority((byte) wire);
      }
      if (random.nextBoolean()) {
        ttl = random.nextInt() & 0xffff_ffffL;
        header.setTimeToLive(ttl);
      }
      if (random.nextBoolean()) {
        header.setDeliveryCount(random.nextInt(1000));
      }
      return header;
    }

    private MessageAnnotations annotations() {
      Map<Symbol, Object> map = symbols();
      if (random.nextBoolean()) {
        destination = random.nextInt(4);
        map.put(Symbol.valueOf("x-opt-jms-dest"), (byte) destination);
      }
      if (random.nextInt(3) == 0) {
        deliveryTime = Math.max(0, whole(map, "x-opt-delivery-time"));
      }
      if (random.nextInt(3) == 0) {
        deliveryDelay = Math.max(0, whole(map, "x-opt-delivery-delay"));
      }
      return new MessageAnnotations(map);
    }

    private Properties properties() {
      Properties properties = new Properties();
      switch (random.nextInt(5)) {
        case 0 -> {
          messageId = text(random.nextInt(STRING_MAX));
          properties.setMessageId(messageId);
        }
        case 1 -> properties.setMessageId(new UUID(random.nextLong(), random.nextLong()));
        case 2 -> properties.setMessageId(UnsignedLong.valueOf(random.nextLong()));
        case 3 -> properties.setMessageId(new Binary(new byte[random.nextInt(300)]));
        default -> {}
      }
      if (random.nextBoolean()) {
        properties.setUserId(new Binary(new byte[random.nextInt(400)]));
      }
      if (random.nextBoolean()) {
        to = text(random.nextInt(STRING_MAX));
        properties.setTo(to);
      } else if (random.nextInt(4) == 0) {
        properties.setTo(text(STRING_MAX + 1 + random.nextInt(400)));
      }
      if (random.nextBoolean()) {
        properties.setSubject(text(random.nextInt(600)));
      }
      if (random.nextBoolean()) {
        properties.setContentType("text/plain");
      }
      if (random.nextBoolean()) {
        expiry = random.nextLong() >>> 1;
        expires = true;
        properties.setAbsoluteExpiryTime(expiry);
      }
      if (random.nextBoolean()) {
        properties.setCreationTime(random.nextLong());
      }
      if (random.nextBoolean()) {
        groupId = text(random.nextInt(STRING_MAX));
        properties.setGroupId(groupId);
      }
      if (random.nextBoolean()) {
        groupSequence = random.nextInt();
        properties.setGroupSequence(groupSequence);
      }
      return properties;
    }

    /// A number of any kind, or something that is none and counts for nothing.
    private long whole(Map<Symbol, Object> map, String name) {
      long number = random.nextLong() >> random.nextInt(64);
      Object value;
      switch (random.nextInt(10)) {
        case 0 -> value = (byte) number;
        case 1 -> value = (short) number;
        case 2 -> value = (int) number;
        case 3 -> value = number;
        case 4 -> value = new Date(number);
        case 5 -> value = UnsignedByte.valueOf((byte) number);
        case 6 -> value = UnsignedShort.valueOf((short) number);
        case 7 -> value = UnsignedInteger.valueOf((int) number);
        case 8 -> value = UnsignedLong.valueOf(number);
        default -> value = "soon";
      }
      map.put(Symbol.valueOf(name), value);
      return switch (value) {
        case UnsignedByte some -> some.intValue();
        case UnsignedShort some -> some.intValue();
        case UnsignedInteger some -> some.longValue();
        case UnsignedLong some -> some.longValue() < 0 ? Long.MAX_VALUE : some.longValue();
        case Number some -> some.longValue();
        case Date some -> some.getTime();
        default -> 0;
      };
    }

    private ApplicationProperties applicationProperties() {
      Map<String, Object> map = new LinkedHashMap<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        map.put(text(1 + random.nextInt(20)), value());
      }
      if (random.nextBoolean()) {
        duplicateId = text(1 + random.nextInt(STRING_MAX - 1));
        map.put("_AMQ_DUPL_ID", duplicateId);
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        map.put(text(21 + random.nextInt(300)), value());
      }
      return new ApplicationProperties(map);
    }

    private void body() {
      switch (random.nextInt(3)) {
        case 0 -> sections.add(new AmqpValue<>(value()));
        case 1 -> {
          for (int i = random.nextInt(3); i >= 0; i--) {
            byte[] bytes = new byte[random.nextInt(2_000)];
            random.nextBytes(bytes);
            sections.add(new Data(bytes));
          }
        }
        default -> {
          for (int i = random.nextInt(3); i >= 0; i--) {
            sections.add(new AmqpSequence<>(new ArrayList<>(Arrays.asList(value(), value()))));
          }
        }
      }
    }

    private Map<Symbol, Object> symbols() {
      Map<Symbol, Object> map = new LinkedHashMap<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        map.put(Symbol.valueOf("x-" + random.nextInt(50)), value());
      }
      return map;
    }

    private Object value() {
      return switch (random.nextInt(14)) {
        case 0 -> random.nextBoolean();
        case 1 -> (byte) random.nextInt();
        case 2 -> (short) random.nextInt();
        case 3 -> random.nextInt();
        case 4 -> random.nextLong();
        case 5 -> random.nextFloat();
        case 6 -> random.nextDouble();
        case 7 -> (char) ('a' + random.nextInt(26));
        case 8 -> new UUID(random.nextLong(), random.nextLong());
        case 9 -> new Date(random.nextLong());
        case 10 -> text(random.nextInt(400));
        case 11 -> new Binary(new byte[random.nextInt(400)]);
        case 12 -> new int[] {1, 2, 3};
        default -> UnsignedLong.valueOf(random.nextLong());
      };
    }

    private String text(int length) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        text.append((char) ('!' + random.nextInt(90)));
      }
      return text.toString();
    }

    byte[] encode() {
      ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate();
      for (int i = 0; i < sections.size(); i++) {
        if (i == forwardFrom) {
          forwardAt = buffer.getReadableBytes();
        }
        write(buffer, sections.get(i));
      }
      return array(buffer);
    }

    private int forwardAt;
    private boolean expires;
    private long deliveryTime;
    private long deliveryDelay;

    /// @param expiryAt where it is said to stand
    Sections expected(int expiryAt) {
      return new Sections(
          forwardAt,
          durable,
          priority,
          ttl,
          messageId,
          to,
          expiry,
          expiryAt,
          deliveryTime,
          deliveryDelay,
          groupId,
          groupSequence,
          duplicateId,
          destination);
    }
  }
}
