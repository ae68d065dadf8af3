package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.CoreMatchers.notNullValue;

import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.message.Tail;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.junit.jupiter.api.Test;

/// Messages that are too large to be kept whole, in and out (AMQP 1.0 §2.6.14).
class LargeMessageTest {
  private static final int WHOLE = 10_000;
  private static final int PIECE = 100_000;
  private static final Tail TAIL = new Tail(77, 20);

  private final ScriptedPeer scripted =
      new ScriptedPeer(AmqpLimits.standard().withWholeBytes(WHOLE), List.of("PLAIN"))
          .connected()
          .session();

  /// A header that says that it is durable, and properties that name it and say where it goes.
  private static byte[] front() {
    Writer writer = new Writer(100);
    writer.descriptor(0x70);
    int list = writer.begin(Encoding.LIST32);
    writer.bool(true);
    writer.end(list, 1);
    writer.descriptor(0x73);
    int properties = writer.begin(Encoding.LIST32);
    writer.string("id").nothing();
    writer.string("elsewhere");
    writer.end(properties, 3);
    return writer.array();
  }

  private static byte[] data(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return ByteBuffer.allocate(8 + length)
        .put(new byte[] {0, 0x53, 0x75, (byte) 0xb0})
        .putInt(length)
        .put(bytes)
        .array();
  }

  private static byte[] both(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /// Sends some of a message.
  private void piece(byte[] message, int from, int to, boolean more) {
    var transfer = scripted.peer.remoteTransfer().withHandle(0).withMore(more);
    if (from == 0) {
      transfer.withDeliveryId(0).withDeliveryTag(new byte[] {1});
    }
    transfer.withPayload(Arrays.copyOfRange(message, from, to)).now();
  }

  /// Sends a message in transfers of [#PIECE].
  private void sends(byte[] message) {
    for (int at = 0; at < message.length; at += PIECE) {
      int end = Math.min(message.length, at + PIECE);
      piece(message, at, end, end < message.length);
    }
  }

  private byte[] fragments() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<Command.SendFragment> fragments = scripted.all(Command.SendFragment.class);
    for (Command.SendFragment fragment : fragments) {
      assertThat(fragment.bytes().length).isBetween(1, Assembly.FRAGMENT);
      all.writeBytes(fragment.bytes());
    }
    // All but the last are as large as they may be.
    assertThat(fragments).hasSize((all.size() + Assembly.FRAGMENT - 1) / Assembly.FRAGMENT);
    return all.toByteArray();
  }

  @Test
  void itsBodyGoesOnWhileItComesAndWhatStandsBeforeItFollows() {
    int link = scripted.producing("orders", 10);
    byte[] body = data(1_000_000);
    byte[] message = both(front(), body);
    piece(message, 0, 600_000, true);
    assertThat(scripted.commands).hasSize(2);
    piece(message, 600_000, message.length, false);
    assertThat(scripted.commands.getLast()).isInstanceOf(Command.Send.class);
    Command.Send send = scripted.command(Command.Send.class);
    assertThat(send.message().durable()).isTrue();
    assertThat(new String(send.message().bytes(), StandardCharsets.UTF_8)).contains("elsewhere");
    assertThat(fragments()).isEqualTo(body);
    scripted.peer.expectDisposition().withSettled(true).withState(Accepted.getInstance());
    scripted.broker(new Output.Sent(link, send.delivery(), null));
    scripted.done();
    // The next one on the link begins anew.
    sends(both(front(), data(10)));
    assertThat(scripted.command(Command.Send.class).message().bytes()).endsWith(data(10));
  }

  @Test
  void oneThatIsAbortedIsTakenBack() {
    scripted.producing("orders", 10);
    piece(both(front(), data(1_000_000)), 0, 600_000, true);
    scripted.peer.expectFlow();
    scripted.peer.remoteTransfer().withHandle(0).withAborted(true).now();
    assertThat(scripted.commands.getLast()).isInstanceOf(Command.DropFragments.class);
    scripted.done();
  }

  @Test
  void oneThatCannotBePassedOnIsTakenBack() {
    scripted.producing("orders", 10);
    byte[] message = both(front(), data(1_000_000));
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .withMessageFormat(5)
        .withMore(true)
        .withPayload(Arrays.copyOf(message, 600_000))
        .now();
    scripted
        .peer
        .expectDisposition()
        .withState()
        .rejected("amqp:not-implemented", "there is only message format 0");
    scripted.peer.expectFlow();
    piece(message, 600_000, message.length, false);
    assertThat(scripted.commands.getLast()).isInstanceOf(Command.DropFragments.class);
    assertThat(scripted.all(Command.Send.class)).isEmpty();
  }

  @Test
  void whatStandsBeforeTheBodyIsKeptAndSoHasALimit() {
    scripted.producing("orders", 10);
    Writer writer = new Writer(100);
    writer.descriptor(0x74);
    int map = writer.begin(Encoding.MAP32);
    writer.string("key").string("x".repeat(2 * WHOLE));
    writer.end(map, 2);
    byte[] message = both(writer.array(), data(100));
    scripted
        .peer
        .expectDetach()
        .withClosed(true)
        .withError("amqp:link:message-size-exceeded", notNullValue(String.class));
    piece(message, 0, WHOLE + 1, true);
    scripted.done();
    assertThat(scripted.all(Command.SendFragment.class)).isEmpty();
  }

  @Test
  void aBodyThatEndsTooEarlyIsNoMessage() {
    scripted.producing("orders", 10);
    byte[] message = both(front(), data(1_000_000));
    piece(message, 0, 600_000, true);
    scripted.peer.expectClose().withError("amqp:decode-error", notNullValue(String.class));
    piece(message, 600_000, message.length - 1, false);
    scripted.done();
    assertThat(scripted.all(Command.Send.class)).isEmpty();
    scripted.command(Command.Disconnect.class);
  }

  private static void scan(byte[] body, Random random) {
    BodyScan scan = new BodyScan();
    int at = 0;
    while (at < body.length) {
      int end = Math.min(body.length, at + 1 + random.nextInt(40));
      scan.read(Arrays.copyOfRange(body, at, end));
      at = end;
    }
    scan.end();
  }

  /// A body of two data sections by number and by name, a footer, and what else may be.
  private static byte[] body() {
    byte[] name = "amqp:data:binary".getBytes(StandardCharsets.US_ASCII);
    byte[] named = both(new byte[] {0, (byte) 0xa3, (byte) name.length}, name);
    Writer footer = new Writer(100);
    footer.descriptor(0x78);
    int map = footer.begin(Encoding.MAP32);
    footer.symbol("key").string("value");
    footer.end(map, 2);
    byte[] small = both(named, new byte[] {(byte) 0xa0, 3, 1, 2, 3});
    return both(both(data(300), small), footer.array());
  }

  @Test
  void aBodyIsLookedAtInWhateverPiecesItComes() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      scan(body(), random);
    }
  }

  @Test
  void descriptorsOfEveryFormAreTaken() {
    byte[] name = "amqp:amqp-value:*".getBytes(StandardCharsets.US_ASCII);
    byte[] named =
        both(
            ByteBuffer.allocate(6).put(new byte[] {0, (byte) 0xb3}).putInt(name.length).array(),
            name);
    // A list with a descriptor of its own.
    byte[] value = {0, (byte) 0xa3, 1, 'x', (byte) 0xc0, 3, 1, 0x54, 7};
    byte[] body = both(named, value);
    Sections.of(body, body.length, 100);
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      scan(body, random);
    }
  }

  @Test
  void aPeerThatSettlesItInTheMiddleGetsTheRestOrItsEnd() {
    int link = scripted.consuming("orders");
    flows();
    scripted.peer.expectTransfer().withMore(true);
    scripted.broker(delivered(link, false));
    scripted.command(Command.Fetch.class);
    scripted
        .peer
        .remoteDisposition()
        .withRole(true)
        .withFirst(0)
        .withSettled(true)
        .withState(Accepted.getInstance())
        .now();
    assertThat(scripted.command(Command.Settle.class).disposition())
        .isEqualTo(Disposition.ACCEPTED);
    scripted.peer.expectTransfer().withAborted(true).withNullPayload();
    scripted.broker(new Output.Fragment(link, 0, 0, null));
    scripted.done();
    scripted.peer.expectTransfer().withMore(false);
    byte[] hello = {0, 0x53, 0x75, (byte) 0xa0, 1, 'h'};
    Message next = new Message(Format.AMQP, true, 4, 0, null, null, 0, hello);
    scripted.broker(new Output.Delivered(link, 1, next, 0, true, false, null));
    scripted.done();
  }

  @Test
  void aBodyThatIsDamagedIsFoundByBothWaysOfLookingOrByNone() {
    Random random = new Random(2);
    byte[] whole = body();
    int found = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      boolean bad = fails(() -> scan(damaged, random));
      // Inside of a footer only the other one looks.
      assertThat(bad && !fails(() -> Sections.of(damaged, damaged.length, 100)))
          .as("found by this one only: " + Arrays.toString(damaged))
          .isFalse();
      found += bad ? 1 : 0;
    }
    assertThat(found).isGreaterThan(50);
  }

  private static boolean fails(Runnable run) {
    try {
      run.run();
      return false;
    } catch (Malformed malformed) {
      return true;
    }
  }

  private Output.Delivered delivered(int link, boolean settled) {
    byte[] front = {0, 0x53, 0x72, (byte) 0xc1, 1, 0};
    Message head = new Message(Format.AMQP, true, 4, 0, null, null, 0, front).with(TAIL);
    return new Output.Delivered(link, 0, head, 0, true, settled, null);
  }

  private void flows() {
    scripted
        .peer
        .remoteFlow()
        .withHandle(1)
        .withNextIncomingId(0)
        .withIncomingWindow(1_000_000)
        .withNextOutgoingId(0)
        .withOutgoingWindow(100)
        .withDeliveryCount(0)
        .withLinkCredit(10)
        .now();
  }

  @Test
  void itGoesOutPieceByPiece() {
    int link = scripted.consuming("orders");
    flows();
    scripted.peer.expectTransfer().withMore(true);
    scripted.broker(delivered(link, false));
    assertThat(scripted.command(Command.Fetch.class))
        .isEqualTo(new Command.Fetch(7, link, 0, TAIL, 0));
    scripted.peer.expectTransfer().withMore(true).withPayload(new byte[12]);
    scripted.broker(new Output.Fragment(link, 0, 0, new byte[12]));
    assertThat(scripted.command(Command.Fetch.class).index()).isEqualTo(1);
    scripted.peer.expectTransfer().withMore(false).withPayload(new byte[8]);
    scripted.broker(new Output.Fragment(link, 0, 1, new byte[8]));
    scripted.done();
    assertThat(scripted.all(Command.Fetch.class)).isEmpty();
  }

  @Test
  void aPeerThatDoesNotReadCostsOnePiece() {
    int link = scripted.consuming("orders");
    flows();
    scripted.peer.expectTransfer().withMore(true);
    scripted.broker(delivered(link, false));
    scripted.command(Command.Fetch.class);
    scripted.lineWritable = false;
    scripted.peer.expectTransfer().withMore(true);
    scripted.broker(new Output.Fragment(link, 0, 0, new byte[12]));
    assertThat(scripted.all(Command.Fetch.class)).isEmpty();
    scripted.becomesWritable();
    assertThat(scripted.command(Command.Fetch.class).index()).isEqualTo(1);
  }

  @Test
  void whatIsGoneIsAborted() {
    int link = scripted.consuming("orders");
    flows();
    scripted.peer.expectTransfer().withMore(true);
    scripted.broker(delivered(link, true));
    scripted.command(Command.Fetch.class);
    scripted.peer.expectTransfer().withAborted(true).withNullPayload();
    scripted.broker(new Output.Fragment(link, 0, 0, null));
    scripted.done();
    scripted.peer.expectTransfer().withMore(false);
    byte[] hello = {0, 0x53, 0x75, (byte) 0xa0, 1, 'h'};
    Message next = new Message(Format.AMQP, true, 4, 0, null, null, 0, hello);
    scripted.broker(new Output.Delivered(link, 1, next, 0, true, true, null));
    scripted.done();
  }

  @Test
  void aPeerThatSettlesNothingTakesItWhenItHasAllOfIt() {
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("from-orders")
        .withHandle(1)
        .withSenderSettleModeSettled()
        .withSource()
        .withAddress("orders")
        .and()
        .withTarget()
        .and()
        .now();
    int link = scripted.command(Command.OpenConsumer.class).link();
    scripted.peer.expectAttach().ofSender();
    scripted.broker(new Output.ConsumerOpened(link, "orders"));
    flows();
    scripted.peer.expectTransfer().withMore(true);
    scripted.broker(delivered(link, false));
    assertThat(scripted.all(Command.Settle.class)).isEmpty();
    scripted.peer.expectTransfer().withMore(false);
    scripted.broker(new Output.Fragment(link, 0, 0, new byte[20]));
    assertThat(scripted.command(Command.Settle.class).disposition())
        .isEqualTo(Disposition.ACCEPTED);
    scripted.done();
  }
}
