package io.batonmq.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Limits;
import io.batonmq.ha.Aftermath;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.log.LogSettings;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogWriter;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.seam.MemoryStorage;
import io.batonmq.seam.Now;
import io.batonmq.session.AccessRules;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Turns of a broker whose bodies are on disk, with a keeper that is faster than they are: whatever it is
/// asked for is there at once, as if the whole log were in the page cache.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServingTest implements Lanes {
  private static final int CACHE_BYTES = 10_000;

  /// What one turn takes from the keeper, see `Serving`.
  private static final int ANSWERS = 64;

  private static final long CONNECTION = 1;
  private static final int PRODUCER = 1;
  private static final String ADDRESS = "a";

  private MemoryStorage storage = new MemoryStorage();
  private final List<Output> heard = new ArrayList<>();
  private @Nullable Serving serving;
  private long nanos = 1;
  private int links = PRODUCER;
  private long sent;
  private int names;
  private int loads;

  /// Whether the keeper is busy with something long.
  private boolean keeperAway;

  private int logWakes;

  /// Whether the keeper is at work, which wakes the broker for each of its answers.
  private boolean keeping;

  private int brokerWakes;

  /// Messages that a selector was asked about.
  private int looks;

  @BeforeEach
  void start() {
    serve();
    openProducer();
    settle();
  }

  private void serve() {
    var log = new FileLog(storage, LogSettings.DEFAULTS, "node", () -> "n" + ++names);
    log.prepare();
    var state = new BrokerState();
    FileLog.Taken taken = log.takeOver(0, Optional.empty(), state::record, _ -> {}).orElseThrow();
    LogWriter writer = taken.writer();
    var receipt =
        new Receipt(
            1,
            Receipt.Cause.FIRST_START,
            "",
            0,
            0,
            0,
            new Receipt.Phases(0, 0, 0, 0, 0),
            0,
            Aftermath.UNKNOWN,
            false);
    var keeper = new Keeper(log, writer, () -> "s" + ++names, () -> Long.MAX_VALUE);
    serving = new Serving(new Role.Active(1, writer, receipt), state, settings(), keeper, this);
  }

  private void openProducer() {
    submit(
        new Command.Connect(
            CONNECTION, new Principal("me", Set.of()), "me", false, "here", heard::add));
    submit(new Command.OpenProducer(CONNECTION, PRODUCER, null, RoutingType.ANYCAST, null));
  }

  /// Who came in while the spare segments of a new active node were being made had to wait for the next chore, for
  /// up to a second.
  @Test
  void whoComesBeforeThereIsRoomIsToldAsSoonAsThereIs() {
    heard.clear();
    storage = new MemoryStorage();
    serve();
    openProducer();
    while (turn()) {
      // Without the keeper, who makes segments.
    }
    assertThat(heard).contains(new Output.ProducerOpened(PRODUCER, 0));
    brokerWakes = 0;
    while (brokerWakes == 0) {
      assertThat(serving().keeperWork(now())).isTrue();
    }
    long before = nanos;
    while (heard.stream().noneMatch(Output.Grant.class::isInstance)) {
      assertThat(serving().keeperWork(now()) | turn()).isTrue();
    }
    assertThat(nanos - before).isLessThan(1_000);
  }

  private NodeSettings settings() {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new NodeSettings(
        new BrokerSettings(
            Limits.DEFAULTS.withMemory(CACHE_BYTES, CACHE_BYTES),
            List.<AddressSettings.Rule>of(),
            List.of(
                new BrokerSettings.Predefined(
                    ADDRESS,
                    List.of(new BrokerSettings.Predefined.Queue(ADDRESS, RoutingType.ANYCAST)))),
            defaults.producerRetentionNanos(),
            defaults.expiryScanNanos(),
            defaults.snapshotLogBytes()),
        AccessRules.OPEN,
        Map.of(
            Format.AMQP,
            (_, _) -> {
              looks++;
              return Map.of();
            }));
  }

  private Serving serving() {
    return Optional.ofNullable(serving).orElseThrow();
  }

  private Now now() {
    return new Now(++nanos, 1_700_000_000_000L);
  }

  private void submit(Command command) {
    serving().submit(command);
  }

  private boolean turn() {
    return serving().brokerWork(now()) | serving().logWork(now());
  }

  private void settle() {
    int turns = 0;
    while (turn() | serving().keeperWork(now())) {
      assertThat(++turns).isLessThan(100_000);
    }
  }

  private long send(String address, int bytes) {
    long delivery = ++sent;
    var message = new Message(Format.AMQP, true, 4, 0, null, null, 0, new byte[bytes]);
    submit(new Command.Send(CONNECTION, PRODUCER, delivery, address, message, 0, false));
    return delivery;
  }

  private void fill(String address, int count, int bytes) {
    for (int i = 0; i < count; i++) {
      send(address, bytes);
      if (i % 100 == 99) {
        settle();
      }
    }
    settle();
    assertThat(confirmed(sent)).isTrue();
  }

  private int consumer(String address, @Nullable String selector, boolean browse) {
    int link = ++links;
    var source = new Source(address, new Source.Kind.Queue(), browse, selector, false);
    submit(new Command.OpenConsumer(CONNECTION, link, source));
    submit(new Command.Credit(CONNECTION, link, 10_000, false));
    return link;
  }

  private boolean confirmed(long delivery) {
    return heard.stream()
        .anyMatch(output ->
            output instanceof Output.Sent said
                && said.delivery() == delivery
                && said.refusal() == null);
  }

  private long delivered(int link) {
    return heard.stream()
        .filter(output -> output instanceof Output.Delivered said && said.link() == link)
        .count();
  }

  /// Large commands that came together made one batch of all of them, in memory, whatever the batch was meant to
  /// have; a node with a small heap died of it.
  @Test
  void aTurnTakesNoMoreThanABatchHasRoomFor() {
    fill(ADDRESS, 1, 10);
    int bytes = 512 << 10;
    for (int i = 0; i < 40; i++) {
      submit(new Command.SendFragment(CONNECTION, PRODUCER, ADDRESS, new byte[bytes]));
    }
    long before = serving().applied();
    int turns = 0;
    while (serving().applied() - before < 40L * bytes) {
      long from = serving().applied();
      serving().brokerWork(now());
      assertThat(serving().applied() - from)
          .isLessThan(LogSettings.DEFAULTS.batchBytesMax() + bytes + 1_000);
      serving().logWork(now());
      serving().keeperWork(now());
      assertThat(++turns).isLessThan(1_000);
    }
  }

  @Test
  void whoLooksThroughADeepQueueOnDiskDoesNotHoldUpAConfirm() {
    for (boolean browse : new boolean[] {false, true}) {
      int deep = 3_000;
      String queue = browse ? "browsed" : "chosen";
      fill(queue, deep, 100);
      heard.clear();
      looks = 0;
      consumer(queue, "colour = 'red'", browse);
      turn();
      long delivery = send("other", 10);
      int turns = 0;
      int before = loads;
      while (!confirmed(delivery)) {
        turn();
        assertThat(++turns).isLessThanOrEqualTo(4);
      }
      assertThat(loads - before).isPositive().isLessThanOrEqualTo(turns * ANSWERS);
      assertThat(looks).isLessThan(deep / 2);
      settle();
      assertThat(looks).isEqualTo(deep);
    }
  }

  @Test
  void aBorrowedTurnLeavesWhatIsTooMuchToTheLane() {
    int queues = ANSWERS + 10;
    for (int i = 0; i < queues; i++) {
      fill("q" + i, 1, 100);
    }
    // All but the newest are on disk only, and each is asked for by the same turn.
    for (int i = 0; i < queues; i++) {
      consumer("q" + i, null, false);
    }
    brokerWakes = 0;
    // A turn that asks, and one when what it opened is committed, which takes the answers.
    serving().submitted(now());
    assertThat(brokerWakes).isPositive();
    settle();
    assertThat(heard.stream().filter(Output.Delivered.class::isInstance)).hasSize(queues);
  }

  @Test
  void manyFiltersEndATurnAndTheLaneTakesTheRest() {
    submit(new Command.OpenProducer(CONNECTION, ++links, "news", RoutingType.MULTICAST, null));
    int producer = links;
    String longest = "n = 0" + " OR n = 0".repeat(800);
    for (int i = 0; i < 100; i++) {
      submit(
          new Command.OpenConsumer(
              CONNECTION,
              ++links,
              new Source("news", new Source.Kind.Volatile(), false, longest, false)));
    }
    settle();
    looks = 0;
    int sends = 40;
    for (int i = 0; i < sends; i++) {
      var message = new Message(Format.AMQP, true, 4, 0, null, null, 0, new byte[10]);
      submit(new Command.Send(CONNECTION, producer, ++sent, null, message, 0, false));
    }
    brokerWakes = 0;
    serving().submitted(now());
    assertThat(looks).isPositive().isLessThan(sends / 2);
    assertThat(brokerWakes).isPositive();
    settle();
    assertThat(looks).isEqualTo(sends);
    assertThat(confirmed(sent)).isTrue();
  }

  @Test
  void manyCommandsEndATurnAndTheLaneTakesTheRest() {
    int consumer = consumer(ADDRESS, null, false);
    settle();
    for (int i = 1; i <= 600; i++) {
      submit(new Command.Credit(CONNECTION, consumer, i, false));
    }
    brokerWakes = 0;
    // A thread that brought them and took the turn.
    serving().submitted(now());
    assertThat(brokerWakes).isPositive();
    settle();
    fill(ADDRESS, 600, 10);
    settle();
    assertThat(delivered(consumer)).isEqualTo(600);
  }

  @Test
  void bodiesThatDoNotFitInMemoryTogetherDoNotPushEachOtherOut() {
    int each = 20;
    for (int i = 0; i < each; i++) {
      fill("one", 1, CACHE_BYTES * 3 / 4);
      fill("two", 1, CACHE_BYTES * 3 / 4);
    }
    loads = 0;
    int one = consumer("one", null, false);
    int two = consumer("two", null, false);
    settle();
    assertThat(delivered(one)).isEqualTo(each);
    assertThat(delivered(two)).isEqualTo(each);
    assertThat(loads).isLessThanOrEqualTo(2 * each);
  }

  private long confirmed() {
    return heard.stream()
        .filter(output -> output instanceof Output.Sent said && said.refusal() == null)
        .count();
  }

  private boolean refusedAny() {
    return heard.stream()
        .anyMatch(output -> output instanceof Output.Sent said && said.refusal() != null);
  }

  @Test
  void whoIsFasterThanSegmentsAreMadeWaitsAndIsRefusedNothing() {
    int count = 80;
    keeperAway = true;
    for (int i = 0; i < count; i++) {
      send(ADDRESS, 1 << 20);
      serving().submitted(now());
    }
    assertThat(confirmed()).isPositive().isLessThan(count);
    // The log's lane makes them where the keeper does not come to it.
    for (int turns = 0; confirmed() < count; turns++) {
      turn();
      assertThat(turns).isLessThan(1_000);
    }
    assertThat(refusedAny()).isFalse();
  }

  @Test
  void whoWaitedForASegmentIsServedWhenTheKeeperHasMadeIt() {
    int count = 80;
    keeperAway = true;
    for (int i = 0; i < count; i++) {
      send(ADDRESS, 1 << 20);
      serving().submitted(now());
    }
    assertThat(confirmed()).isLessThan(count);
    keeperAway = false;
    brokerWakes = 0;
    serving().keeperWork(now());
    assertThat(brokerWakes).isPositive();
    settle();
    assertThat(confirmed()).isEqualTo(count);
    assertThat(refusedAny()).isFalse();
  }

  @Test
  void whatComesDuringASyncIsWrittenTogetherAfterIt() {
    long first = send(ADDRESS, 10);
    storage.duringSync(() -> {
      storage.duringSync(() -> {});
      for (int i = 0; i < 3; i++) {
        // Each on a thread of its own: nobody is in a turn meanwhile.
        send(ADDRESS, 10);
        serving().submitted(now());
      }
    });
    logWakes = 0;
    serving().submitted(now());
    assertThat(confirmed(first)).isTrue();
    assertThat(confirmed()).isEqualTo(1);
    assertThat(logWakes).as("somebody writes the rest").isPositive();
    serving().logWork(now());
    assertThat(confirmed()).isEqualTo(4);
  }

  @Override
  public void wakeBroker() {
    if (!keeping) {
      brokerWakes++;
    }
  }

  @Override
  public void wakeLog() {
    logWakes++;
  }

  @Override
  public void wakeKeeper() {
    // A turn asked for something: it is there before that turn goes on.
    Serving there = serving;
    keeping = true;
    while (there != null && !keeperAway && there.keeperWork(now())) {
      loads++;
    }
    keeping = false;
  }

  @Override
  public void wakeBaton() {}
}
