package io.batonmq.checks.bench.micro;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Effects;
import io.batonmq.log.SnapshotContent;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import io.batonmq.seam.Now;
import io.batonmq.session.AccessRules;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.Sessions;
import io.batonmq.session.Source;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The life of a message in the core: sent, confirmed, delivered and accepted, by one producer and one
/// consumer of the session layer, over a log that costs nothing.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class CoreMessage {
  private static final int BATCH = 64;
  private static final long CONNECTION = 1;
  private static final int PRODUCER = 1;
  private static final int CONSUMER = 2;
  private static final Now NOW = new Now(1, 1);

  private final Message message =
      new Message(
          Format.AMQP, true, Message.DEFAULT_PRIORITY, 0, null, null, 0, new byte[OneLog.RECORD]);
  private MemoryAppender log;
  private Sessions sessions;
  private long sent;
  private long confirmed;
  private long delivered;
  private long settled;

  @Setup(Level.Iteration)
  public void begin() {
    sent = 0;
    confirmed = 0;
    delivered = 0;
    settled = 0;
    log = new MemoryAppender();
    sessions =
        new Sessions(new BrokerState(), log, settings(), AccessRules.OPEN, Map.of(), new NoDisk());
    sessions.activate(1, NOW);
    on(
        new Command.Connect(
            CONNECTION, new Principal("anyone", Set.of()), "", false, "here", this::heard));
    on(new Command.OpenProducer(CONNECTION, PRODUCER, "bench", RoutingType.ANYCAST, null));
    on(
        new Command.OpenConsumer(
            CONNECTION,
            CONSUMER,
            new Source("bench", new Source.Kind.Queue(), false, null, false)));
  }

  private static BrokerSettings settings() {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        defaults.limits(),
        defaults.addressRules(),
        defaults.addresses(),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        Long.MAX_VALUE);
  }

  private void heard(Output output) {
    switch (output) {
      case Output.Sent it when it.refusal() == null -> confirmed++;
      case Output.Delivered _ -> delivered++;
      case Output.Connected _,
          Output.ProducerOpened _,
          Output.ConsumerOpened _,
          Output.Grant _ -> {}
      default -> throw new IllegalStateException("unexpected: " + output);
    }
  }

  /// Each message by itself, as with one producer that waits for its answers.
  @Benchmark
  public long oneByOne() {
    return round(1);
  }

  /// In groups, as under load.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long inGroupsOf64() {
    return round(BATCH);
  }

  private long round(int messages) {
    sessions.accept(new Command.Credit(CONNECTION, CONSUMER, delivered + messages, false), NOW);
    for (int i = 0; i < messages; i++) {
      sessions.accept(new Command.Send(CONNECTION, PRODUCER, ++sent, null, message, 0, false), NOW);
    }
    commit();
    sessions.accept(
        new Command.Settle(
            CONNECTION, CONSUMER, settled, delivered - 1, Disposition.ACCEPTED, 0, false),
        NOW);
    settled = delivered;
    commit();
    if (confirmed != sent || delivered != sent) {
      throw new IllegalStateException(
          "of %d sent %d are confirmed and %d delivered".formatted(sent, confirmed, delivered));
    }
    return delivered;
  }

  private void on(Command command) {
    sessions.accept(command, NOW);
    commit();
  }

  private void commit() {
    sessions.dispatch(NOW);
    log.flush();
    sessions.committed(log.commit(), NOW);
  }

  /// Nothing has to be read back: bodies of messages for which a consumer waits are in memory.
  private static final class NoDisk implements Effects {
    @Override
    public void load(long position) {
      throw new IllegalStateException("read back: " + position);
    }

    @Override
    public void snapshot(SnapshotContent content) {
      throw new IllegalStateException("no snapshot was due");
    }

    @Override
    public void reclaim(long position, long[] liveExtents, int extentShift) {
      // There is nothing to give back.
    }
  }
}
