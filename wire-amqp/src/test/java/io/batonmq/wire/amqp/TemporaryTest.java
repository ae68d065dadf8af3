package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.CoreMatchers.notNullValue;
import static org.hamcrest.CoreMatchers.nullValue;

import io.batonmq.broker.Refusal;
import io.batonmq.message.RoutingType;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Source;
import io.batonmq.session.Source.Kind;
import org.junit.jupiter.api.Test;

/// Addresses made for a link that asked for one (AMQP 1.0 §3.5.3, §3.5.4, `dynamic`).
class TemporaryTest {
  private final ScriptedPeer scripted = new ScriptedPeer().connected().session();

  private void attachProducer(String capability) {
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("maker")
        .withHandle(1)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withTarget()
        .withDynamic(true)
        .withCapabilities(capability)
        .and()
        .now();
  }

  @Test
  void aProducersLinkIsToldItsAddress() {
    attachProducer("temporary-topic");
    Command.MakeTemporary make = scripted.command(Command.MakeTemporary.class);
    assertThat(make.routing()).isEqualTo(RoutingType.MULTICAST);
    scripted.broker(new Output.TemporaryMade(make.link(), "temporary.1.1"));
    Command.OpenProducer open = scripted.command(Command.OpenProducer.class);
    assertThat(open.address()).isEqualTo("temporary.1.1");
    assertThat(open.link()).isEqualTo(make.link());
    scripted
        .peer
        .expectAttach()
        .ofReceiver()
        .withTarget()
        .withAddress("temporary.1.1")
        .withDynamic(true)
        .also();
    scripted.broker(new Output.ProducerOpened(open.link(), 0));
    scripted.peer.remoteDetach().withHandle(1).withClosed(true).now();
    assertThat(scripted.command(Command.CloseLink.class).link()).isEqualTo(make.link());
    scripted.done();
  }

  @Test
  void aConsumersLinkIsToldItsAddress() {
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("replies")
        .withHandle(1)
        .withSource()
        .withDynamic(true)
        .and()
        .withTarget()
        .and()
        .now();
    Command.MakeTemporary make = scripted.command(Command.MakeTemporary.class);
    assertThat(make.routing()).isEqualTo(RoutingType.ANYCAST);
    scripted.broker(new Output.TemporaryMade(make.link(), "temporary.1.2"));
    Command.OpenConsumer open = scripted.command(Command.OpenConsumer.class);
    assertThat(open.source())
        .isEqualTo(new Source("temporary.1.2", new Kind.Queue(), false, null, false));
    scripted.peer.expectAttach().ofSender().withSource().withAddress("temporary.1.2").also();
    scripted.broker(new Output.ConsumerOpened(open.link(), "temporary.1.2"));
    scripted.done();
  }

  @Test
  void whatWasMadeForALinkThatIsRefusedIsGivenBack() {
    attachProducer("temporary-queue");
    Command.MakeTemporary make = scripted.command(Command.MakeTemporary.class);
    scripted.broker(new Output.TemporaryMade(make.link(), "temporary.1.1"));
    scripted.command(Command.OpenProducer.class);
    scripted.peer.expectAttach().withTarget(nullValue());
    scripted
        .peer
        .expectDetach()
        .withClosed(true)
        .withError("amqp:unauthorized-access", notNullValue(String.class));
    scripted.broker(
        new Output.LinkRefused(
            make.link(), new Refusal(Refusal.Reason.NOT_AUTHORIZED, "you may not")));
    assertThat(scripted.command(Command.CloseLink.class).link()).isEqualTo(make.link());
    scripted.done();
  }

  @Test
  void whoLeavesBeforeTheAddressIsThereIsAnswered() {
    attachProducer("temporary-queue");
    Command.MakeTemporary make = scripted.command(Command.MakeTemporary.class);
    scripted.peer.expectAttach().ofReceiver();
    scripted.peer.remoteDetach().withHandle(1).withClosed(true).now();
    scripted.command(Command.CloseLink.class);
    scripted.broker(new Output.TemporaryMade(make.link(), "temporary.1.1"));
    scripted.peer.expectDetach().withClosed(true);
    scripted.broker(new Output.LinkClosed(make.link(), null));
    scripted.done();
  }
}
