package io.batonmq.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Binds `persistenceAdapter`: whatever store it names, the log of Baton is in the directory of that store.
final class ClassicStoreBinder {
  private static final String OWN = "the store there is Baton's own log";
  private static final long FILE_SIZE_DEFAULT = 32 << 20;

  private static final List<String> FILES =
      List.of("kahaDB", "levelDB", "amqPersistenceAdapter", "kahaPersistenceAdapter", "mKahaDB");
  private static final List<String> TABLES =
      List.of("jdbcPersistenceAdapter", "journaledJDBC", "journalPersistenceAdapter");

  private static final Setting<String> DIRECTORY =
      Setting.of(
              "directory",
              ClassicValues.PATH,
              "Where the log is; for brokers that take over from each other, a directory that all"
                  + " of them mount. Without it the folder of the broker's name and the store's in"
                  + " `dataDirectory`.")
          .asAttribute();
  private static final Setting<String> DATA_DIRECTORY =
      Setting.of("dataDirectory", ClassicValues.PATH, "The same by its name here.").asAttribute();
  private static final Setting<Long> FILE_LENGTH =
      Setting.of(
              "journalMaxFileLength",
              new Kind<>("a size from 64K to 1G", ClassicStoreBinder::fileSize),
              "32mb",
              "Bytes of a segment of the log.")
          .asAttribute();
  private static final Setting<Boolean> DISK_SYNCS =
      Setting.of(
              "enableJournalDiskSyncs",
              Values.FLAG,
              "true",
              "`false`: a crash of the machine may lose what was confirmed.")
          .asAttribute();
  private static final Setting<Boolean> SYNC =
      Setting.of("sync", Values.FLAG, "true", "The same by its name in `levelDB`.").asAttribute();
  private static final Setting<Sync> SYNC_STRATEGY =
      Setting.of(
              "journalDiskSyncStrategy",
              Values.oneOf(Sync.class),
              "ALWAYS",
              "`NEVER` leaves the time of writing to the system. `PERIODIC` is read as `ALWAYS`.")
          .asAttribute();

  private static final Setting<Long> KEEP_ALIVE =
      Setting.of(
              "lockKeepAlivePeriod",
              Values.whole(0),
              "1000",
              "Baton looks once a second whether it still holds its lock, whatever stands here, and"
                  + " confirms nothing that another node could not see.")
          .asAttribute();
  private static final Setting<Boolean> USE_LOCK =
      Setting.of("useLock", Values.FLAG, "true", "Whether there is a lock; there always is.")
          .asAttribute()
          .only("true", new Vocabulary.Fate.Harmless("the log is always locked by who writes it"));

  private static final Setting<Long> SLEEP =
      Setting.of(
              "lockAcquireSleepInterval",
              Values.whole(0),
              "0",
              "A slave is told when the lock is free: it does not sleep, whatever stands here.")
          .asAttribute();
  private static final Setting<Boolean> FAIL_IF_LOCKED =
      Setting.of(
              "failIfLocked",
              Values.FLAG,
              "false",
              "`true`: a broker that finds another one at the store ends with its"
                  + " [code](exit-codes.md) instead of standing by.")
          .asAttribute();

  private static final Vocabulary LOCKER_FILE =
      new Vocabulary().honouring(SLEEP, FAIL_IF_LOCKED).harmless("a lock has no name here", "name");

  private static final Vocabulary LOCKER =
      new Vocabulary()
          .missing(
              "brokers that decide by a database who is master must not decide by a file; there is"
                  + " no database store yet: use <shared-file-locker/>, or none",
              "database-locker",
              "lease-database-locker",
              "transact-database-locker")
          .missing("no class is loaded by name: use <shared-file-locker/>", "bean");

  private static final Vocabulary STORE =
      new Vocabulary()
          .honouring(
              DIRECTORY,
              DATA_DIRECTORY,
              FILE_LENGTH,
              DISK_SYNCS,
              SYNC,
              SYNC_STRATEGY,
              KEEP_ALIVE,
              USE_LOCK)
          .missing(
              "there is no database store yet, and brokers that meant to share a database must not"
                  + " both become master: name a directory that they share",
              "adapter",
              "dataSource",
              "databaseLocker",
              "lockDataSource",
              "statements")
          .missingUnless("false", "the lock is never left out", "ignoreLock")
          .missingUnless(
              "false",
              "a log that was damaged is not passed over: baton data verify says what is wrong",
              "ignoreMissingJournalfiles")
          .harmless(
              "it is not read by Classic either: write failIfLocked into <shared-file-locker>",
              "failIfDatabaseIsLocked")
          .harmless("a slave is told when the lock is free", "databaseLockedWaitDelay")
          .harmless(
              "a store that fails ends the process, and another broker takes over", "stopOnError")
          .harmless(
              OWN,
              "archiveCorruptedIndex",
              "archiveDataLogs",
              "asyncBufferSize",
              "auditRecoveryDepth",
              "brokerName",
              "changeAutoCommitAllowed",
              "checkForCorruptJournalFiles",
              "checkpointInterval",
              "checksumJournalFiles",
              "cleanupInterval",
              "cleanupOnStop",
              "cleanupPeriod",
              "compactAcksAfterNoGC",
              "compactAcksIgnoresStoreGrowth",
              "concurrentStoreAndDispatchQueues",
              "concurrentStoreAndDispatchTopics",
              "createTablesOnStartup",
              "directoryArchive",
              "disableLocking",
              "enableAckCompaction",
              "enableAudit",
              "enableIndexDiskSyncs",
              "enableIndexPageCaching",
              "enableIndexRecoveryFile",
              "enableIndexWriteAsync",
              "enableSubscriptionStatistics",
              "failoverProducersAuditDepth",
              "filteredPersistenceAdapters",
              "forceRecoverIndex",
              "indexBinSize",
              "indexCacheSize",
              "indexCompression",
              "indexDirectory",
              "indexFactory",
              "indexKeySize",
              "indexLFUEvictionFactor",
              "indexLoadFactor",
              "indexMaxBinSize",
              "indexPageSize",
              "indexWriteBatchSize",
              "indexWriteBufferSize",
              "journalDiskSyncInterval",
              "journalLogFileSize",
              "journalLogFiles",
              "journalMaxWriteBatchSize",
              "journalThreadPriority",
              "journalWriteBufferSize",
              "logCompression",
              "logDirectory",
              "logSize",
              "logWriteBufferSize",
              "maxAsyncJobs",
              "maxAuditDepth",
              "maxCheckpointMessageAddSize",
              "maxCheckpointWorkers",
              "maxFailoverProducersToTrack",
              "maxFileLength",
              "maxProducersToAudit",
              "maxReferenceFileLength",
              "maxRows",
              "monitorStats",
              "networkTimeout",
              "paranoidChecks",
              "persistentIndex",
              "preallocationScope",
              "preallocationStrategy",
              "purgeRecoveredXATransactionStrategy",
              "queryTimeout",
              "recoverReferenceStore",
              "syncOnWrite",
              "transactionIsolation",
              "transactionStore",
              "useDatabaseLock",
              "useDedicatedTaskRunner",
              "useExternalMessageReferences",
              "useJournal",
              "useNio",
              "useQuickJournal",
              "verifyChecksums",
              "wireFormat");

  private static final Vocabulary MEMORY =
      new Vocabulary().harmless("messages are in a log on the disk", "createTransactionStore");

  private static final Vocabulary ADAPTER =
      new Vocabulary()
          .missing(
              "this dialect has no replicated store yet: use kahaDB in a directory that the brokers"
                  + " share",
              "replicatedLevelDB")
          .missing("no class is loaded by name: use kahaDB", "bean", "ref");

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "broker/persistenceAdapter",
              "One of `kahaDB`, `mKahaDB`, `levelDB`, `amqPersistenceAdapter`,"
                  + " `kahaPersistenceAdapter`, `jdbcPersistenceAdapter`, `journaledJDBC`,"
                  + " `journalPersistenceAdapter` and `memoryPersistenceAdapter`. Whatever it is,"
                  + " Baton keeps its own log in that directory and a warning says so: what another"
                  + " broker has written there is neither read nor touched. The same elements stand"
                  + " in `persistenceFactory`.",
              ADAPTER),
          new Section("broker/persistenceAdapter/kahaDB, and the others", "", STORE),
          new Section("broker/persistenceAdapter/memoryPersistenceAdapter", "", MEMORY),
          new Section(
              "broker/persistenceAdapter/kahaDB/locker", "Holds a `<shared-file-locker>`.", LOCKER),
          new Section(
              "broker/persistenceAdapter/kahaDB/locker/shared-file-locker", "", LOCKER_FILE));

  /// What the file says of the store.
  record Store(Path directory, Journal journal, boolean failIfLocked) {}

  private enum Sync {
    ALWAYS,
    PERIODIC,
    NEVER
  }

  private final Path base;
  private final Path data;

  /// @param base where relative paths start
  /// @param data folder of the broker in `dataDirectory`
  ClassicStoreBinder(Path base, Path data) {
    this.base = base;
    this.data = data;
  }

  Store bind(Binding broker) {
    var parent = broker.child("persistenceAdapter").or(() -> broker.child("persistenceFactory"));
    var store = parent.flatMap(this::adapter);
    parent.ifPresent(element -> element.rest(ADAPTER));
    return store.orElseGet(
        () -> new Store(data.resolve("KahaDB"), new Journal(FILE_SIZE_DEFAULT, true), false));
  }

  private Optional<Store> adapter(Binding parent) {
    var adapters =
        parent.children(
            "kahaDB",
            "levelDB",
            "amqPersistenceAdapter",
            "kahaPersistenceAdapter",
            "mKahaDB",
            "jdbcPersistenceAdapter",
            "journaledJDBC",
            "journalPersistenceAdapter",
            "journalPersistenceAdapterFactory",
            "memoryPersistenceAdapter");
    adapters.stream()
        .skip(1)
        .forEach(again -> again.error("there is another store: keep one of them"));
    return adapters.stream().findFirst().map(this::store);
  }

  private Store store(Binding element) {
    if (element.name().equals("memoryPersistenceAdapter")) {
      element.rest(MEMORY);
      var directory = data.resolve("KahaDB");
      element.warning("is not in memory: " + OWN + ", in " + directory);
      return new Store(directory, new Journal(FILE_SIZE_DEFAULT, true), false);
    }
    var named = element.optional(DIRECTORY);
    var dataNamed = element.optional(DATA_DIRECTORY);
    var directory =
        named
            .or(() -> dataNamed)
            .map(text -> base.resolve(text).normalize())
            .orElseGet(() -> data.resolve(usualName(element.name())));
    long fileSize = element.value(FILE_LENGTH);
    var strategy = element.value(SYNC_STRATEGY);
    boolean syncs = element.value(DISK_SYNCS) && element.value(SYNC);
    var keepAlive = element.optional(KEEP_ALIVE);
    element.value(USE_LOCK);
    boolean failIfLocked = element.child("locker").map(this::failIfLocked).orElse(false);
    element.rest(STORE);
    if (strategy == Sync.PERIODIC) {
      element.info(
          "journalDiskSyncStrategy: PERIODIC is read as ALWAYS: nothing confirmed is lost");
    }
    keepAlive.ifPresent(millis ->
        element.info("lockKeepAlivePeriod: Baton looks every second, whatever stands here"));
    element.warning(OWN + ", in " + directory + ": what another broker wrote there is not read");
    return new Store(
        directory, new Journal(fileSize, syncs && strategy != Sync.NEVER), failIfLocked);
  }

  private static String usualName(String adapter) {
    return FILES.contains(adapter)
        ? Character.toUpperCase(adapter.charAt(0)) + adapter.substring(1)
        : TABLES.contains(adapter) ? "journal" : "KahaDB";
  }

  private boolean failIfLocked(Binding locker) {
    var file = locker.child("shared-file-locker");
    var sleep = file.flatMap(element -> element.optional(SLEEP));
    boolean fail = file.map(element -> element.value(FAIL_IF_LOCKED)).orElse(false);
    file.ifPresent(element -> {
      sleep.ifPresent(_ ->
          element.info(
              "lockAcquireSleepInterval: a slave is told when the lock is free, and does not"
                  + " sleep"));
      element.rest(LOCKER_FILE);
    });
    locker.rest(LOCKER);
    return fail;
  }

  private static long fileSize(String text) {
    long bytes = Values.bytes(text);
    if (bytes < Journal.FILE_SIZE_MIN || bytes > Journal.FILE_SIZE_MAX) {
      throw new IllegalArgumentException("\"" + text + "\" is not a size from 64K to 1G");
    }
    return bytes;
  }
}
