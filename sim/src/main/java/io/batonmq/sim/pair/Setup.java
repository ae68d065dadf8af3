package io.batonmq.sim.pair;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.AutoDelete;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Divert;
import io.batonmq.broker.Limits;
import io.batonmq.broker.Redelivery;
import io.batonmq.ha.HaSettings;
import io.batonmq.log.LogSettings;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.Format;
import io.batonmq.message.RoutingType;
import io.batonmq.node.NodeSettings;
import io.batonmq.session.AccessRules;
import io.batonmq.sim.Chance;
import io.batonmq.sim.ClockSkew;
import io.batonmq.wire.amqp.AmqpFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How one seed configures its pair: sizes are small, so that segments end, batches fill, bodies leave the
/// cache and snapshots are taken within a few seconds.
///
/// @param batonNapNanos how long the baton's lane sleeps between two looks
/// @param restartNanosMax how long a supervisor takes to start a node again
/// @param messageBytesMax size of a message
/// @param expiryOneIn how many messages have an expiry: one in so many
/// @param fleetingOneIn how many are not durable: one in so many. Where there are any, memory has room for few
/// @param delayOneIn how many are to be delivered later: one in so many. Where there are any, wall clocks differ by
///     seconds only: what waits after a takeover would otherwise wait for minutes
record Setup(
    LogSettings log,
    NodeSettings node,
    List<HaSettings> nodes,
    long batonNapNanos,
    long restartNanosMax,
    int messageBytesMax,
    int expiryOneIn,
    int fleetingOneIn,
    int delayOneIn) {
  static final String DEAD = "dead";
  static final String EXPIRED = "expired";
  static final int ATTEMPTS = 3;
  static final List<String> ADDRESSES = List.of("orders", "bills", "news");
  static final List<String> QUEUES = List.of("orders", "bills", "copies", "news.a", "news.b");

  /// What is sent to `bills` goes to [#COPIES] too, by a divert of this name; nobody sends there.
  static final String DIVERT = "divert";

  static final String COPIES = "copies";

  /// How long a standby that lost its active waits.
  long headStartNanos() {
    return 200_000_000L;
  }

  static Setup by(Chance chance, int nodes) {
    LogSettings log =
        new LogSettings(
            64 << 10 << chance.below(2),
            1 << chance.between(9, 16),
            1 + chance.below(2),
            50_000_000L,
            500_000_000L,
            true);
    boolean delays = chance.oneIn(3);
    boolean fleeting = chance.oneIn(4);
    boolean failover = !chance.oneIn(8);
    boolean failback = !chance.oneIn(4);
    long stall = 1_000_000_000L << chance.below(3);
    List<HaSettings> pair = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      pair.add(
          new HaSettings(
              "node" + (char) ('a' + i),
              i == 0 ? HaSettings.Configured.PRIMARY : HaSettings.Configured.BACKUP,
              failover,
              failback,
              stall,
              List.of(),
              "sim"));
    }
    return new Setup(
        log,
        new NodeSettings(
            broker(chance, delays, fleeting),
            AccessRules.OPEN,
            Map.of(Format.AMQP, AmqpFields.INSTANCE)),
        List.copyOf(pair),
        10_000_000L << chance.below(3),
        1_000_000L << chance.between(4, 11),
        1 << chance.between(5, 12),
        chance.oneIn(2) ? 10 : Integer.MAX_VALUE,
        fleeting ? 1 + chance.below(6) : Integer.MAX_VALUE,
        delays ? 1 + chance.below(8) : Integer.MAX_VALUE);
  }

  private static BrokerSettings broker(Chance chance, boolean delays, boolean fleeting) {
    Limits defaults = Limits.DEFAULTS;
    Limits limits =
        new Limits(
            defaults.connectionsMax(),
            defaults.linksMax(),
            defaults.unsettledMax(),
            defaults.transactionsMax(),
            defaults.transactionBytesMax(),
            defaults.nameMax(),
            defaults.queuesMax(),
            1 + chance.below(30),
            defaults.producerWindowTotal(),
            30 + chance.below(30),
            defaults.producersMax(),
            chance.oneIn(2) ? defaults.cacheBytesMax() : chance.magnitude(16 << 10),
            fleeting ? chance.magnitude(8 << 10) : defaults.volatileBytesMax());
    var overrides =
        new AddressSettings.Overrides(
                DEAD, EXPIRED, ATTEMPTS, null, null, null, null, null, RoutingType.ANYCAST, null)
            .with(AutoDelete.Overrides.NEVER);
    if (delays && chance.oneIn(2)) {
      overrides =
          overrides.with(new Redelivery.Overrides(chance.magnitude(2_000), 2.0, 0.3, 5_000L));
    }
    return new BrokerSettings(
            limits,
            List.of(new AddressSettings.Rule(new AddressPattern("#"), overrides)),
            List.of(
                new BrokerSettings.Predefined(
                    "orders",
                    List.of(new BrokerSettings.Predefined.Queue("orders", RoutingType.ANYCAST))),
                new BrokerSettings.Predefined(
                    "news",
                    List.of(
                        new BrokerSettings.Predefined.Queue("news.a", RoutingType.MULTICAST),
                        new BrokerSettings.Predefined.Queue("news.b", RoutingType.MULTICAST)))),
            BrokerSettings.DEFAULTS.producerRetentionNanos(),
            200_000_000L,
            1L << chance.between(12, 20))
        .withDiverts(
            List.of(
                new Divert(
                    DIVERT,
                    new AddressPattern("bills"),
                    COPIES,
                    DIVERT,
                    false,
                    null,
                    Divert.Kind.STRIP)));
  }

  /// The queues that a message for an address goes to.
  List<String> queues(String address) {
    return switch (address) {
      case "news" -> List.of("news.a", "news.b");
      case "bills" -> List.of("bills", COPIES);
      default -> List.of(address);
    };
  }

  /// What a consumer names to take from a queue.
  static String source(String queue) {
    return queue.startsWith("news") ? "news::" + queue : queue;
  }

  int messageSize(Chance chance) {
    return (int) chance.magnitude(messageBytesMax);
  }

  long expiry(Chance chance, long wallMillis) {
    return expiryOneIn < Integer.MAX_VALUE && chance.oneIn(expiryOneIn)
        ? wallMillis + chance.between(-300_000, 300_000)
        : 0;
  }

  /// Whether some messages are not durable.
  boolean fleeting() {
    return fleetingOneIn < Integer.MAX_VALUE;
  }

  boolean durable(Chance chance) {
    return !fleeting() || !chance.oneIn(fleetingOneIn);
  }

  /// Whether consumers say again after a take-over who they are, and what they had is held for them: in half of all
  /// setups, by what was drawn for another purpose.
  boolean held() {
    return Integer.numberOfTrailingZeros(messageBytesMax) % 2 == 0;
  }

  boolean delays() {
    return delayOneIn < Integer.MAX_VALUE;
  }

  /// When a message is to be delivered, 0 for at once.
  long delivery(Chance chance, long wallMillis) {
    return delays() && chance.oneIn(delayOneIn) ? wallMillis + chance.between(-1_000, 15_000) : 0;
  }

  /// The clocks of a node.
  ClockSkew skew(Chance chance) {
    ClockSkew skew = ClockSkew.by(chance);
    return delays()
        ? new ClockSkew(skew.originNanos(), skew.driftPerMillion(), skew.wallOffsetMillis() / 100)
        : skew;
  }
}
