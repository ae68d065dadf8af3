package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import org.jspecify.annotations.Nullable;

/// A temporary destination of the peer, which it named itself.
final class TemporaryEnd implements Peer.End {
  private final Peer peer;
  private final int link;
  private @Nullable Struct asking;
  private boolean made;
  private @Nullable Refusal refusal;

  TemporaryEnd(Peer peer, Struct info, Struct destination) {
    this.peer = peer;
    this.asking = info;
    this.link = peer.link(this);
    peer.submit(
        new Command.MakeTemporary(
            peer.connection(),
            link,
            Destinations.routing(destination),
            Destinations.name(destination)));
  }

  /// The command comes again.
  void again(Struct info) {
    if (made || refusal != null) {
      peer.end(info, refusal);
    } else {
      asking = info;
    }
  }

  @Override
  public void emit(Output output) {
    Struct info = asking;
    if (output instanceof Output.TemporaryMade) {
      made = true;
    } else if (output instanceof Output.LinkRefused(int _, Refusal why)) {
      refusal = why;
    } else {
      return;
    }
    asking = null;
    if (info != null) {
      peer.end(info, refusal);
    }
  }

  void remove() {
    peer.submit(new Command.CloseLink(peer.connection(), link, false));
    peer.forget(link);
  }
}
