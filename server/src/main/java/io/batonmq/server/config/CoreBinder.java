package io.batonmq.server.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Binds the AMQ 7 dialect: `<configuration><core>`. The order under `core` is free; relative paths
/// start at the instance.
final class CoreBinder {
  static final String ROOT = "configuration";

  private static final String UNUSED = "Accepted and not used: the log holds everything.";
  private static final Kind<String> PATH =
      new Kind<>("a path, from the instance's folder if relative", Function.identity());

  private static final Vocabulary CONFIGURATION =
      new Vocabulary()
          .missing("write core/addresses instead", "jms")
          .missing("XInclude is not followed: put the content of that file here", "include");

  private static final Setting<String> NAME =
      Setting.of("name", Values.TEXT, "The node's name; that of the instance's folder if missing.");
  private static final Setting<String> JOURNAL_DIRECTORY =
      Setting.of(
          "journal-directory",
          PATH,
          "data/journal",
          "Where the log is; for a pair, a directory that both nodes mount.");
  private static final Setting<String> BINDINGS_DIRECTORY =
      Setting.of("bindings-directory", PATH, "data/bindings", UNUSED);
  private static final Setting<String> PAGING_DIRECTORY =
      Setting.of("paging-directory", PATH, "data/paging", UNUSED);
  private static final Setting<String> LARGE_MESSAGES_DIRECTORY =
      Setting.of("large-messages-directory", PATH, "data/large-messages", UNUSED);
  private static final Setting<Long> JOURNAL_FILE_SIZE =
      Setting.of(
          "journal-file-size",
          new Kind<>("a size from 64K to 1G", CoreBinder::fileSize),
          "10M",
          "Bytes of a segment of the log; it bounds the size of a message too.");
  private static final Setting<Boolean> JOURNAL_DATASYNC =
      Setting.of(
          "journal-datasync",
          Values.FLAG,
          "true",
          "`false` leaves the time of writing to the system: a crash of the machine, though not of"
              + " the process, may then lose what was confirmed.");
  private static final Setting<Integer> MAX_DISK_USAGE =
      Setting.of(
              "max-disk-usage",
              Values.number(-1, 100),
              "90",
              "Percent of the disk; Baton holds producers back when the disk is full, and keeps"
                  + " room for acknowledgements.")
          .only(
              "-1",
              new Vocabulary.Fate.Harmless("producers wait when the disk is full, not before"));
  private static final Setting<Long> GLOBAL_MAX_SIZE =
      Setting.of(
          "global-max-size",
          Values.bytesOrUnlimited(1 << 20),
          "-1",
          "Bytes of messages held in memory; -1 for half of the heap. The backlog is in the log and"
              + " has no limit but the disk.");
  private static final Setting<Boolean> SECURITY_ENABLED =
      Setting.of(
          "security-enabled",
          Values.FLAG,
          "true",
          "`false` lets everybody in, by any name and password or without, to do everything. The"
              + " admin listener still asks for a user.");

  private static final Setting<Boolean> POPULATE_VALIDATED_USER =
      Setting.of(
          "populate-validated-user",
          Values.FLAG,
          "false",
          "Whether each message says which user sent it, whatever the client says: `JMSXUserID`,"
              + " the user-id of AMQP.");
  private static final Setting<Long> QUEUE_SCAN_PERIOD =
      Setting.of(
          "address-queue-scan-period",
          Values.millisOrNone(),
          "30000",
          "Milliseconds between two looks for queues and addresses that go by themselves"
              + " (`auto-delete-queues`); 0 or -1 for never.");

  private static final Vocabulary CORE =
      new Vocabulary()
          .honouring(
              NAME,
              JOURNAL_DIRECTORY,
              BINDINGS_DIRECTORY,
              PAGING_DIRECTORY,
              LARGE_MESSAGES_DIRECTORY,
              JOURNAL_FILE_SIZE,
              JOURNAL_DATASYNC,
              MAX_DISK_USAGE,
              GLOBAL_MAX_SIZE,
              SECURITY_ENABLED,
              POPULATE_VALIDATED_USER,
              QUEUE_SCAN_PERIOD,
              WildcardBinder.OLDER,
              ClusterBinder.USER,
              ClusterBinder.PASSWORD)
          .missing("XInclude is not followed: put the content of that file here", "include")
          .missing("write addresses instead", "queues")
          .missing("there are no bridges", "bridges")
          .missing("there are no broker connections", "broker-connections")
          .missing("there is no federation", "federations")
          .missing(
              "nodes are not discovered: use static-connectors",
              "broadcast-groups",
              "discovery-groups")
          .missing("there are no plugins", "broker-plugins")
          .missing(
              "there are no interceptors",
              "remoting-incoming-interceptors",
              "remoting-outgoing-interceptors")
          .missing("there is no clustered grouping", "grouping-handler")
          .missing("connections are not routed", "connection-routers", "balancers")
          .missing("there is no lock coordinator: use shared-store", "lock-coordinators")
          .missing("users have no quotas", "resource-limit-settings")
          .missing("there is no database store: use a directory", "store")
          .missing("messages that were consumed are not kept", "journal-retention-directory")
          .missing("passwords are not masked", "password-codec")
          .missingUnless("false", "passwords are not masked", "mask-password")
          .missingUnless("true", "Baton always writes its log", "persistence-enabled")
          .missingUnless("true", "directories are created", "create-bindings-dir")
          .missingUnless("true", "directories are created", "create-journal-dir")
          .missingUnless("-1", "messages are limited by bytes", "global-max-messages")
          .missingUnless("-1", "use max-disk-usage", "min-disk-free")
          .missingUnless(
              "BLOCK", "producers are held back when the disk is full", "disk-full-policy")
          .missingUnless(
              "false", "the broker does not wait for its clients", "graceful-shutdown-enabled")
          .missingUnless(
              "false", "subscriptions have AMQP names", "amqp-use-core-subscription-naming")
          .missingUnless(
              "false",
              "management is over HTTP",
              "management-message-rbac",
              "reject-management-messages")
          .harmlessUnless(
              "true",
              "nothing is confirmed that is not synced; see journal-datasync",
              "journal-sync-non-transactional",
              "journal-sync-transactional")
          .harmless(
              "the log has its own way of writing",
              "journal-buffer-size",
              "journal-buffer-timeout",
              "journal-compact-min-files",
              "journal-compact-percentage",
              "journal-device-block-size",
              "journal-file-open-timeout",
              "journal-max-atic-files",
              "journal-max-attic-files",
              "journal-max-io",
              "journal-min-files",
              "journal-pool-files",
              "journal-type",
              "log-journal-write-rate",
              "perf-blast-pages")
          .harmless(
              "the baton does not depend on a lock's time or place",
              "journal-lock-acquisition-timeout",
              "journal-lock-monitor-max-retries",
              "journal-lock-monitor-timeout",
              "node-manager-lock-directory")
          .harmless(
              "messages live in the log, not in pages",
              "page-max-concurrent-io",
              "page-sync-timeout",
              "read-whole-page")
          .harmless(
              "a node that hangs is replaced by the other, see failover-stall-timeout",
              "critical-analyzer",
              "critical-analyzer-check-period",
              "critical-analyzer-policy",
              "critical-analyzer-timeout")
          .harmless(
              "a node that is cut off cannot confirm anything",
              "network-check-NIC",
              "network-check-URL-list",
              "network-check-list",
              "network-check-period",
              "network-check-ping-command",
              "network-check-ping6-command",
              "network-check-timeout")
          .harmless(
              "deliveries are counted in the log",
              "max-redelivery-records",
              "persist-delivery-count-before-delivery")
          .harmless("producers are recognised without it", "id-cache-size", "persist-id-cache")
          .harmless("messages expire when they are due", "message-expiry-scan-period")
          .harmless("messages expire when they are due", "message-expiry-thread-priority")
          .harmless("the peer chooses its idle time-out", "connection-ttl-override")
          .harmless("the peer chooses its idle time-out", "connection-ttl-check-interval")
          .harmless(
              "a transaction lives as long as its connection",
              "transaction-timeout",
              "transaction-timeout-scan-period")
          .harmless(
              "management is over HTTP",
              "jmx-domain",
              "jmx-management-enabled",
              "jmx-use-broker-name",
              "jolokia",
              "management-address",
              "management-notification-address",
              "management-rbac-prefix",
              "suppress-session-notifications",
              "view-permission-method-match-pattern")
          .harmless(
              "there is no such report",
              "memory-measure-interval",
              "memory-warning-threshold",
              "message-counter-enabled",
              "message-counter-max-day-history",
              "message-counter-sample-period",
              "metrics",
              "metrics-plugin",
              "server-dump-interval")
          .harmless(
              "Baton has its own threads",
              "async-connection-execution-enabled",
              "scheduled-thread-pool-max-size",
              "thread-pool-max-size",
              "page-flush-thread-pool-max-size")
          .harmless("the file is read at start only", "configuration-file-refresh-period")
          .harmless("the disk is watched all the time", "disk-scan-period")
          .harmless(
              "users and roles are read again when their files change",
              "authentication-cache-size",
              "authorization-cache-size",
              "security-invalidation-interval")
          .harmless("a stop takes what it takes", "graceful-shutdown-timeout")
          .harmless(
              "there is nothing of that kind",
              "internal-naming-prefix",
              "literal-match-markers",
              "log-delegate-factory-class-name",
              "resolve-protocols",
              "resolveProtocols",
              "system-property-prefix",
              "temporary-queue-namespace",
              "uuid-namespace");

  static final List<Section> SECTIONS =
      List.of(
          new Section("configuration", "The root. It holds one `<core>`.", CONFIGURATION),
          new Section("core", "The order of what stands in it is free.", CORE));

  private final Binding core;
  private final Path instance;

  private CoreBinder(Binding core, Path instance) {
    this.core = core;
    this.instance = instance;
  }

  /// What the file says, as far as it makes sense: to be used only if `problems` has no error.
  static Optional<BrokerConfig> bind(Element root, Path instance, Problems problems) {
    var configuration = new Binding(root, problems);
    var core = configuration.child("core");
    configuration.rest(CONFIGURATION);
    if (core.isEmpty()) {
      configuration.error("has no <core>");
    }
    return core.map(element -> new CoreBinder(element, absolute(instance)).config());
  }

  private BrokerConfig config() {
    var name = core.optional(NAME);
    var acceptors = EndpointBinder.acceptors(core, instance);
    var connectors = EndpointBinder.connectors(core);
    var cluster = ClusterBinder.bind(core, connectors);
    var ha = HaPolicyBinder.bind(core, instance);
    var wildcards = WildcardBinder.bind(core);
    var config =
        new BrokerConfig(
            name.orElse(Objects.toString(instance.getFileName(), "localhost")),
            instance,
            acceptors,
            List.copyOf(connectors.values()),
            directories(),
            journal(),
            limits(),
            cluster,
            ha,
            core.value(SECURITY_ENABLED),
            AddressBinder.security(core, wildcards),
            AddressBinder.settings(core, wildcards),
            AddressBinder.addresses(core),
            DivertBinder.diverts(core, wildcards),
            wildcards,
            core.value(QUEUE_SCAN_PERIOD),
            core.value(POPULATE_VALIDATED_USER),
            new Logins.OfInstance(),
            StoreUse.DEFAULT);
    if (ha instanceof HaPolicy.SharedStore && cluster.connections().isEmpty()) {
      core.warning(
          "has no cluster-connection: clients and the other node are not told how to reach this"
              + " one");
    }
    if (ha instanceof HaPolicy.Replicated) {
      requireAcquaintance(cluster);
    }
    if (acceptors.isEmpty()) {
      core.warning("has no acceptor that Baton opens: nobody can connect");
    }
    core.rest(CORE);
    return config;
  }

  /// What the nodes of a replicated pair need to find each other, and to know who the other is.
  private void requireAcquaintance(Cluster cluster) {
    if (cluster.credentials().isEmpty()) {
      core.error(
          "needs cluster-user and cluster-password: the nodes of a replicated pair show each other"
              + " that they know them");
    }
    if (cluster.announced().isEmpty()) {
      core.error(
          "needs a cluster-connection with a connector-ref: the other nodes of a replicated pair"
              + " reach this one by it");
    }
  }

  private Directories directories() {
    var unused =
        core.children(
            BINDINGS_DIRECTORY.name(), LARGE_MESSAGES_DIRECTORY.name(), PAGING_DIRECTORY.name());
    unused.stream()
        .findFirst()
        .ifPresent(first ->
            first.info(
                String.join(", ", unused.stream().map(Binding::name).toList())
                    + ": not used, the log in journal-directory holds everything"));
    return new Directories(
        path(core.value(JOURNAL_DIRECTORY)),
        path(core.value(BINDINGS_DIRECTORY)),
        path(core.value(PAGING_DIRECTORY)),
        path(core.value(LARGE_MESSAGES_DIRECTORY)));
  }

  private Journal journal() {
    return new Journal(core.value(JOURNAL_FILE_SIZE), core.value(JOURNAL_DATASYNC));
  }

  private Limits limits() {
    return new Limits(core.value(MAX_DISK_USAGE), core.value(GLOBAL_MAX_SIZE));
  }

  private static long fileSize(String text) {
    long bytes = Values.bytes(text);
    if (bytes < Journal.FILE_SIZE_MIN || bytes > Journal.FILE_SIZE_MAX) {
      throw new IllegalArgumentException("\"" + text + "\" is not a size from 64K to 1G");
    }
    return bytes;
  }

  private Path path(String text) {
    return instance.resolve(text).normalize();
  }

  /// As the system sees it: `..` from an instance behind a symbolic link means the real parent.
  static Path absolute(Path instance) {
    try {
      return instance.toRealPath();
    } catch (IOException e) {
      return instance.toAbsolutePath().normalize();
    }
  }
}
