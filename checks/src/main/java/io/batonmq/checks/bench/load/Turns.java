package io.batonmq.checks.bench.load;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;

/// Drains a deep queue and a shallow one in turns, with messages of the same size and clients of the same
/// kind, so that whatever else the machine does hits both alike: what is said is the ratio. The shallow one is filled again before
/// each of its turns, which does not count. Both have to be in order.
///
/// Arguments: messages (in the deep queue), bytes, queue, turns, shallow (messages in a turn of the other).
final class Turns {
  /// Before a turn a client has been given this many already (its prefetch), which would make it look fast.
  private static final int UNCOUNTED = 1000;

  private final List<Double> deep = new ArrayList<>();
  private final List<Double> shallow = new ArrayList<>();

  Turns() {}

  static void run(Clients clients, Arguments arguments) throws Exception {
    int messages = arguments.number("messages");
    int turns = arguments.number("turns");
    int few = arguments.number("shallow");
    String queue = arguments.text("queue");
    Drain deep = new Drain(clients, queue);
    Drain shallow = new Drain(clients, queue + "-shallow");
    Filler filler = Filler.of(clients, queue + "-shallow");
    Turns seen = new Turns();
    int numbered = 0;
    for (int turn = 0; turn < turns; turn++) {
      filler.fill(numbered, few);
      numbered += few;
      int share = share(messages, turns, turn);
      // Who is first in the first turn finds clients that have just begun; the next time it is the
      // other.
      if (turn % 2 == 0) {
        double rate = shallow.take(few);
        seen.saw(deep.take(share), rate);
      } else {
        double rate = deep.take(share);
        seen.saw(rate, shallow.take(few));
      }
    }
    System.out.printf(
        "result count=%d drain_rate=%.1f shallow_rate=%.1f to_shallow=%.3f to_shallow_worst=%.3f%n",
        messages, median(seen.deep), median(seen.shallow), seen.median(), seen.worst());
  }

  /// How many of all messages are in a turn, counted from 0: as even as may be, and all in all.
  static int share(int messages, int turns, int turn) {
    return (int) ((long) messages * (turn + 1) / turns - (long) messages * turn / turns);
  }

  /// One turn of both.
  void saw(double deepRate, double shallowRate) {
    deep.add(deepRate);
    shallow.add(shallowRate);
  }

  /// The ratio in the middle of those of all turns.
  double median() {
    return median(ratios());
  }

  /// The lowest one.
  double worst() {
    return ratios().stream().mapToDouble(it -> it).min().orElseThrow();
  }

  private List<Double> ratios() {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < deep.size(); i++) {
      ratios.add(deep.get(i) / shallow.get(i));
    }
    return ratios;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(it -> it).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /// Fills the shallow queue.
  private record Filler(Clients clients, Session session, MessageProducer producer) {
    static Filler of(Clients clients, String queue) throws JMSException {
      Session session = clients.transacted();
      return new Filler(clients, session, Sends.producer(session, queue));
    }

    void fill(int from, int count) throws JMSException {
      Backlog.transacted(clients, session, producer, from, count);
    }
  }

  /// A consumer that looks at the order.
  private static final class Drain {
    private final MessageConsumer consumer;
    private final String queue;
    private int next;

    Drain(Clients clients, String queue) throws JMSException {
      Session session = clients.session();
      consumer = session.createConsumer(session.createQueue(queue));
      this.queue = queue;
    }

    /// @return messages a second
    double take(int count) throws JMSException {
      int uncounted = Math.min(UNCOUNTED, count / 2);
      long began = System.nanoTime();
      for (int i = 0; i < count; i++) {
        if (i == uncounted) {
          began = System.nanoTime();
        }
        Message message = consumer.receive(Backlog.RECEIVE_MILLIS);
        if (message == null) {
          throw new IllegalStateException(queue + ": nothing came after " + next);
        }
        int number = message.getIntProperty(Backlog.NUMBER);
        if (number != next) {
          throw new IllegalStateException(
              queue + ": out of order: " + number + " instead of " + next);
        }
        next++;
      }
      return (count - uncounted) * 1e9 / (System.nanoTime() - began);
    }
  }
}
