package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.CoreMatchers.notNullValue;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.nio.ByteBuffer;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Coordinators, and work done in transactions (AMQP 1.0 §4).
class TransactionsTest {
  private static final byte[] ID = ByteBuffer.allocate(8).putLong(42).array();

  private final ScriptedPeer scripted = new ScriptedPeer().connected().session();

  @BeforeEach
  void aCoordinatorTakesCommands() {
    scripted.peer.expectAttach().ofReceiver().withHandle(0);
    scripted.peer.expectFlow();
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("txn")
        .withHandle(9)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withCoordinator()
        .withCapabilities("amqp:local-transactions")
        .and()
        .now();
    scripted.done();
  }

  private void declares() {
    scripted
        .peer
        .remoteDeclare()
        .withHandle(9)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {0})
        .now();
    long request = scripted.command(Command.Begin.class).request();
    scripted.peer.expectDisposition().withFirst(0).withSettled(true).withState().declared(ID);
    scripted.peer.expectFlow();
    scripted.broker(new Output.Begun(request, 42));
    scripted.done();
  }

  private void discharges(boolean fail) {
    scripted
        .peer
        .remoteDischarge()
        .withTxnId(ID)
        .withFail(fail)
        .withHandle(9)
        .withDeliveryId(1)
        .withDeliveryTag(new byte[] {1})
        .now();
  }

  @Test
  void aCommitIsAcceptedWhenItIsCommitted() {
    declares();
    discharges(false);
    Command.End end = scripted.command(Command.End.class);
    assertThat(end.transaction()).isEqualTo(42);
    assertThat(end.commit()).isTrue();
    scripted
        .peer
        .expectDisposition()
        .withFirst(1)
        .withSettled(true)
        .withState(Accepted.getInstance());
    scripted.peer.expectFlow();
    scripted.broker(new Output.Ended(end.request(), null));
    scripted.done();
  }

  @Test
  void aCommitThatFailedSaysSo() {
    declares();
    discharges(false);
    scripted
        .peer
        .expectDisposition()
        .withState()
        .rejected("amqp:transaction:rollback", "a message was refused");
    scripted.peer.expectFlow();
    scripted.broker(
        new Output.Ended(
            scripted.command(Command.End.class).request(),
            new Refusal(Refusal.Reason.ROLLED_BACK, "a message was refused")));
    scripted.done();
  }

  @Test
  void aRollBackIsAnEndWithoutCommit() {
    declares();
    discharges(true);
    assertThat(scripted.command(Command.End.class).commit()).isFalse();
  }

  private void dischargesFirst(byte[] id) {
    scripted
        .peer
        .remoteDischarge()
        .withTxnId(id)
        .withFail(false)
        .withHandle(9)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .now();
  }

  @Test
  void theEndOfATransactionOfAnEarlierConnectionIsTheBrokersToAnswer() {
    dischargesFirst(ID);
    Command.End end = scripted.command(Command.End.class);
    assertThat(end.transaction()).isEqualTo(42);
    assertThat(end.commit()).isTrue();
    scripted
        .peer
        .expectDisposition()
        .withFirst(0)
        .withSettled(true)
        .withState(Accepted.getInstance());
    scripted.peer.expectFlow();
    scripted.broker(new Output.Ended(end.request(), null));
    scripted.done();
  }

  @Test
  void whatIsNoIdOfOursIsUnknown() {
    scripted
        .peer
        .expectDisposition()
        .withState()
        .rejected("amqp:transaction:unknown-id", "no transaction has such an id");
    scripted.peer.expectFlow();
    dischargesFirst(new byte[] {1, 2, 3});
    scripted.done();
    assertThat(scripted.all(Command.End.class)).isEmpty();
  }

  @Test
  void aMessageMayBePartOfATransaction() {
    int link = scripted.producing("orders", 5);
    declares();
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(1)
        .withDeliveryTag(new byte[] {1})
        .withState()
        .transactional()
        .withTxnId(ID)
        .and()
        .withBody()
        .withData(new byte[5])
        .and()
        .now();
    Command.Send send = scripted.command(Command.Send.class);
    assertThat(send.transaction()).isEqualTo(42);
    scripted
        .peer
        .expectDisposition()
        .withFirst(1)
        .withSettled(true)
        .withState()
        .transactional()
        .withTxnId(ID)
        .withAccepted();
    scripted.broker(new Output.Sent(link, send.delivery(), null));
    scripted.done();
  }

  @Test
  void aMessageInAnUnknownTransactionIsNotSentOutsideOfOne() {
    scripted.producing("orders", 5);
    scripted
        .peer
        .expectDisposition()
        .withState()
        .rejected("amqp:transaction:unknown-id", "no such transaction is open here");
    scripted.peer.expectFlow();
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {1})
        .withState()
        .transactional()
        .withTxnId(ID)
        .and()
        .withPayload(new byte[5])
        .now();
    scripted.done();
    assertThat(scripted.all(Command.Send.class)).isEmpty();
  }

  @Test
  void anAcknowledgementMayBePartOfATransaction() {
    declares();
    int link = scripted.consuming("orders");
    scripted
        .peer
        .remoteFlow()
        .withHandle(1)
        .withNextIncomingId(0)
        .withIncomingWindow(100)
        .withNextOutgoingId(0)
        .withOutgoingWindow(100)
        .withDeliveryCount(0)
        .withLinkCredit(1)
        .now();
    scripted.peer.expectTransfer();
    scripted.broker(
        new Output.Delivered(
            link,
            0,
            new Message(Format.AMQP, true, 4, 0, null, null, 0, new byte[] {0, 0x53, 0x77, 0x40}),
            0,
            true,
            false,
            null));
    scripted
        .peer
        .remoteDisposition()
        .withRole(true)
        .withFirst(0)
        .withSettled(true)
        .withState()
        .transactional()
        .withTxnId(ID)
        .withAccepted()
        .and()
        .now();
    assertThat(scripted.command(Command.Settle.class))
        .isEqualTo(new Command.Settle(7, link, 0, 0, Disposition.ACCEPTED, 42, false));
    scripted.done();
  }

  @Test
  void whatAControllerLeavesOpenIsRolledBack() {
    declares();
    scripted.peer.expectDetach().withClosed(true);
    scripted.peer.remoteDetach().withHandle(9).withClosed(true).now();
    Command.End end = scripted.command(Command.End.class);
    assertThat(end.transaction()).isEqualTo(42);
    assertThat(end.commit()).isFalse();
    scripted.broker(new Output.Ended(end.request(), null));
    scripted.done();
  }

  @Test
  void aTransactionThatBeginsTooLateIsRolledBackAtOnce() {
    scripted
        .peer
        .remoteDeclare()
        .withHandle(9)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {0})
        .now();
    long request = scripted.command(Command.Begin.class).request();
    scripted.peer.expectEnd();
    scripted.peer.remoteEnd().now();
    scripted.broker(new Output.Begun(request, 42));
    assertThat(scripted.command(Command.End.class).transaction()).isEqualTo(42);
    scripted.done();
  }

  @Test
  void anEndlessCommandEndsTheConnection() {
    scripted
        .peer
        .expectClose()
        .withError("amqp:resource-limit-exceeded", notNullValue(String.class));
    for (int i = 0; i < 3; i++) {
      var transfer =
          scripted.peer.remoteTransfer().withHandle(9).withMore(true).withPayload(new byte[500]);
      if (i == 0) {
        transfer.withDeliveryId(0).withDeliveryTag(new byte[] {1});
      }
      transfer.now();
    }
    scripted.done();
  }
}
