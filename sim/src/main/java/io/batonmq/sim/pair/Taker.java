package io.batonmq.sim.pair;

import io.batonmq.message.Message;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Source;
import java.util.ArrayDeque;

/// Consumes from a queue: takes, gives back, fails and refuses messages, alone or in ranges, after a while
/// or never, as the seed says. In the end it takes everything.
final class Taker extends Client {
  private static final int LINK = 2;

  private final String queue;

  /// About the priority of messages; empty for none.
  private final String selector;

  private final int window;
  private final long thinkNanosMax;
  private final ArrayDeque<Long> unsettled = new ArrayDeque<>();
  private long delivered;
  private long limit;
  private boolean draining;
  private boolean thinking;
  private int unanswered;

  Taker(Simulation sim, String name, String queue, String selector) {
    super(sim, name);
    this.queue = queue;
    this.selector = selector;
    this.window = (int) chance.magnitude(50);
    this.thinkNanosMax = 1L << chance.between(16, 30);
  }

  @Override
  String source() {
    return queue;
  }

  @Override
  void opened() {
    send(
        new Command.OpenConsumer(
            connection(),
            LINK,
            new Source(Setup.source(queue), new Source.Kind.Queue(), false, selector, false),
            sim.setup().held() ? 1L + (name.hashCode() & Integer.MAX_VALUE) : 0,
            null));
  }

  @Override
  void dropped() {
    unsettled.clear();
    delivered = 0;
    limit = 0;
    draining = false;
    unanswered = 0;
  }

  @Override
  void hearMore(Output output) {
    switch (output) {
      case Output.ConsumerOpened _ -> credit();
      case Output.LinkRefused _, Output.LinkClosed _ -> hangUp();
      case Output.Delivered given -> {
        delivered++;
        wants(given.message());
        unsettled.add(given.delivery());
        fetch(given);
        think();
      }
      case Output.Drained _ -> {
        draining = false;
        limit = delivered;
        after(chance.magnitude(thinkNanosMax), this::credit);
      }
      case Output.Settled(int _, long first, long last, var _) ->
          unanswered -= (int) (last - first + 1);
      case Output.Fragment _ -> {}
      default -> throw new Violation(name + " was told " + output);
    }
  }

  private void wants(Message message) {
    boolean fits =
        selector.isEmpty()
            || (message.priority() == Message.DEFAULT_PRIORITY) == !selector.contains("<>");
    if (!fits) {
      throw new Violation(name + " wants " + selector + " and gets priority " + message.priority());
    }
  }

  private void credit() {
    if (connected() && !draining && limit - delivered <= window / 2) {
      limit = delivered + window;
      draining = !sim.calm() && chance.oneIn(8);
      send(new Command.Credit(connection(), LINK, limit, draining));
    }
  }

  private void think() {
    if (!thinking) {
      thinking = true;
      after(
          1 + (sim.calm() ? 0 : chance.magnitude(thinkNanosMax)),
          () -> {
            thinking = false;
            act();
          });
    }
  }

  private void act() {
    if (!connected() || unsettled.isEmpty()) {
      return;
    }
    if (!sim.calm() && chance.oneIn(60)) {
      hangUp();
      return;
    }
    long first = unsettled.removeFirst();
    long last = first;
    long range = chance.oneIn(3) ? chance.magnitude(10) : 1;
    while (--range > 0 && !unsettled.isEmpty() && unsettled.getFirst() == last + 1) {
      last = unsettled.removeFirst();
    }
    settle(first, last, disposition());
    credit();
    if (!unsettled.isEmpty()) {
      think();
    }
  }

  private Disposition disposition() {
    if (sim.calm()) {
      return Disposition.ACCEPTED;
    }
    return switch (chance.below(16)) {
      case 0 -> Disposition.RELEASED;
      case 1, 2 -> Disposition.FAILED;
      case 3 -> chance.oneIn(4) ? Disposition.REJECTED : Disposition.ACCEPTED;
      default -> Disposition.ACCEPTED;
    };
  }

  private void settle(long first, long last, Disposition disposition) {
    var to = wire();
    if (to == null) {
      return;
    }
    var settle =
        new Command.Settle(connection(), LINK, first, last, disposition, 0, !chance.oneIn(8));
    sim.ledger().asks(to, settle);
    if (settle.answer()) {
      unanswered += (int) (last - first + 1);
    }
    send(settle);
  }

  @Override
  boolean content() {
    return connected() && unsettled.isEmpty() && unanswered == 0;
  }
}
