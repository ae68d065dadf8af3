package io.batonmq.session;

import io.batonmq.broker.Effects;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.SlowConsumers;
import io.batonmq.seam.Now;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// Looks every so often at consumers that have to settle so many messages in a time, see [SlowConsumers].
///
/// A consumer is slow if it settled too few of them since the last look, and fewer than it had then, and has some
/// now: so it had something to do all the time. Where the threshold is less than one message between two looks, it has the time that
/// one message may take.
final class SlowConsumerWatch {
  /// Consumers that are looked at in one turn.
  private static final int PIECE = 1_000;

  private static final double NANOS_PER_SECOND = 1e9;

  /// So far away only in words: later ones must not overflow into the past.
  private static final long SECONDS_MAX = Long.MAX_VALUE / 4 / 1_000_000_000;

  private final Answers answers;
  private final Effects effects;
  private final TreeMap<Look, Watched> looks = new TreeMap<>();
  private final Map<ConsumerLink, Watched> watched = new HashMap<>();
  private long lastNumber;

  private record Look(long nanos, long number) implements Comparable<Look> {
    @Override
    public int compareTo(Look other) {
      int earlier = Long.signum(nanos - other.nanos);
      return earlier != 0 ? earlier : Long.compare(number, other.number);
    }
  }

  private static final class Watched {
    private final ConsumerLink link;
    private final long number;
    private Look next = new Look(0, 0);
    private long sinceNanos;

    /// What it had settled then, and what it had besides.
    private long settled;

    private long had;

    /// Whether it was slow the last time.
    private boolean slow;

    Watched(ConsumerLink link, long number) {
      this.link = link;
      this.number = number;
    }

    SlowConsumers settings() {
      return link.queue.address().settings().slowConsumers();
    }

    void begin(long nanos) {
      sinceNanos = nanos;
      settled = link.settled();
      had = link.waiting();
    }
  }

  SlowConsumerWatch(Answers answers, Effects effects) {
    this.answers = answers;
    this.effects = effects;
  }

  /// A consumer has come.
  void watch(ConsumerLink link, long nanos) {
    if (link.browses() || !link.queue.address().settings().slowConsumers().watched()) {
      return;
    }
    Watched one = new Watched(link, ++lastNumber);
    watched.put(link, one);
    one.begin(nanos);
    // What is there when it comes, others may be given.
    one.had = 0;
    schedule(one, nanos);
  }

  /// A consumer is gone.
  void forget(ConsumerLink link) {
    Watched one = watched.remove(link);
    if (one != null) {
      looks.remove(one.next);
    }
  }

  private void schedule(Watched one, long nanos) {
    long seconds = Math.min(one.settings().checkSeconds(), SECONDS_MAX);
    one.next = new Look(nanos + seconds * 1_000_000_000, one.number);
    looks.put(one.next, one);
  }

  /// When [#look] has something to do; [Long#MAX_VALUE] for never.
  long nextNanos() {
    return looks.isEmpty() ? Long.MAX_VALUE : looks.firstKey().nanos();
  }

  /// Looks at those whose time it is.
  ///
  /// @param commands takes what a connection says that is closed
  void look(Now now, BiConsumer<Command, Now> commands) {
    for (int i = 0; i < PIECE && !looks.isEmpty() && nextNanos() - now.nanos() <= 0; i++) {
      Watched one = looks.pollFirstEntry().getValue();
      look(one, now, commands);
    }
  }

  private void look(Watched one, Now now, BiConsumer<Command, Now> commands) {
    SlowConsumers settings = one.settings();
    double seconds = (now.nanos() - one.sinceNanos) / NANOS_PER_SECOND;
    double enough = settings.enough(seconds);
    long settled = one.link.settled() - one.settled;
    boolean busy = settled < one.had && one.link.waiting() > 0;
    if (busy && enough < 1) {
      schedule(one, now.nanos());
      return;
    }
    boolean slow = busy && settled < enough;
    if (slow && !one.slow) {
      found(one.link, settings, settled, seconds, enough);
    }
    one.slow = slow;
    if (slow && settings.policy() == SlowConsumers.Policy.KILL) {
      kill(one.link.connection(), one.link.queue, now, commands);
      return;
    }
    one.begin(now.nanos());
    schedule(one, now.nanos());
  }

  private void found(
      ConsumerLink link, SlowConsumers settings, long settled, double seconds, double enough) {
    link.queue.countSlow();
    Connection connection = link.connection();
    effects.warn(
        String.format(
            Locale.ROOT,
            "consumer slow queue=%s user=%s remote=%s settled=%d seconds=%.1f enough=%.1f"
                + " policy=%s",
            link.queue.queue().name(),
            connection.principal.name(),
            connection.remoteAddress,
            settled,
            seconds,
            enough,
            settings.policy()));
  }

  /// Its transport may be stuck, so it is not waited for: what it had goes to others at once.
  private void kill(
      Connection connection, LiveQueue queue, Now now, BiConsumer<Command, Now> commands) {
    commands.accept(new Command.Disconnect(connection.id, false), now);
    answers.to(
        connection,
        new Output.ConnectionClosed(
            new Refusal(
                Reason.LIMIT_REACHED,
                "a consumer of "
                    + queue.queue().name()
                    + " settles its messages too slowly, and slow-consumer-policy is KILL: consume"
                    + " faster, or with a smaller prefetch")));
  }
}
