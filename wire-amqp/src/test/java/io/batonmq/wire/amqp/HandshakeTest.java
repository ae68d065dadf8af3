package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.CoreMatchers.notNullValue;

import io.batonmq.broker.Refusal;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.WireEngine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Symbol;
import org.junit.jupiter.api.Test;

/// From the first byte to Open, and from Close to the end (AMQP 1.0 §2.2, §2.4, §5.3).
class HandshakeTest {
  private static final byte[] PLAIN_ALICE = "\0alice\0wonderland".getBytes(StandardCharsets.UTF_8);

  private ScriptedPeer scripted = new ScriptedPeer();

  private void sasl(String mechanism, byte[] response, int code) {
    scripted.peer.expectSASLHeader();
    scripted.peer.expectSaslMechanisms();
    scripted.peer.remoteSASLHeader().now();
    scripted.peer.expectSaslOutcome().withCode((byte) code);
    scripted.peer.remoteSaslInit().withMechanism(mechanism).withInitialResponse(response).now();
    scripted.done();
  }

  @Test
  void offersMechanismsStrongestFirst() {
    scripted =
        new ScriptedPeer(AmqpLimits.standard(), List.of("SCRAM-SHA-256", "PLAIN", "ANONYMOUS"));
    scripted.peer.expectSASLHeader();
    scripted
        .peer
        .expectSaslMechanisms()
        .withSaslServerMechanisms("SCRAM-SHA-256", "PLAIN", "ANONYMOUS");
    scripted.peer.remoteSASLHeader().now();
    scripted.done();
  }

  @Test
  void openTellsWhatThisBrokerCanDoAndWhereElseItIs() {
    sasl("PLAIN", PLAIN_ALICE, 0);
    scripted.peer.expectAMQPHeader();
    scripted.peer.remoteAMQPHeader().now();
    scripted
        .peer
        .remoteOpen()
        .withContainerId("client")
        .withDesiredCapabilities("sole-connection-for-container")
        .now();
    Command.Connect connect = scripted.command(Command.Connect.class);
    assertThat(connect.clientId()).isEqualTo("client");
    assertThat(connect.exclusiveClientId()).isTrue();
    assertThat(connect.principal().name()).isEqualTo("alice");
    scripted
        .peer
        .expectOpen()
        .withContainerId("baton")
        .withMaxFrameSize(1 << 20)
        .withChannelMax(255)
        .withIdleTimeOut(30_000)
        .withOfferedCapabilities("ANONYMOUS-RELAY", "DELAYED_DELIVERY", "SHARED-SUBS")
        .withProperties(
            Map.of(
                "product",
                "baton",
                "failover-server-list",
                List.of(
                    Map.of(
                        Symbol.valueOf("hostname"), "other",
                        Symbol.valueOf("network-host"), "other",
                        Symbol.valueOf("port"), 61616,
                        Symbol.valueOf("scheme"), "amqp"))));
    scripted.broker(new Output.Connected());
    scripted.done();
  }

  @Test
  void aWrongPasswordIsToldByTheOutcomeAndTheEnd() {
    sasl("PLAIN", "\0alice\0guess".getBytes(StandardCharsets.UTF_8), 1);
    assertThat(scripted.closed).contains("wrong user or password");
    assertThat(scripted.commands).isEmpty();
  }

  @Test
  void aBrokenPlainMessageIsAFailedLogin() {
    for (String broken :
        List.of(
            "", "\0", "\0\0", "\0alice\0", "alice", "\0\0secret", "\0a\0b\0c", "bob\0alice\0x")) {
      scripted = new ScriptedPeer();
      sasl("PLAIN", broken.getBytes(StandardCharsets.UTF_8), 1);
      assertThat(scripted.closed).contains("not authenticated");
    }
  }

  @Test
  void aMechanismThatWasNotOfferedIsRefused() {
    sasl("ANONYMOUS", new byte[0], 1);
    assertThat(scripted.closed).contains("was not offered");
  }

  @Test
  void nobodyComesInWhereAnonymousIsAllowed() {
    scripted = new ScriptedPeer(AmqpLimits.standard(), List.of("PLAIN", "ANONYMOUS"));
    sasl("ANONYMOUS", new byte[0], 0);
    assertThat(scripted.closed).isNull();
  }

  @Test
  void whoSkipsSaslIsShownItAndSentAway() {
    scripted.peer.expectSASLHeader();
    scripted.peer.remoteAMQPHeader().now();
    scripted.done();
    assertThat(scripted.closed).contains("skipped SASL");
  }

  @Test
  void anotherVersionIsAnsweredWithOurs() {
    scripted.peer.expectSASLHeader();
    scripted.bytes(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
    scripted.done();
    assertThat(scripted.closed).contains("version");
  }

  @Test
  void theTimeToAuthenticateIsLimited() {
    scripted.peer.expectSASLHeader();
    scripted.peer.expectSaslMechanisms();
    scripted.peer.remoteSASLHeader().now();
    scripted.passes(9_999);
    assertThat(scripted.closed).isNull();
    scripted.passes(1);
    assertThat(scripted.closed).contains("in time");
    assertThat(scripted.engine.tick(scripted.now())).isEqualTo(WireEngine.NEVER);
  }

  @Test
  void theTimeToOpenIsLimitedToo() {
    sasl("PLAIN", PLAIN_ALICE, 0);
    scripted.passes(10_000);
    assertThat(scripted.closed).contains("in time");
  }

  @Test
  void aStrangerSendsSmallFramesOnly() {
    scripted.peer.expectSASLHeader();
    scripted.peer.expectSaslMechanisms();
    scripted.peer.remoteSASLHeader().now();
    scripted.bytes(ByteBuffer.allocate(8).putInt(4097).putInt(0x0201_0000).array());
    assertThat(scripted.closed).contains("4097");
  }

  @Test
  void theBrokerMayRefuseTheConnection() {
    sasl("PLAIN", PLAIN_ALICE, 0);
    scripted.peer.expectAMQPHeader();
    scripted.peer.remoteAMQPHeader().now();
    scripted.peer.remoteOpen().withContainerId("client").now();
    scripted.peer.expectOpen().withProperty("amqp:connection-establishment-failed", true);
    scripted
        .peer
        .expectClose()
        .withError(
            "amqp:invalid-field",
            "that client id is in use",
            Map.of("invalid-field", Symbol.valueOf("container-id")));
    scripted.broker(
        new Output.ConnectionClosed(
            new Refusal(Refusal.Reason.IN_USE, "that client id is in use")));
    scripted.done();
    scripted.peer.remoteClose().now();
    assertThat(scripted.closed).isEqualTo("that client id is in use");
  }

  @Test
  void handingOverIsForcedSoThatClientsConnectAgain() {
    scripted.connected();
    scripted.peer.expectClose().withError("amqp:connection:forced", "the other node is active now");
    scripted.engine.end(
        new Refusal(Refusal.Reason.HANDING_OVER, "the other node is active now"), scripted.now());
    scripted.passes(0);
    scripted.done();
    assertThat(scripted.command(Command.Disconnect.class).clean()).isFalse();
  }

  @Test
  void aCleanCloseIsAnswered() {
    scripted.connected();
    scripted.peer.expectClose();
    scripted.peer.remoteClose().now();
    scripted.done();
    assertThat(scripted.command(Command.Disconnect.class).clean()).isTrue();
    assertThat(scripted.closed).isEmpty();
  }

  @Test
  void aLostTransportIsNotClean() {
    scripted.connected();
    scripted.engine.lost(scripted.now());
    assertThat(scripted.command(Command.Disconnect.class).clean()).isFalse();
  }

  @Test
  void heartbeatsKeepTheLineAliveBothWays() {
    sasl("PLAIN", PLAIN_ALICE, 0);
    scripted.peer.expectAMQPHeader();
    scripted.peer.remoteAMQPHeader().now();
    scripted.peer.remoteOpen().withContainerId("client").withIdleTimeOut(1_000).now();
    scripted.peer.expectOpen();
    scripted.broker(new Output.Connected());
    for (int i = 0; i < 200; i++) {
      scripted.peer.expectEmptyFrame();
      scripted.passes(500);
      scripted.peer.remoteEmptyFrame().now();
    }
    scripted.done();
    assertThat(scripted.closed).isNull();
  }

  @Test
  void aSilentPeerIsGone() {
    scripted.connected();
    scripted
        .peer
        .expectClose()
        .withError("amqp:resource-limit-exceeded", notNullValue(String.class));
    scripted.passes(60_000);
    scripted.done();
    scripted.passes(2_000);
    assertThat(scripted.closed).contains("idle");
  }

  @Test
  void silenceIsNotThePeersFaultWhileTheBrokerIsFull() {
    scripted.connected().session();
    scripted.room = false;
    scripted.producing("orders", 1);
    scripted.passes(120_000);
    assertThat(scripted.closed).isNull();
    scripted.room = true;
    scripted.engine.receive(ByteBuffer.allocate(0), scripted.now());
    scripted.passes(59_999);
    assertThat(scripted.closed).isNull();
    scripted.peer.expectClose();
    scripted.passes(1);
    scripted.done();
  }
}
