package io.batonmq.sim.pair;

import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sends messages and waits for their confirmations, several under way at once. What was not answered when
/// a connection was lost is sent again on the next one, in order and under the same identity.
final class Producer extends Client {
  private static final int LINK = 1;

  private final String address;
  private final long paceNanosMax;
  private final Map<Long, Sent> unanswered = new LinkedHashMap<>();
  private final List<Sent> again = new ArrayList<>();
  private int left;
  private int due;
  private int credit;
  private long delivery;
  private boolean closes;
  private boolean closed;

  Producer(Simulation sim, String name, String address, int messages, long paceNanosMax) {
    super(sim, name);
    this.address = address;
    this.left = messages;
    this.paceNanosMax = paceNanosMax;
    this.closes = chance.oneIn(3);
  }

  @Override
  void start() {
    super.start();
    pace();
  }

  private void pace() {
    if (left > 0) {
      int some = sim.calm() ? left : (int) Math.min(left, chance.magnitude(8));
      left -= some;
      due += some;
      pump();
      after(1 + chance.magnitude(paceNanosMax), this::pace);
    }
  }

  @Override
  void opened() {
    if (!closed) {
      send(new Command.OpenProducer(connection(), LINK, address, null, name));
    }
  }

  @Override
  void dropped() {
    again.clear();
    again.addAll(unanswered.values());
    unanswered.clear();
    credit = 0;
    delivery = 0;
  }

  @Override
  void withdraw() {
    credit = 0;
  }

  @Override
  void hearMore(Output output) {
    switch (output) {
      case Output.ProducerOpened(int _, int more) -> credit += more;
      case Output.Grant(int _, int more) -> credit += more;
      case Output.Sent(int _, long number, var refusal) -> {
        Sent sent = unanswered.remove(number);
        if (refusal != null && sent != null) {
          sim.ledger().refused(sent);
        }
      }
      case Output.LinkClosed _ -> {}
      default -> throw new Violation(name + " was told " + output);
    }
    pump();
    if (closes && content()) {
      // Nothing of its will be sent again, so its identities may be forgotten.
      closes = false;
      closed = true;
      send(new Command.CloseLink(connection(), LINK, false));
    }
  }

  private void pump() {
    while (connected() && credit > 0 && (!again.isEmpty() || due > 0)) {
      Sent next;
      if (again.isEmpty()) {
        due--;
        next = sim.ledger().compose(this, address, null);
      } else {
        next = again.removeFirst();
        sim.stats().resends++;
      }
      put(next);
    }
  }

  private void put(Sent next) {
    var to = wire();
    if (to != null) {
      credit--;
      long number = delivery++;
      unanswered.put(number, next);
      to.sends.put(number, next);
      sendFragments(LINK, null, next);
      send(new Command.Send(connection(), LINK, number, null, next.message, 0, false));
    }
  }

  @Override
  boolean content() {
    return left == 0 && due == 0 && again.isEmpty() && unanswered.isEmpty();
  }
}
