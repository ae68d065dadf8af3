package io.batonmq.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Binds the Classic dialect: `<broker>`, alone or in `<beans>`.
final class ClassicBinder {
  private static final String NO_REPLICATION =
      "this dialect has no replicated store yet: let both brokers share a directory"
          + " (<kahaDB directory=\"…\"/>), which needs no connector between them";
  private static final Duration STALL = Duration.ofSeconds(10);

  private static final Setting<String> NAME =
      Setting.of(
              "brokerName",
              Values.TEXT,
              "localhost",
              "The broker's name; brokers that share a store may have the same.")
          .asAttribute();
  private static final Setting<String> DATA_DIRECTORY =
      Setting.of(
              "dataDirectory",
              ClassicValues.PATH,
              "activemq-data",
              "Where the store is that names no directory, in a folder of the broker's name.")
          .asAttribute();
  private static final Setting<Boolean> PERSISTENT =
      Setting.of("persistent", Values.FLAG, "true", "Whether messages are kept; they always are.")
          .asAttribute()
          .only(
              "true",
              new Vocabulary.Fate.Harmless("what is sent as persistent is in the log, always"));
  private static final Setting<Boolean> WIPE =
      Setting.of(
              "deleteAllMessagesOnStartup",
              Values.FLAG,
              "false",
              "`true`: the store is emptied at the start, if no other broker has it and none is"
                  + " recorded there under another name; otherwise the broker does not start, and"
                  + " says which.")
          .asAttribute();
  private static final Setting<Boolean> RESTART =
      Setting.of(
              "restartAllowed",
              Values.FLAG,
              "false",
              "`true`: a broker that has lost its lock, or was superseded, stands by again in the"
                  + " same process. Otherwise the process ends with its [code](exit-codes.md).")
          .asAttribute();
  private static final Setting<Boolean> USER_ID =
      Setting.of(
              "populateJMSXUserID",
              Values.FLAG,
              "false",
              "Whether each message says which user sent it, whatever the client says.")
          .asAttribute();
  private static final Setting<Long> PURGE_PERIOD =
      Setting.of(
              "schedulePeriodForDestinationPurge",
              Values.whole(0),
              "0",
              "Milliseconds between two looks for destinations that `gcInactiveDestinations` is"
                  + " about; 0 for never.")
          .asAttribute();
  private static final Setting<String> MASTER =
      Setting.of(
              "masterConnectorURI",
              ClassicValues.ANYTHING,
              "The master of a slave without a share.")
          .asAttribute()
          .only("", new Vocabulary.Fate.Missing(NO_REPLICATION));

  private static final Vocabulary BROKER =
      new Vocabulary()
          .honouring(NAME, DATA_DIRECTORY, PERSISTENT, WIPE, RESTART, USER_ID, PURGE_PERIOD, MASTER)
          .missingUnless(
              "false",
              NO_REPLICATION,
              "passiveSlave",
              "shutdownOnMasterFailure",
              "shutdownOnSlaveFailure",
              "waitForSlave")
          .harmless("a master waits for no slave", "waitForSlaveTimeout")
          .missingUnless(
              "true",
              "queues named Consumer.x.VirtualTopic.t always gather what is sent to VirtualTopic.t:"
                  + " name them otherwise",
              "useVirtualTopics")
          .missingUnless("true", "a broker that is run is started", "start")
          .missingUnless("false", "queues are not mirrored", "useMirroredQueues")
          .missingUnless(
              "-1", "subscriptions stay until they are given up", "offlineDurableSubscriberTimeout")
          .missingUnless(
              "false", "durable subscribers cannot be kept out", "rejectDurableConsumers")
          .missing(
              "messages do not move between brokers: let clients connect to each",
              "networkConnectorURIs",
              "networkConnectors")
          .missing(
              "there are no bridges",
              "jmsBridgeConnectors",
              "jmsConnectors",
              "proxyConnectors",
              "proxyConnectorURIs")
          .missing("no class is loaded by name", "messageAuthorizationPolicy", "regionBroker")
          .missing("write <transportConnectors>", "transportConnectorURIs")
          .harmless(
              "management is over HTTP, see etc/admin.properties",
              "adminView",
              "brokerObjectName",
              "createConnector",
              "managementContext",
              "mbeanInvocationTimeout",
              "useJmx")
          .harmless(
              "a process ends when it is told to",
              "ioExceptionHandler",
              "shutdownHooks",
              "systemExitOnShutdown",
              "systemExitOnShutdownExitCode",
              "useShutdownHook",
              "useLoggingForShutdownErrors")
          .harmless("nothing waits for the start", "startAsync", "startPersistenceAdapterAsync")
          .harmlessUnless("true", "clients that need advisories get them", "advisorySupport")
          .harmless("what anonymous producers do is not told", "anonymousProducerAdvisorySupport")
          .harmlessUnless("true", "messages may always be delayed", "schedulerSupport")
          .harmless(
              "delayed messages are in the log",
              "jobSchedulerStore",
              "maxSchedulerRepeatAllowed",
              "schedulerDirectory",
              "schedulerDirectoryFile")
          .harmless(
              "nothing is kept beside the log",
              "tempDataStore",
              "tmpDataDirectory",
              "useTempMirroredQueues")
          .harmless(
              "memory is limited as a whole, see systemUsage",
              "adjustUsageLimits",
              "consumerSystemUsage",
              "consumerSystemUsagePortion",
              "memoryManager",
              "producerSystemUsage",
              "producerSystemUsagePortion",
              "splitSystemUsageForProducersConsumers")
          .harmless(
              "there is no such report",
              "enableStatistics",
              "monitorConnectionSplits",
              "brokerContext")
          .harmless(
              "Baton has its own threads",
              "dedicatedTaskRunner",
              "deleteAllMessages",
              "executor",
              "networkConnectorStartAsync",
              "persistenceTaskRunnerFactory",
              "persistenceThreadPriority",
              "taskRunnerFactory",
              "taskRunnerPriority")
          .harmless(
              "it is a matter of other brokers' ways",
              "allowTempAutoCreationOnSend",
              "brokerId",
              "cacheTempDestinations",
              "destinationFactory",
              "diskUsageCheckRegardingOfflineDestinations",
              "diskUsageCheckRegressionThreshold",
              "keepDurableSubsActive",
              "maxPurgedDestinationsPerSweep",
              "maxUncommittedCount",
              "maxUncommittedExceededProcess",
              "offlineDurableSubscriberTaskSchedule",
              "rollbackOnlyOnAsyncException",
              "storeOpenWireVersion",
              "strictQueueBrowserDispatch",
              "supportFailOver",
              "timeBeforePurgeTempDestinations",
              "useAuthenticatedPrincipalForJMSXUserID",
              "useLocalHostBrokerName",
              "vmConnectorURI",
              "resolveHostname");

  private static final Vocabulary SERVICES =
      new Vocabulary()
          .missing(NO_REPLICATION, "masterConnector")
          .missing(
              "no class is loaded by name", "bean", "ref", "commandAgent", "inboundQueueBridge");

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "broker",
              "The root, or what stands in `<beans>`, with or without a namespace. Brokers that are"
                  + " started over the same store are master and slaves, whatever else they are"
                  + " told: the first is master.",
              BROKER),
          new Section("broker/services", "", SERVICES));

  private final Binding broker;
  private final Path base;
  private final Path conf;
  private final ClassicPlaceholders placeholders;

  private ClassicBinder(Binding broker, Path base, Path conf, ClassicPlaceholders placeholders) {
    this.broker = broker;
    this.base = base;
    this.conf = conf;
    this.placeholders = placeholders;
  }

  /// What the file says, as far as it makes sense: to be used only if `problems` has no error.
  ///
  /// @param file whose folder is `${activemq.conf}`
  /// @param base `${activemq.base}`
  static Optional<BrokerConfig> bind(
      Element root,
      Path file,
      Path base,
      ClassicPlaceholders.SystemProperties system,
      Problems problems) {
    var home = CoreBinder.absolute(base);
    var usual =
        Map.of(
            "activemq.base", home.toString(),
            "activemq.home", home.toString(),
            "activemq.conf", conf(file).toString(),
            "activemq.data", home.resolve("data").toString());
    var placeholders = new ClassicPlaceholders(Map.of(), system, usual);
    return ClassicBeans.broker(root, placeholders, problems)
        .map(found ->
            new ClassicBinder(
                    new Binding(found.broker(), problems), home, conf(file), found.placeholders())
                .config());
  }

  private static Path conf(Path file) {
    var folder = file.toAbsolutePath().normalize().getParent();
    return folder == null ? Path.of("/") : folder;
  }

  private BrokerConfig config() {
    var name = broker.value(NAME);
    var dataDirectory = base.resolve(broker.value(DATA_DIRECTORY)).normalize();
    var data = dataDirectory.resolve(name);
    broker.value(PERSISTENT);
    broker.optional(MASTER);
    var acceptors =
        ClassicConnectorBinder.bind(broker, ClassicTlsBinder.of(broker, base, placeholders));
    var store = new ClassicStoreBinder(base, data).bind(broker);
    var usage = ClassicUsageBinder.bind(broker);
    var access = new ClassicAccessBinder(conf, placeholders).bind(broker);
    var destinations = ClassicDestinationBinder.bind(broker);
    broker.child("services").ifPresent(services -> services.rest(SERVICES));
    var config =
        new BrokerConfig(
            name,
            base,
            acceptors,
            List.of(),
            new Directories(store.directory(), data, data, data),
            store.journal(),
            usage.limits(),
            ClassicConnectorBinder.cluster(acceptors),
            new HaPolicy.SharedStore(HaPolicy.Role.BACKUP, true, false, STALL),
            access.secured(),
            access.rules(),
            ClassicPolicyBinder.bind(broker, usage.failIfFull(), access.redelivery()),
            destinations.addresses(),
            destinations.diverts(),
            ClassicValues.WILDCARDS,
            broker.value(PURGE_PERIOD),
            broker.value(USER_ID),
            access.logins(),
            new StoreUse(broker.value(WIPE), store.failIfLocked(), broker.value(RESTART)));
    if (acceptors.isEmpty()) {
      broker.warning("has no transportConnector that Baton opens: nobody can connect");
    }
    broker.rest(BROKER);
    return config;
  }
}
