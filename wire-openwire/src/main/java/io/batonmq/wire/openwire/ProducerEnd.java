package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A producer of the peer. It sends as it likes; what the broker has no credit for waits in the connection.
final class ProducerEnd implements Peer.End {
  private final Peer peer;
  private final String member;

  /// Under which its counts are kept.
  private final String name;

  private final Struct id;
  private final int windowSize;
  private final @Nullable Struct destination;
  private final Runnable whenCredit;
  private final Map<RoutingType, Lane> lanes = new EnumMap<>(RoutingType.class);
  private final Map<Long, Unanswered> unanswered = new HashMap<>();
  private @Nullable Struct opening;
  private @Nullable Fault refused;
  private long deliveries;

  /// A link of the broker: to the one destination, or to whatever queue or topic a message names.
  private static final class Lane {
    private final int link;
    private boolean open;
    private boolean withdrawn;
    private int window;
    private int credit;

    Lane(int link) {
      this.link = link;
    }
  }

  /// A message whose fate is not known yet.
  private record Unanswered(Struct command, int size) {}

  /// @param destination where all its messages go; null if each says so itself
  /// @param whenCredit to be told when it may send again
  ProducerEnd(Peer peer, Struct info, @Nullable Struct destination, Runnable whenCredit) {
    this.peer = peer;
    this.id = info.needed(Field.PRODUCER_ID);
    this.member = Ids.member(id);
    this.name = Ids.of(peer.principal(), member);
    this.windowSize = info.number(Field.WINDOW_SIZE);
    this.destination = destination;
    this.whenCredit = whenCredit;
    this.opening = info;
    if (destination == null) {
      open(RoutingType.ANYCAST, null);
      open(RoutingType.MULTICAST, null);
    } else {
      open(Destinations.routing(destination), Destinations.address(destination));
    }
  }

  private void open(RoutingType routing, @Nullable String address) {
    Lane lane = new Lane(peer.link(this));
    lanes.put(routing, lane);
    peer.submit(new Command.OpenProducer(peer.connection(), lane.link, address, routing, name));
  }

  private Lane lane(Struct to) {
    Lane lane = lanes.get(Destinations.routing(to));
    return lane == null ? lanes.values().iterator().next() : lane;
  }

  private @Nullable Lane lane(int link) {
    for (Lane lane : lanes.values()) {
      if (lane.link == link) {
        return lane;
      }
    }
    return null;
  }

  String name() {
    return name;
  }

  String session() {
    return Ids.session(id);
  }

  /// Whether a message may be sent to some destinations now, or never will be. More of them than the broker ever
  /// grants are let through one by one.
  boolean ready(List<Struct> parts) {
    if (refused != null) {
      return true;
    }
    for (Lane lane : lanes.values()) {
      long wanted = parts.stream().filter(part -> lane(part) == lane).count();
      if (!lane.open || lane.credit < Math.min(wanted, Math.max(1, lane.window))) {
        return false;
      }
    }
    return true;
  }

  private boolean isOpen() {
    return lanes.values().stream().allMatch(lane -> lane.open);
  }

  /// The command is sent again after a failover, or comes twice.
  void again(Struct info) {
    if (isOpen()) {
      peer.answer(info);
    } else if (refused != null) {
      peer.fail(info, refused);
    } else {
      opening = info;
    }
  }

  /// Why a message cannot be sent, whatever the broker says; null if it can.
  ///
  /// @param several whether it goes to several destinations, outside of a transaction; inside of one the broker
  ///     refuses what it cannot do, and the commit with it
  @Nullable Fault fault(Struct message, boolean several) {
    if (refused != null) {
      return refused;
    }
    String refusal = Kept.refusal(message, several);
    return refusal == null ? null : Faults.jms(refusal);
  }

  /// Gives a message's room in the peer's window back, where it waits for that.
  void release(Struct message) {
    if (windowSize > 0 && !message.flag(Field.RESPONSE_REQUIRED)) {
      acknowledge(size(message));
    }
  }

  private void acknowledge(int size) {
    peer.write(new Struct(Type.PRODUCER_ACK).with(Field.PRODUCER_ID, id).with(Field.SIZE, size));
  }

  boolean gone() {
    return refused != null;
  }

  /// Passes a message on; [#ready] and [#fault] were asked before.
  ///
  /// @param transaction 0 for none
  void send(Struct message, long transaction) {
    Struct to = message.needed(Field.DESTINATION);
    Lane lane = lane(to);
    String address = destination == null ? Destinations.address(to) : null;
    long delivery = deliveries++;
    byte[] body = message.bytesOrNone(Field.CONTENT);
    boolean pieces = body.length > peer.limits().fragmentBytes();
    unanswered.put(delivery, new Unanswered(command(message), size(message)));
    if (pieces) {
      int step = peer.limits().fragmentBytes();
      for (int at = 0; at < body.length; at += step) {
        byte[] piece = Arrays.copyOfRange(body, at, Math.min(body.length, at + step));
        peer.submit(new Command.SendFragment(peer.connection(), lane.link, address, piece));
      }
    }
    submit(lane, delivery, address, kept(message, 0, !pieces), transaction, false);
  }

  /// Passes a message on to one of several destinations, all of which have it with the transaction or none; nobody
  /// waits for the answer.
  ///
  /// @param index of the destination: the same message goes to each once
  void sendPart(Struct message, Struct part, int index, long transaction) {
    Message kept = kept(message.copy().with(Field.DESTINATION, part), index, true);
    submit(lane(part), deliveries++, Destinations.address(part), kept, transaction, true);
  }

  private void submit(
      Lane lane,
      long delivery,
      @Nullable String address,
      Message message,
      long transaction,
      boolean settled) {
    lane.credit--;
    peer.submit(
        new Command.Send(
            peer.connection(), lane.link, delivery, address, message, transaction, settled));
  }

  private Message kept(Struct message, int part, boolean withBody) {
    Struct messageId = message.child(Field.MESSAGE_ID);
    Struct from = messageId == null ? null : messageId.child(Field.PRODUCER_ID);
    boolean own = from != null && Ids.member(from).equals(member);
    return Kept.message(message, own ? name : null, part, peer.user(), withBody, peer.now());
  }

  /// Of a message only what its answer needs.
  private static Struct command(Struct message) {
    return new Struct(Type.FLUSH_COMMAND)
        .with(Field.COMMAND_ID, message.number(Field.COMMAND_ID))
        .with(Field.RESPONSE_REQUIRED, message.flag(Field.RESPONSE_REQUIRED));
  }

  /// As the peer counts it against its window: 1 KiB is what it takes for all but the body.
  private static int size(Struct message) {
    return 1024
        + message.bytesOrNone(Field.CONTENT).length
        + message.bytesOrNone(Field.MARSHALLED_PROPERTIES).length;
  }

  @Override
  public void emit(Output output) {
    switch (output) {
      case Output.ProducerOpened(int link, int initial) -> opened(lane(link), initial);
      case Output.LinkRefused(int _, Refusal refusal) -> {
        refused = Faults.of(refusal);
        begun(refused);
      }
      case Output.Grant(int link, int more) -> {
        Lane lane = lane(link);
        if (lane != null && !lane.withdrawn) {
          lane.credit += more;
          whenCredit.run();
        }
      }
      case Output.Withdraw(int link) -> {
        Lane lane = lane(link);
        if (lane != null) {
          lane.withdrawn = true;
          lane.credit = 0;
          peer.submit(new Command.Withdrawn(peer.connection(), link));
        }
      }
      case Output.Sent(int _, long delivery, Refusal refusal) -> sent(delivery, refusal);
      case Output.LinkClosed(int link, Refusal refusal) -> {
        peer.forget(link);
        if (refusal != null) {
          refused = Faults.of(refusal);
          whenCredit.run();
        }
      }
      default -> throw new IllegalStateException("not for a producer: " + output);
    }
  }

  private void opened(@Nullable Lane lane, int initial) {
    if (lane != null) {
      lane.open = true;
      lane.credit = initial;
      lane.window = Math.max(lane.window, initial);
    }
    if (isOpen()) {
      begun(refused);
    }
  }

  /// Answers the command that asked for it.
  private void begun(@Nullable Fault fault) {
    Struct info = opening;
    opening = null;
    if (info != null && fault != null) {
      peer.fail(info, fault);
    } else if (info != null) {
      peer.answer(info);
    }
    whenCredit.run();
  }

  private void sent(long delivery, @Nullable Refusal refusal) {
    Unanswered message = unanswered.remove(delivery);
    if (message == null) {
      return;
    }
    peer.end(message.command(), refusal);
    if (windowSize > 0 && !message.command().flag(Field.RESPONSE_REQUIRED)) {
      acknowledge(message.size());
    }
  }

  void close() {
    // What was sent is answered before that is.
    for (Lane lane : lanes.values()) {
      peer.submit(new Command.CloseLink(peer.connection(), lane.link, false));
    }
  }
}
