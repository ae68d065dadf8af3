package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Source;
import org.jspecify.annotations.Nullable;

/// Ends a durable subscription: attaches to it, which nobody else may be, and closes the link for good.
///
/// A client that has connected again may ask for what was done before the answer was lost: to it, one that is not there
/// has ended.
final class Unsubscribing implements Peer.End {
  private final Peer peer;
  private final Struct command;
  private final int link;

  Unsubscribing(Peer peer, Struct command) {
    this.peer = peer;
    this.command = command;
    this.link = peer.link(this);
    String name = command.neededText(Field.SUBSCRIPTION_NAME);
    Source.Kind kind = new Source.Kind.Subscription(name, peer.clientId(), false, true);
    peer.submit(
        new Command.OpenConsumer(
            peer.connection(), link, new Source("", kind, false, null, false)));
  }

  @Override
  public void emit(Output output) {
    switch (output) {
      case Output.ConsumerOpened _ ->
          peer.submit(new Command.CloseLink(peer.connection(), link, true));
      case Output.LinkRefused(int _, Refusal refusal) -> over(refusal);
      case Output.LinkClosed(int _, Refusal refusal) -> over(refusal);
      default -> {}
    }
  }

  private void over(@Nullable Refusal refusal) {
    boolean done = refusal != null && refusal.reason() == Refusal.Reason.NOT_FOUND && peer.again();
    peer.forget(link);
    peer.end(command, done ? null : refusal);
  }
}
