package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.Random;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Modified;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Rejected;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Released;
import org.apache.qpid.protonj2.test.driver.codec.transport.DeliveryState;
import org.apache.qpid.protonj2.test.driver.matchers.messaging.HeaderMatcher;
import org.apache.qpid.protonj2.test.driver.matchers.messaging.MessageAnnotationsMatcher;
import org.apache.qpid.protonj2.test.driver.matchers.transport.TransferPayloadCompositeMatcher;
import org.apache.qpid.protonj2.test.driver.matchers.types.EncodedDataMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Links on which the peer receives (AMQP 1.0 §2.6.7, §2.7.6, §3.4).
class ConsumingTest {
  private static final byte[] HELLO = {0, 0x53, 0x75, (byte) 0xa0, 5, 'h', 'e', 'l', 'l', 'o'};

  private final ScriptedPeer scripted = new ScriptedPeer().connected().session();

  private static Message message(byte[] bytes) {
    return new Message(Format.AMQP, true, 4, 0, null, null, 0, bytes);
  }

  private static Output.Delivered delivered(int link, long number) {
    return new Output.Delivered(link, number, message(HELLO), 0, true, false, null);
  }

  private void flows(int credit, boolean drain, int deliveryCount) {
    scripted
        .peer
        .remoteFlow()
        .withHandle(1)
        .withNextIncomingId(0)
        .withIncomingWindow(1_000_000)
        .withNextOutgoingId(0)
        .withOutgoingWindow(100)
        .withDeliveryCount(deliveryCount)
        .withLinkCredit(credit)
        .withDrain(drain)
        .now();
  }

  @Test
  void aLittleCreditIsPassedOnWhole() {
    scripted.consuming("orders");
    flows(10, false, 0);
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(10);
  }

  @Test
  void muchCreditIsPassedOnInSlices() {
    int link = scripted.consuming("orders");
    flows(1_000_000, false, 0);
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(256);
    for (int i = 0; i < 127; i++) {
      scripted.peer.expectTransfer();
      scripted.broker(delivered(link, i));
    }
    assertThat(scripted.all(Command.Credit.class)).isEmpty();
    scripted.peer.expectTransfer();
    scripted.broker(delivered(link, 127));
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(128 + 256);
    scripted.done();
  }

  @Test
  void aPeerThatDoesNotReadGetsNoMoreCredit() {
    int link = scripted.consuming("orders");
    flows(1_000, false, 0);
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(256);
    scripted.lineWritable = false;
    for (int i = 0; i < 256; i++) {
      scripted.broker(delivered(link, i));
    }
    assertThat(scripted.all(Command.Credit.class)).isEmpty();
    for (int i = 0; i < 256; i++) {
      scripted.peer.expectTransfer();
    }
    scripted.becomesWritable();
    scripted.done();
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(512);
  }

  @Test
  void aPeerThatSettlesNothingGetsAsMuchAsItMayLeaveUnsettled() {
    int link = scripted.consuming("orders");
    flows(1_000_000, false, 0);
    long limit = 0;
    for (int i = 0; i < 20_000; i++) {
      for (Command.Credit credit : scripted.all(Command.Credit.class)) {
        limit = credit.limit();
      }
      if (i < limit) {
        scripted.peer.expectTransfer();
        scripted.broker(delivered(link, i));
      }
    }
    assertThat(limit).isBetween(19_800L, 20_000L);
  }

  @Test
  void aDrainIsAnsweredWhenThereIsNoMore() {
    int link = scripted.consuming("orders");
    flows(10, true, 0);
    Command.Credit credit = scripted.command(Command.Credit.class);
    assertThat(credit.limit()).isEqualTo(10);
    assertThat(credit.drain()).isTrue();
    scripted.peer.expectTransfer();
    scripted.peer.expectFlow().withLinkCredit(0).withDeliveryCount(10).withDrain(true);
    scripted.broker(delivered(link, 0), new Output.Drained(link));
    scripted.done();
    flows(1, false, 10);
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(2);
  }

  @Test
  void aDrainOfEverythingGoesInSlicesToo() {
    int link = scripted.consuming("orders");
    flows(5_000, true, 0);
    long delivered = 0;
    for (int slice = 0; slice < 2; slice++) {
      long limit = scripted.command(Command.Credit.class).limit();
      assertThat(limit).isEqualTo(delivered + 2048);
      for (; delivered < limit; delivered++) {
        scripted.peer.expectTransfer();
        scripted.broker(delivered(link, delivered));
      }
      scripted.broker(new Output.Drained(link));
    }
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(5_000);
    scripted.peer.expectFlow().withLinkCredit(0).withDeliveryCount(5_000);
    scripted.broker(new Output.Drained(link));
    scripted.done();
  }

  @Test
  void creditTakenBackIsTakenBack() {
    scripted.consuming("orders");
    flows(100, false, 0);
    assertThat(scripted.command(Command.Credit.class).limit()).isEqualTo(100);
    flows(0, false, 0);
    assertThat(scripted.command(Command.Credit.class).limit()).isZero();
  }

  @Test
  void theHeaderIsMadeAnewAndTheRestIsForwarded() {
    int link = scripted.consuming("orders");
    flows(10, false, 0);
    TransferPayloadCompositeMatcher payload = new TransferPayloadCompositeMatcher();
    payload.setHeadersMatcher(
        new HeaderMatcher(true)
            .withDurable(true)
            .withPriority((byte) 9)
            .withTtl(500)
            .withFirstAcquirer(false)
            .withDeliveryCount(3));
    payload.addMessageContentMatcher(new EncodedDataMatcher("hello".getBytes()));
    scripted.peer.expectTransfer().withSettled(false).withPayload(payload);
    Message message =
        new Message(Format.AMQP, true, 9, scripted.now().wallMillis() + 500, null, null, 0, HELLO);
    scripted.broker(new Output.Delivered(link, 0, message, 3, false, false, null));
    scripted.done();
  }

  @Test
  void aDeadLetterTellsWhereItCameFrom() {
    int link = scripted.consuming("dead");
    flows(10, false, 0);
    TransferPayloadCompositeMatcher payload = new TransferPayloadCompositeMatcher();
    payload.setHeadersMatcher(new HeaderMatcher(true));
    payload.setMessageAnnotationsMatcher(
        new MessageAnnotationsMatcher(true)
            .withEntry("x-opt-kept", org.hamcrest.CoreMatchers.equalTo("yes"))
            .withEntry("x-opt-ORIG-ADDRESS", org.hamcrest.CoreMatchers.equalTo("orders"))
            .withEntry("x-opt-ORIG-QUEUE", org.hamcrest.CoreMatchers.equalTo("orders.eu")));
    payload.addMessageContentMatcher(new EncodedDataMatcher("hello".getBytes()));
    scripted.peer.expectTransfer().withPayload(payload);
    Writer bytes = new Writer(100).descriptor(0x72);
    int map = bytes.begin(Encoding.MAP32);
    bytes.symbol("x-opt-kept").string("yes");
    bytes.symbol("x-opt-ORIG-ADDRESS").string("an older story");
    bytes.end(map, 4);
    bytes.raw(HELLO, 0, HELLO.length);
    scripted.broker(
        new Output.Delivered(
            link,
            0,
            message(bytes.array()),
            0,
            true,
            false,
            new Output.Origin("orders", "orders.eu", false)));
    scripted.done();
  }

  @Test
  void theFirstOfAGroupIsMarkedWithTheKeyOfItsQueue() {
    int link = scripted.consuming("orders");
    flows(10, false, 0);
    TransferPayloadCompositeMatcher payload = new TransferPayloadCompositeMatcher();
    payload.setHeadersMatcher(new HeaderMatcher(true));
    payload.setMessageAnnotationsMatcher(
        new MessageAnnotationsMatcher(true)
            .withEntry("x-opt-kept", org.hamcrest.CoreMatchers.equalTo("yes"))
            .withEntry("first", org.hamcrest.CoreMatchers.equalTo(true)));
    payload.addMessageContentMatcher(new EncodedDataMatcher("hello".getBytes()));
    scripted.peer.expectTransfer().withPayload(payload);
    Writer bytes = new Writer(100).descriptor(0x72);
    int map = bytes.begin(Encoding.MAP32);
    bytes.symbol("x-opt-kept").string("yes");
    bytes.symbol("first").string("what a sender says of itself");
    bytes.end(map, 4);
    bytes.raw(HELLO, 0, HELLO.length);
    scripted.broker(
        new Output.Delivered(link, 0, message(bytes.array()), 0, true, false, null, "first"));
    scripted.done();
  }

  @Test
  void aLargeMessageIsSentInFramesThatThePeerCanTake() {
    ScriptedPeer small = new ScriptedPeer();
    byte[] body = new byte[100_000];
    new Random(7).nextBytes(body);
    small.peer.expectSASLHeader();
    small.peer.expectSaslMechanisms();
    small.peer.remoteSASLHeader().now();
    small.peer.expectSaslOutcome();
    small
        .peer
        .remoteSaslInit()
        .withMechanism("PLAIN")
        .withInitialResponse("\0alice\0wonderland".getBytes())
        .now();
    small.peer.expectAMQPHeader();
    small.peer.remoteAMQPHeader().now();
    small.peer.remoteOpen().withContainerId("client").withMaxFrameSize(512).now();
    small.peer.expectOpen();
    small.broker(new Output.Connected());
    small.peer.expectBegin();
    small
        .peer
        .remoteBegin()
        .withNextOutgoingId(0)
        .withIncomingWindow(100)
        .withOutgoingWindow(9)
        .now();
    int link = small.consuming("big");
    small
        .peer
        .remoteFlow()
        .withHandle(1)
        .withNextIncomingId(0)
        .withIncomingWindow(100)
        .withNextOutgoingId(0)
        .withOutgoingWindow(9)
        .withDeliveryCount(0)
        .withLinkCredit(1)
        .now();
    for (int i = 0; i < 100; i++) {
      small.peer.expectTransfer().withMore(true);
    }
    small.broker(new Output.Delivered(link, 0, message(body), 0, true, true, null));
    small.done();
    // The session's window is used up in the middle of the message; it goes on when the peer opens
    // it.
    for (int i = 100; i < 205; i++) {
      small.peer.expectTransfer().withMore(true);
    }
    small.peer.expectTransfer().withMore(false);
    small
        .peer
        .remoteFlow()
        .withNextIncomingId(100)
        .withIncomingWindow(1_000)
        .withNextOutgoingId(0)
        .withOutgoingWindow(9)
        .now();
    assertThat(small.peer.getPerformativeCount()).isGreaterThan(200);
    assertThat(small.closed).isNull();
  }

  @Test
  void oneRangeOfOutcomesIsOneCommand() {
    int link = scripted.consuming("orders");
    flows(10, false, 0);
    for (int i = 0; i < 5; i++) {
      scripted.peer.expectTransfer();
      scripted.broker(delivered(link, i));
    }
    scripted.commands.clear();
    scripted
        .peer
        .remoteDisposition()
        .withRole(true)
        .withFirst(0)
        .withLast(3)
        .withSettled(true)
        .withState(Accepted.getInstance())
        .now();
    assertThat(scripted.commands)
        .containsExactly(new Command.Settle(7, link, 0, 3, Disposition.ACCEPTED, 0, false));
    scripted.done();
  }

  /// An outcome and what it is to a queue.
  enum Told {
    ACCEPTED(Accepted.getInstance(), Disposition.ACCEPTED),
    REJECTED(new Rejected(), Disposition.REJECTED),
    RELEASED(Released.getInstance(), Disposition.RELEASED),
    MODIFIED(new Modified(), Disposition.RELEASED),
    MODIFIED_FAILED(new Modified().setDeliveryFailed(true), Disposition.FAILED),
    MODIFIED_NOT_HERE(
        new Modified().setDeliveryFailed(true).setUndeliverableHere(true),
        Disposition.UNDELIVERABLE),
    NOTHING(null, Disposition.RELEASED);

    final DeliveryState state;
    final Disposition disposition;

    Told(DeliveryState state, Disposition disposition) {
      this.state = state;
      this.disposition = disposition;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyOutcomeHasItsDisposition(Told told) {
    int link = scripted.consuming("orders");
    flows(10, false, 0);
    scripted.peer.expectTransfer();
    scripted.broker(delivered(link, 0));
    var disposition =
        scripted.peer.remoteDisposition().withRole(true).withFirst(0).withSettled(true);
    if (told.state != null) {
      disposition.withState(told.state);
    }
    disposition.now();
    assertThat(scripted.command(Command.Settle.class).disposition()).isEqualTo(told.disposition);
    scripted.done();
  }

  @Test
  void anOutcomeThatIsNotSettledIsSettledWhenCommitted() {
    int link = scripted.consuming("orders");
    flows(10, false, 0);
    scripted.peer.expectTransfer();
    scripted.broker(delivered(link, 0));
    scripted
        .peer
        .remoteDisposition()
        .withRole(true)
        .withFirst(0)
        .withSettled(false)
        .withState(Accepted.getInstance())
        .now();
    assertThat(scripted.command(Command.Settle.class).answer()).isTrue();
    scripted.done();
    scripted
        .peer
        .expectDisposition()
        .withRole(false)
        .withFirst(0)
        .withSettled(true)
        .withState(Accepted.getInstance());
    scripted.broker(new Output.Settled(link, 0, 0, null));
    scripted.done();
  }

  @Test
  void aLinkThatGoesTakesItsUnsettledDeliveriesAlong() {
    int link = scripted.consuming("orders");
    flows(10, false, 0);
    scripted.peer.expectTransfer();
    scripted.broker(delivered(link, 0));
    scripted.peer.remoteDetach().withHandle(1).withClosed(true).now();
    Command.CloseLink close = scripted.command(Command.CloseLink.class);
    assertThat(close.unsubscribe()).isFalse();
    scripted.peer.expectDetach().withClosed(true);
    scripted.broker(new Output.LinkClosed(link, null));
    scripted.commands.clear();
    scripted
        .peer
        .remoteDisposition()
        .withRole(true)
        .withFirst(0)
        .withSettled(true)
        .withState(Accepted.getInstance())
        .now();
    assertThat(scripted.commands).isEmpty();
    scripted.done();
    scripted.consuming("orders");
  }

  /// Two links share a session whose window is used up; the peer opens it with a flow of one link only.
  @Test
  void aWindowThatOpensWakesEveryLinkOfItsSession() {
    int one = scripted.consuming("one");
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("two")
        .withHandle(2)
        .withSource()
        .withAddress("two")
        .and()
        .withTarget()
        .and()
        .now();
    int two = scripted.command(Command.OpenConsumer.class).link();
    scripted.peer.expectAttach().ofSender();
    scripted.broker(new Output.ConsumerOpened(two, "two"));
    window(2, 1);
    window(1, 1);
    scripted.peer.expectTransfer().withHandle(0);
    scripted.broker(delivered(one, 0), delivered(two, 0));
    scripted.done();
    scripted.peer.expectTransfer().withHandle(1);
    window(1, 10);
    scripted.done();
  }

  private void window(int handle, int size) {
    int taken = scripted.all(Command.Settle.class).size();
    scripted
        .peer
        .remoteFlow()
        .withHandle(handle)
        .withNextIncomingId(size == 1 ? taken : 1)
        .withIncomingWindow(size)
        .withNextOutgoingId(0)
        .withOutgoingWindow(100)
        .withDeliveryCount(0)
        .withLinkCredit(5)
        .now();
  }

  /// A client that opens and closes consumers on one session for weeks.
  @Test
  void theSessionForgetsWhatAClosedLinkLeftUnsettled() throws Exception {
    for (int i = 0; i < 20; i++) {
      int link = scripted.consuming("orders");
      flows(10, false, 0);
      for (int m = 0; m < 10; m++) {
        scripted.peer.expectTransfer();
        scripted.broker(delivered(link, m));
      }
      scripted.peer.remoteDetach().withHandle(1).withClosed(true).now();
      scripted.peer.expectDetach().withClosed(true);
      scripted.broker(new Output.LinkClosed(link, null));
      scripted.done();
      scripted.commands.clear();
    }
    assertThat(rememberedOutgoing()).isZero();
  }

  /// How many deliveries the engine's session keeps: it tells nobody.
  private int rememberedOutgoing() throws Exception {
    Object endpoint = field(scripted.engine, "endpoint");
    var connection = (org.apache.qpid.protonj2.engine.Connection) field(endpoint, "connection");
    Object session = connection.sessions().iterator().next();
    return ((java.util.Map<?, ?>) field(field(session, "outgoingWindow"), "unsettled")).size();
  }

  private static Object field(Object owner, String name) throws Exception {
    var field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(owner);
  }
}
