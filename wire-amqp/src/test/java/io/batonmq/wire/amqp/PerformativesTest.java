package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.codec.CodecFactory;
import org.apache.qpid.protonj2.codec.Encoder;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Modified;
import org.apache.qpid.protonj2.types.messaging.Outcome;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.messaging.TerminusDurability;
import org.apache.qpid.protonj2.types.messaging.TerminusExpiryPolicy;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transport.Attach;
import org.apache.qpid.protonj2.types.transport.Begin;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.Detach;
import org.apache.qpid.protonj2.types.transport.Disposition;
import org.apache.qpid.protonj2.types.transport.Flow;
import org.apache.qpid.protonj2.types.transport.Open;
import org.apache.qpid.protonj2.types.transport.Performative;
import org.apache.qpid.protonj2.types.transport.ReceiverSettleMode;
import org.apache.qpid.protonj2.types.transport.Role;
import org.apache.qpid.protonj2.types.transport.SenderSettleMode;
import org.apache.qpid.protonj2.types.transport.Transfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What another implementation writes is read as it was meant; what nobody should write is refused.
class PerformativesTest {
  private final Performatives performatives = new Performatives(AmqpLimits.standard());

  private Performative read(byte[] bytes) {
    return performatives.read(Described.read(bytes, 0, bytes.length));
  }

  @Test
  void randomPerformativesAreReadAsTheyWereWritten() {
    Encoder encoder = CodecFactory.getDefaultEncoder();
    for (long seed = 0; seed < 5_000; seed++) {
      Performative written = new Maker(seed).make();
      ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate();
      encoder.writeObject(buffer, encoder.newEncoderState(), written);
      byte[] bytes = new byte[buffer.getReadableBytes()];
      buffer.readBytes(bytes, 0, bytes.length);
      assertThat(read(bytes).toString()).as("seed " + seed).isEqualTo(written.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "amqp:decode-error,005310d0ffffffff00000001",
    "amqp:decode-error,0053",
    "amqp:decode-error,00531040",
    "amqp:decode-error,005399c00100",
    "amqp:decode-error,00539945",
    "amqp:decode-error,00a3ff6162",
    "amqp:decode-error,005310c0040152" + "0540", // container id that is a number
    "amqp:invalid-field,00531045", // no container id
    "amqp:invalid-field,005310c00801a1016140" + "700000" + "01", // trailing garbage in the list
    "amqp:invalid-field,005310c00b03a10161407000000080", // max-frame-size 128
    "amqp:invalid-field,005311c00902600007" + "43434343", // remote-channel
    "amqp:invalid-field,005312c00d0aa1016143425003" + "404040404343", // snd-settle-mode 3
    "amqp:invalid-field,005315c00a0341" + "70000000055204", // range backwards
    "amqp:decode-error,005314c0040152" + "00ff", // not a transfer
    "amqp:decode-error,0000000000000000005310c00100"
  })
  void aBrokenOneIsRefused(String condition, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(Malformed.class)
        .satisfies(thrown ->
            assertThat(((Malformed) thrown).condition().toString())
                .isIn(condition, "amqp:decode-error", "amqp:invalid-field"));
  }

  @Test
  void aNameThatIsTooLongIsTooMuch() {
    Attach attach = new Attach();
    attach.setName("x".repeat(2049));
    attach.setHandle(0);
    attach.setRole(Role.RECEIVER);
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate();
    Encoder encoder = CodecFactory.getDefaultEncoder();
    encoder.writeObject(buffer, encoder.newEncoderState(), attach);
    byte[] bytes = new byte[buffer.getReadableBytes()];
    buffer.readBytes(bytes, 0, bytes.length);
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(
            Malformed.class,
            malformed ->
                assertThat(malformed.condition()).hasToString("amqp:resource-limit-exceeded"));
  }

  /// A performative made of a seed, with the fields that are read here.
  private static final class Maker {
    private final Random random;

    Maker(long seed) {
      random = new Random(seed);
    }

    Performative make() {
      return switch (random.nextInt(7)) {
        case 0 -> open();
        case 1 -> begin();
        case 2 -> attach();
        case 3 -> flow();
        case 4 -> transfer();
        case 5 -> disposition();
        default -> new Detach().setHandle(uint()).setClosed(random.nextBoolean());
      };
    }

    private long uint() {
      return switch (random.nextInt(3)) {
        case 0 -> 0;
        case 1 -> random.nextInt(256);
        default -> random.nextInt() & 0xffff_ffffL;
      };
    }

    private String text() {
      return "t".repeat(random.nextInt(300)) + random.nextInt(1000);
    }

    private Open open() {
      Open open = new Open();
      open.setContainerId(text());
      if (random.nextBoolean()) {
        open.setHostname(text());
      }
      if (random.nextBoolean()) {
        open.setMaxFrameSize(512 + random.nextInt(1 << 30));
      }
      open.setChannelMax(random.nextInt(65536));
      if (random.nextBoolean()) {
        open.setIdleTimeout(1 + random.nextInt(1 << 30));
      }
      if (random.nextBoolean()) {
        open.setDesiredCapabilities(Names.SOLE_CONNECTION, Names.SHARED_SUBS);
      }
      return open;
    }

    private Begin begin() {
      Begin begin = new Begin();
      begin.setNextOutgoingId(uint());
      begin.setIncomingWindow(uint());
      begin.setOutgoingWindow(uint());
      begin.setHandleMax(uint());
      return begin;
    }

    private Attach attach() {
      Attach attach = new Attach();
      attach.setName(text());
      attach.setHandle(uint());
      attach.setRole(random.nextBoolean() ? Role.SENDER : Role.RECEIVER);
      attach.setSenderSettleMode(SenderSettleMode.values()[random.nextInt(3)]);
      attach.setReceiverSettleMode(ReceiverSettleMode.values()[random.nextInt(2)]);
      if (random.nextBoolean()) {
        attach.setSource(source());
      }
      if (random.nextBoolean()) {
        Target target = new Target();
        target.setAddress(random.nextBoolean() ? text() : null);
        target.setDynamic(random.nextBoolean());
        if (random.nextBoolean()) {
          target.setCapabilities(Names.TOPIC);
        }
        attach.setTarget(target);
      }
      if (attach.getRole() == Role.SENDER) {
        attach.setInitialDeliveryCount(uint());
      }
      if (random.nextBoolean()) {
        attach.setMaxMessageSize(UnsignedLong.valueOf(1 + random.nextLong(1L << 40)));
      }
      return attach;
    }

    private Source source() {
      Source source = new Source();
      source.setAddress(random.nextBoolean() ? text() : null);
      source.setDurable(TerminusDurability.values()[random.nextInt(3)]);
      source.setExpiryPolicy(TerminusExpiryPolicy.values()[random.nextInt(4)]);
      source.setDynamic(random.nextBoolean());
      if (random.nextBoolean()) {
        source.setDistributionMode(Names.COPY);
      }
      if (random.nextBoolean()) {
        source.setDefaultOutcome(outcome());
      }
      if (random.nextBoolean()) {
        source.setOutcomes(Accepted.DESCRIPTOR_SYMBOL, Modified.DESCRIPTOR_SYMBOL);
      }
      if (random.nextBoolean()) {
        source.setCapabilities(Names.TOPIC, Names.SHARED, Names.GLOBAL);
      }
      return source;
    }

    private Flow flow() {
      Flow flow = new Flow();
      if (random.nextBoolean()) {
        flow.setNextIncomingId(uint());
      }
      flow.setIncomingWindow(uint());
      flow.setNextOutgoingId(uint());
      flow.setOutgoingWindow(uint());
      if (random.nextBoolean()) {
        flow.setHandle(uint());
      }
      flow.setDeliveryCount(uint());
      flow.setLinkCredit(uint());
      flow.setDrain(random.nextBoolean());
      flow.setEcho(random.nextBoolean());
      return flow;
    }

    private Transfer transfer() {
      Transfer transfer = new Transfer();
      transfer.setHandle(uint());
      if (random.nextBoolean()) {
        transfer.setDeliveryId(uint());
        byte[] tag = new byte[random.nextInt(33)];
        random.nextBytes(tag);
        transfer.setDeliveryTag(tag);
        transfer.setMessageFormat(uint());
      }
      transfer.setSettled(random.nextBoolean());
      transfer.setMore(random.nextBoolean());
      if (random.nextBoolean()) {
        transfer.setState(state());
      }
      transfer.setAborted(random.nextBoolean());
      return transfer;
    }

    private Disposition disposition() {
      Disposition disposition = new Disposition();
      disposition.setRole(random.nextBoolean() ? Role.SENDER : Role.RECEIVER);
      long first = uint();
      disposition.setFirst(first);
      if (random.nextBoolean()) {
        disposition.setLast((first + random.nextInt(1000)) & 0xffff_ffffL);
      }
      disposition.setSettled(random.nextBoolean());
      if (random.nextBoolean()) {
        disposition.setState(state());
      }
      return disposition;
    }

    private DeliveryState state() {
      if (random.nextInt(3) > 0) {
        return (DeliveryState) outcome();
      }
      TransactionalState state = new TransactionalState();
      state.setTxnId(new Binary(new byte[] {1, 2, 3}));
      if (random.nextBoolean()) {
        state.setOutcome(outcome());
      }
      return state;
    }

    private Outcome outcome() {
      return switch (random.nextInt(4)) {
        case 0 -> Accepted.getInstance();
        case 1 -> Released.getInstance();
        case 2 -> new Rejected();
        default -> new Modified(random.nextBoolean(), random.nextBoolean());
      };
    }
  }

  @Test
  void theFiltersThatExistAreReadAndOthersLeftOut() {
    Map<Symbol, Object> filter = new LinkedHashMap<>();
    filter.put(Symbol.valueOf("jms-selector"), described(Termini.SELECTOR, "colour = 'blue'"));
    filter.put(Symbol.valueOf("no-local"), described(Termini.NO_LOCAL, "x"));
    filter.put(Symbol.valueOf("other"), described(UnsignedLong.valueOf(77), "x"));
    Source source = new Source();
    source.setAddress("a");
    source.setFilter(filter);
    Attach attach = new Attach();
    attach.setName("n");
    attach.setHandle(0);
    attach.setRole(Role.RECEIVER);
    attach.setSource(source);
    ProtonBuffer buffer = ProtonBufferAllocator.defaultAllocator().allocate();
    Encoder encoder = CodecFactory.getDefaultEncoder();
    encoder.writeObject(buffer, encoder.newEncoderState(), attach);
    byte[] bytes = new byte[buffer.getReadableBytes()];
    buffer.readBytes(bytes, 0, bytes.length);
    Map<Symbol, ?> read = ((Attach) read(bytes)).getSource().getFilter();
    assertThat(read).containsOnlyKeys(Symbol.valueOf("jms-selector"), Symbol.valueOf("no-local"));
  }

  private static Object described(UnsignedLong descriptor, String value) {
    return new org.apache.qpid.protonj2.types.UnknownDescribedType(descriptor, value);
  }
}
