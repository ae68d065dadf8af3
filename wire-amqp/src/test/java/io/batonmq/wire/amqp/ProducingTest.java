package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.CoreMatchers.notNullValue;
import static org.hamcrest.CoreMatchers.nullValue;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Identity;
import io.batonmq.message.RoutingType;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Links on which the peer sends (AMQP 1.0 §2.6, §2.7.5).
class ProducingTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private ScriptedPeer scripted = new ScriptedPeer().connected().session();

  private Command.Send sends(int delivery) {
    return sends(delivery, "somebody else");
  }

  private Command.Send sends(int delivery, String user) {
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(delivery)
        .withDeliveryTag(new byte[] {(byte) delivery})
        .withHeader()
        .withDurability(true)
        .withPriority((byte) 7)
        .withTimeToLive(5_000)
        .and()
        .withProperties()
        .withTo("elsewhere")
        .withMessageId("ID:p:1:1:1-" + delivery)
        .withUserID(new Binary(user.getBytes(StandardCharsets.UTF_8)))
        .withGroupId("g")
        .withGroupSequence(3)
        .and()
        .withBody()
        .withData(HELLO)
        .and()
        .now();
    return scripted.command(Command.Send.class);
  }

  @Test
  void aMessageIsAcceptedWhenItsFateIsKnown() {
    int link = scripted.producing("orders", 10);
    Command.Send send = sends(0);
    assertThat(send.link()).isEqualTo(link);
    assertThat(send.address()).isNull();
    assertThat(send.settled()).isFalse();
    assertThat(send.message().durable()).isTrue();
    assertThat(send.message().priority()).isEqualTo(7);
    assertThat(send.message().expiryMillis()).isEqualTo(scripted.now().wallMillis() + 5_000);
    assertThat(send.message().groupId()).isEqualTo("g");
    assertThat(send.message().groupSequence()).isEqualTo(3);
    scripted.done();
    scripted
        .peer
        .expectDisposition()
        .withFirst(0)
        .withSettled(true)
        .withState(Accepted.getInstance());
    scripted.broker(new Output.Sent(link, send.delivery(), null));
    scripted.done();
  }

  private static Object user(Command.Send send) {
    return AmqpFields.INSTANCE
        .extract(send.message().bytes(), Set.of("JMSXUserID"))
        .get("JMSXUserID");
  }

  @Test
  void aMessageSaysWhoLoggedInWhereTheBrokerIsToSaySo() {
    scripted.producing("orders", 10);
    assertThat(user(sends(0))).isEqualTo("somebody else");
    scripted =
        new ScriptedPeer(AmqpLimits.standard(), List.of("PLAIN"), true).connected().session();
    scripted.producing("orders", 10);
    Command.Send send = sends(0);
    assertThat(user(send)).isEqualTo("alice");
    assertThat(send.message().groupId()).isEqualTo("g");
    assertThat(user(sends(1, "bob"))).isEqualTo("alice");
  }

  @Test
  void aRefusedMessageIsRejectedWithTheReason() {
    int link = scripted.producing("orders", 10);
    Command.Send send = sends(0);
    scripted
        .peer
        .expectDisposition()
        .withSettled(true)
        .withState()
        .rejected("amqp:resource-limit-exceeded", "the queue is full");
    scripted.broker(
        new Output.Sent(
            link, send.delivery(), new Refusal(Refusal.Reason.LIMIT_REACHED, "the queue is full")));
    scripted.done();
  }

  @Test
  void handingOverEndsTheConnectionInsteadOfRejectingAMessage() {
    int link = scripted.producing("orders", 10);
    Command.Send send = sends(0);
    scripted.peer.expectClose().withError("amqp:connection:forced", notNullValue(String.class));
    scripted.broker(
        new Output.Sent(link, send.delivery(), new Refusal(Refusal.Reason.HANDING_OVER, "bye")));
    scripted.done();
  }

  @Test
  void theAddressMayComeWithTheMessage() {
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("relay")
        .withHandle(0)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withTarget()
        .and()
        .now();
    Command.OpenProducer open = scripted.command(Command.OpenProducer.class);
    assertThat(open.address()).isNull();
    scripted.peer.expectAttach().ofReceiver();
    scripted.peer.expectFlow();
    scripted.broker(new Output.ProducerOpened(open.link(), 10));
    assertThat(sends(0).address()).isEqualTo("elsewhere");
    scripted.done();
  }

  @ParameterizedTest
  @CsvSource({"queue,ANYCAST", "topic,MULTICAST"})
  void capabilitiesSayWhatAnAddressIsToBe(String capability, RoutingType routing) {
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("a")
        .withHandle(0)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withTarget()
        .withAddress("a")
        .withCapabilities(capability)
        .and()
        .now();
    assertThat(scripted.command(Command.OpenProducer.class).routing()).isEqualTo(routing);
  }

  @Test
  void aRefusedLinkIsAttachedWithoutItsTargetThenDetached() {
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("a")
        .withHandle(5)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withTarget()
        .withAddress("secret")
        .and()
        .now();
    int link = scripted.command(Command.OpenProducer.class).link();
    scripted.peer.expectAttach().ofReceiver().withTarget(nullValue());
    scripted
        .peer
        .expectDetach()
        .withClosed(true)
        .withError("amqp:unauthorized-access", "ask for permission");
    scripted.broker(
        new Output.LinkRefused(
            link, new Refusal(Refusal.Reason.NOT_AUTHORIZED, "ask for permission")));
    scripted.done();
    scripted.peer.remoteDetach().withHandle(5).now();
    // Its name may be used again.
    scripted.producing("a", 1);
  }

  @Test
  void theProducersIdentityIsInTheNameOfTheLink() {
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("qpid-jms:sender:ID:p:1:1:1:orders")
        .withHandle(0)
        .withInitialDeliveryCount(0)
        .withSource()
        .withAddress("ID:p:1:1:1")
        .and()
        .withTarget()
        .withAddress("orders")
        .and()
        .now();
    Command.OpenProducer open = scripted.command(Command.OpenProducer.class);
    assertThat(open.producer()).isEqualTo("ID:p:1:1:1");
    scripted.peer.expectAttach();
    scripted.peer.expectFlow();
    scripted.broker(new Output.ProducerOpened(open.link(), 10));
    assertThat(sends(0).message().identity()).isEqualTo(new Identity.Sequenced("ID:p:1:1:1", 0));
  }

  @Test
  void aMessageThatKeptAnotherProducersIdIsNoResend() {
    scripted.producing("orders", 10);
    assertThat(sends(0).message().identity()).isNull();
  }

  @Test
  void moreMessagesThanCreditEndTheLink() {
    scripted.producing("orders", 1);
    sends(0);
    scripted
        .peer
        .expectDetach()
        .withClosed(true)
        .withError("amqp:link:transfer-limit-exceeded", notNullValue(String.class));
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(1)
        .withDeliveryTag(new byte[] {1})
        .withPayload(HELLO)
        .now();
    scripted.done();
    scripted.command(Command.CloseLink.class);
    assertThat(scripted.all(Command.Send.class)).isEmpty();
  }

  @Test
  void aMessageInPiecesIsOneMessage() {
    scripted.producing("orders", 10);
    byte[] whole = {0, 0x53, 0x75, (byte) 0xa0, 5, 'h', 'e', 'l', 'l', 'o'};
    for (int i = 0; i < whole.length; i++) {
      var transfer = scripted.peer.remoteTransfer().withHandle(0).withMore(i < whole.length - 1);
      if (i == 0) {
        transfer.withDeliveryId(0).withDeliveryTag(new byte[] {9});
      }
      transfer.withPayload(new byte[] {whole[i]}).now();
    }
    assertThat(scripted.command(Command.Send.class).message().bytes()).isEqualTo(whole);
  }

  @Test
  void anAbortedMessageNeverWas() {
    scripted.producing("orders", 1);
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .withMore(true)
        .withPayload(HELLO)
        .now();
    scripted.peer.expectFlow().withLinkCredit(1);
    scripted.peer.remoteTransfer().withHandle(0).withAborted(true).now();
    sends(1);
    scripted.done();
  }

  @Test
  void aMessageThatGrowsTooLargeEndsItsLinkAndNothingElse() {
    scripted =
        new ScriptedPeer(AmqpLimits.standard().withMessageBytes(1000), List.of("PLAIN"))
            .connected()
            .session();
    scripted.producing("orders", 10);
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .withMore(true)
        .withPayload(new byte[600])
        .now();
    scripted
        .peer
        .expectDetach()
        .withClosed(true)
        .withError("amqp:link:message-size-exceeded", "a message has at most 1000 bytes");
    scripted.peer.remoteTransfer().withHandle(0).withMore(true).withPayload(new byte[600]).now();
    // What was on its way when the link was closed is thrown away.
    scripted.peer.remoteTransfer().withHandle(0).withMore(false).withPayload(new byte[600]).now();
    scripted.done();
    scripted.peer.remoteDetach().withHandle(0).now();
    scripted.producing("small", 1);
  }

  @Test
  void aSettledMessageIsNotAnswered() {
    int link = scripted.producing("orders", 10);
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .withSettled(true)
        .withBody()
        .withData(HELLO)
        .and()
        .now();
    Command.Send send = scripted.command(Command.Send.class);
    assertThat(send.settled()).isTrue();
    scripted.peer.expectFlow().withLinkCredit(14);
    scripted.broker(new Output.Grant(link, 5));
    scripted.done();
  }

  @Test
  void creditIsDrainedBeforeAHandOver() {
    int link = scripted.producing("orders", 10);
    scripted.peer.expectFlow().withLinkCredit(10).withDrain(true);
    scripted.broker(new Output.Withdraw(link));
    scripted.done();
    Command.Send send = sends(0);
    scripted
        .peer
        .remoteFlow()
        .withHandle(0)
        .withDeliveryCount(10)
        .withLinkCredit(0)
        .withDrain(true)
        .now();
    assertThat(scripted.command(Command.Withdrawn.class).link()).isEqualTo(link);
    // What it had sent is answered; what would be granted now is not.
    scripted.peer.expectDisposition().withFirst(0).withSettled(true);
    scripted.broker(new Output.Sent(link, send.delivery(), null));
    scripted.broker(new Output.Grant(link, 5));
    scripted.done();
  }

  @Test
  void aDetachBeforeTheAnswerIsAnsweredInOrder() {
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("hasty")
        .withHandle(3)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withTarget()
        .withAddress("a")
        .and()
        .now();
    int link = scripted.command(Command.OpenProducer.class).link();
    scripted.peer.expectAttach().withTarget(nullValue());
    scripted.peer.remoteDetach().withHandle(3).withClosed(true).now();
    scripted.command(Command.CloseLink.class);
    scripted.peer.expectDetach().withClosed(true);
    scripted.broker(new Output.ProducerOpened(link, 10), new Output.LinkClosed(link, null));
    scripted.done();
    scripted.producing("a", 1);
  }

  @Test
  void theEndOfASessionIsTheEndOfItsLinks() {
    int link = scripted.producing("orders", 10);
    sends(0);
    scripted.peer.expectEnd();
    scripted.peer.remoteEnd().now();
    scripted.done();
    assertThat(scripted.command(Command.CloseLink.class).link()).isEqualTo(link);
    scripted.broker(new Output.Sent(link, 0, null), new Output.LinkClosed(link, null));
    scripted.session().producing("orders", 1);
  }

  @Test
  void aBrokenMessageEndsTheConnection() {
    scripted.producing("orders", 10);
    scripted.peer.expectClose().withError("amqp:decode-error", notNullValue(String.class));
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .withPayload(new byte[] {0, 0x53, 0x75, (byte) 0xb0, 0x7f, -1, -1, -1})
        .now();
    scripted.done();
    assertThat(scripted.command(Command.Disconnect.class).clean()).isFalse();
  }

  @Test
  void aForeignMessageFormatIsRejected() {
    scripted.producing("orders", 1);
    scripted
        .peer
        .expectDisposition()
        .withState()
        .rejected("amqp:not-implemented", "there is only message format 0");
    scripted.peer.expectFlow().withLinkCredit(1);
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .withMessageFormat(0x468c0004)
        .withPayload(HELLO)
        .now();
    scripted.done();
  }
}
