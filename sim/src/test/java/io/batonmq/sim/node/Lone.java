package io.batonmq.sim.node;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Limits;
import io.batonmq.ha.Baton;
import io.batonmq.ha.HaSettings;
import io.batonmq.ha.Presence;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.ha.RoleListener;
import io.batonmq.ha.Warrant;
import io.batonmq.log.LogSettings;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.file.FileLog;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.node.Lanes;
import io.batonmq.node.Node;
import io.batonmq.node.NodeSettings;
import io.batonmq.node.Serving;
import io.batonmq.queue.Disposition;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.session.AccessRules;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.Source;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimProcess;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// A whole node, baton and broker and log, of which every lane is run by the calling thread; and one
/// client of it, which sends to queues and takes from them.
final class Lone implements RoleListener, Node.Doors, Lanes {
  static final LogSettings SMALL =
      new LogSettings(64 << 10, 32 << 10, 1, 50_000_000L, 500_000_000L, true);

  private static final long CONNECTION = 1;
  private static final int PRODUCER = 1;

  private final SimProcess process;
  private final Storage storage;
  private final FileLog log;
  private final Baton baton;
  private final List<Output> heard = new ArrayList<>();
  private @Nullable Serving serving;
  private BooleanSupplier standStill = () -> false;
  private boolean mayBeFenced;
  private boolean fenced;
  private int names;
  private int links = PRODUCER;
  private long sent;

  /// A delivery that the client has.
  record Got(int link, long delivery, long number, int bytes) {}

  Lone(SimDisk disk, String name, long snapshotBytes) {
    process = disk.scheduler().process(name);
    storage = disk.mount(process);
    log = new FileLog(storage, SMALL, name, this::unique);
    var ha =
        new HaSettings(
            name, HaSettings.Configured.PRIMARY, true, true, 1_000_000_000L, List.of(), "test");
    var presence = new Presence(storage, ha, name);
    var node = new Node(settings(snapshotBytes), log, this::unique, this, this, this::slowest);
    baton = new Baton(storage, ha, log, presence, node, Warrant.NONE, this, this::wakeBaton);
  }

  private static NodeSettings settings(long snapshotBytes) {
    var defaults = BrokerSettings.DEFAULTS;
    return new NodeSettings(
        new BrokerSettings(
            Limits.DEFAULTS.withMemory(100_000, 100_000),
            List.<AddressSettings.Rule>of(),
            List.of(queue("slow"), queue("quick")),
            defaults.producerRetentionNanos(),
            defaults.expiryScanNanos(),
            snapshotBytes),
        AccessRules.OPEN,
        Map.of());
  }

  private static BrokerSettings.Predefined queue(String name) {
    return new BrokerSettings.Predefined(
        name, List.of(new BrokerSettings.Predefined.Queue(name, RoutingType.ANYCAST)));
  }

  private long slowest() {
    return Long.MAX_VALUE;
  }

  /// Of one length, so that states that name a snapshot can be compared by theirs.
  private String unique() {
    return "%s%06d".formatted(process.name(), ++names);
  }

  /// Runs everything until it serves.
  Lone start() {
    for (int i = 0; serving == null; i++) {
      if (i > 10_000) {
        throw new AssertionError("does not serve: " + baton.role());
      }
      turn();
      process.sleep(Duration.ofMillis(20));
    }
    submit(
        new Command.Connect(
            CONNECTION, new Principal("me", Set.of()), "me", false, "here", heard::add));
    submit(new Command.OpenProducer(CONNECTION, PRODUCER, null, null, null));
    settle();
    return this;
  }

  FileLog log() {
    return log;
  }

  Storage storage() {
    return storage;
  }

  Serving serving() {
    return Optional.ofNullable(serving).orElseThrow();
  }

  private void submit(Command command) {
    serving().submit(command);
  }

  /// Once around all lanes; answers whether there was anything to do.
  boolean turn() {
    var now = Now.of(process.clock());
    boolean worked = baton.doWork(now);
    var in = serving;
    if (in != null) {
      worked |= in.brokerWork(now);
      worked |= in.logWork(now);
      worked |= in.keeperWork(now);
    }
    return worked;
  }

  /// Until nothing happens for a while, or until it is to stand still.
  void settle() {
    for (int quiet = 0; quiet < 8 && !standStill.getAsBoolean(); quiet++) {
      while (!standStill.getAsBoolean() && turn()) {
        quiet = 0;
      }
      process.sleep(Duration.ofMillis(30));
    }
  }

  /// Says when this node stands still, looked at after each turn.
  void standStillWhen(BooleanSupplier now) {
    standStill = now;
  }

  /// Sends a message, numbered, to one of the queues.
  void send(String queue, long number, int bytes) {
    send(queue, number, bytes, true, 0);
  }

  /// The same, perhaps not durable, perhaps in a transaction.
  void send(String queue, long number, int bytes, boolean durable, long transaction) {
    var body = new byte[bytes];
    for (int i = 0; i < 8; i++) {
      body[i] = (byte) (number >>> (8 * i));
    }
    for (int i = 8; i < bytes; i++) {
      body[i] = filler(number, i);
    }
    var message = new Message(Format.AMQP, durable, 4, 0, null, null, 0, body);
    submit(new Command.Send(CONNECTION, PRODUCER, sent++, queue, message, transaction, false));
    if (sent % 20 == 0) {
      settle();
    }
  }

  long begin() {
    heard.clear();
    submit(new Command.Begin(CONNECTION, 1));
    settle();
    for (var output : heard) {
      if (output instanceof Output.Begun begun) {
        return begun.transaction();
      }
    }
    throw new AssertionError("nothing has begun: " + heard);
  }

  /// Ends a transaction; answers whether as it was asked to.
  boolean end(long transaction, boolean commit) {
    heard.clear();
    submit(new Command.End(CONNECTION, 1, transaction, commit));
    settle();
    return heard.stream()
        .anyMatch(output -> output instanceof Output.Ended ended && ended.refusal() == null);
  }

  /// How many of the messages that were sent since the last look were refused.
  long refused() {
    settle();
    long refused =
        heard.stream()
            .filter(output -> output instanceof Output.Sent answer && answer.refusal() != null)
            .count();
    heard.clear();
    return refused;
  }

  /// Lets time go by.
  void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 100) {
      process.sleep(Duration.ofMillis(100));
      while (turn()) {
        // more
      }
    }
  }

  private static byte filler(long number, int at) {
    return (byte) (number * 31 + at);
  }

  int consumer(String queue) {
    int link = ++links;
    var source = new Source(queue, new Source.Kind.Queue(), false, null, false);
    submit(new Command.OpenConsumer(CONNECTION, link, source));
    return link;
  }

  /// Takes what there is from a queue, and acknowledges those whose number is wanted; the others go back.
  List<Got> take(String queue, int most, LongPredicate acknowledged) {
    int link = consumer(queue);
    submit(new Command.Credit(CONNECTION, link, most, true));
    heard.clear();
    settle();
    List<Got> got = new ArrayList<>();
    for (var output : heard) {
      if (output instanceof Output.Delivered delivered && delivered.link() == link) {
        got.add(got(delivered));
      }
    }
    for (var one : got) {
      var how = acknowledged.test(one.number) ? Disposition.ACCEPTED : Disposition.RELEASED;
      submit(new Command.Settle(CONNECTION, link, one.delivery, one.delivery, how, 0, false));
    }
    settle();
    submit(new Command.CloseLink(CONNECTION, link, false));
    settle();
    return got;
  }

  private static Got got(Output.Delivered delivered) {
    var body = delivered.message().bytes();
    long number = 0;
    for (int i = 7; i >= 0; i--) {
      number = number << 8 | body[i] & 0xff;
    }
    for (int i = 8; i < body.length; i++) {
      if (body[i] != filler(number, i)) {
        throw new AssertionError("message " + number + " has another body");
      }
    }
    return new Got(delivered.link(), delivered.delivery(), number, body.length);
  }

  /// The durable state, byte for byte.
  byte[] state() {
    var bytes = new ByteArrayOutputStream();
    serving().freeze(content -> copy(content, bytes));
    settle();
    return bytes.toByteArray();
  }

  private static void copy(SnapshotContent content, ByteArrayOutputStream to) {
    content.writeTo(block -> {
      var copy = new byte[block.remaining()];
      block.get(copy);
      to.writeBytes(copy);
    });
  }

  /// Goes on after another has taken over, until it knows.
  void goOnUntilFenced() {
    mayBeFenced = true;
    // The lane that would find out is the last to wake.
    for (int i = 0; i < 20; i++) {
      var now = Now.of(process.clock());
      serving().brokerWork(now);
      serving().keeperWork(now);
    }
    for (int i = 0; !fenced; i++) {
      if (i > 10_000) {
        throw new AssertionError("does not notice: " + baton.role());
      }
      turn();
      process.sleep(Duration.ofMillis(20));
    }
  }

  /// Ends without a word.
  void kill() {
    process.kill();
    serving = null;
  }

  @Override
  public void open(Serving now) {
    serving = now;
  }

  @Override
  public void close(String reason) {
    serving = null;
  }

  @Override
  public void became(Role before, Role after, String reason) {
    fenced = after instanceof Role.Fenced;
    if (fenced && !mayBeFenced) {
      throw new AssertionError(reason);
    }
  }

  @Override
  public void receipt(Receipt receipt) {}

  @Override
  public void waiting(String reason) {}

  @Override
  public long nanos() {
    return process.clock().monotonicNanos();
  }

  @Override
  public void wakeBroker() {}

  @Override
  public void wakeLog() {}

  @Override
  public void wakeKeeper() {}

  @Override
  public void wakeBaton() {}
}
