package io.batonmq.checks.bench.ceiling;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Outlet;
import io.batonmq.session.Output;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Where a broker's inbox would be: every message is accepted at once, by the thread that read it, and
/// forgotten. Whoever asks for more than sending is refused.
final class Answers implements Gateway {
  private static final int WINDOW = 1000;
  private static final Refusal NO_BROKER =
      new Refusal(Refusal.Reason.NOT_IMPLEMENTED, "this is no broker: it only answers sends");

  private final Map<Long, Peer> peers = new ConcurrentHashMap<>();

  /// One connection; of its own thread.
  ///
  /// @param owed credit to give back, by link
  private record Peer(Outlet outlet, Map<Integer, Integer> owed) {}

  @Override
  public boolean submit(Command command) {
    if (command instanceof Command.Connect connect) {
      peers.put(connect.connection(), new Peer(connect.outlet(), new HashMap<>()));
    }
    Peer peer = peers.get(command.connection());
    if (peer != null) {
      answer(command, peer);
    }
    return true;
  }

  private void answer(Command command, Peer peer) {
    Outlet out = peer.outlet;
    switch (command) {
      case Command.Connect _ -> out.emit(new Output.Connected());
      case Command.Disconnect gone -> peers.remove(gone.connection());
      case Command.OpenProducer open -> out.emit(new Output.ProducerOpened(open.link(), WINDOW));
      case Command.OpenConsumer open -> out.emit(new Output.LinkRefused(open.link(), NO_BROKER));
      case Command.MakeTemporary make -> out.emit(new Output.LinkRefused(make.link(), NO_BROKER));
      case Command.Send send -> accept(send, peer);
      case Command.CloseLink close -> out.emit(new Output.LinkClosed(close.link(), null));
      case Command.End end -> out.emit(new Output.Ended(end.request(), NO_BROKER));
      case Command.BeginBranch _,
          Command.EndBranch _,
          Command.Recover _,
          Command.Watch _,
          Command.MakeDestination _,
          Command.DeleteDestination _ -> {
        // No protocol here has them.
      }
      case Command.Begin begin -> out.emit(new Output.Begun(begin.request(), 1));
      case Command.Credit _, Command.Settle _, Command.Withdrawn _, Command.Fetch _ -> {
        // Of links that do not exist here.
      }
      case Command.SendFragment _, Command.DropFragments _ -> {
        // Forgotten, as all is.
      }
    }
  }

  private static void accept(Command.Send send, Peer peer) {
    if (!send.settled()) {
      peer.outlet.emit(new Output.Sent(send.link(), send.delivery(), null));
    }
    if (peer.owed.merge(send.link(), 1, Integer::sum) == WINDOW / 2) {
      peer.owed.put(send.link(), 0);
      peer.outlet.emit(new Output.Grant(send.link(), WINDOW / 2));
    }
  }

  @Override
  public void submitted(Now now) {
    // Answered when it was submitted.
  }

  @Override
  public void whenReady(Runnable ready) {
    ready.run();
  }
}
