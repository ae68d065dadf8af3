package io.batonmq.server.config;

import io.batonmq.server.config.HaPolicy.Replicated;
import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.config.HaPolicy.SharedStore;
import io.batonmq.server.config.HaPolicy.Single;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Binds `ha-policy`.
final class HaPolicyBinder {
  private static final int NODES_MAX = 16;
  private static final int STALL_MS_MIN = 1000;
  private static final int STALL_MS_MAX = 3_600_000;

  private static final Setting<Boolean> FAILOVER_ON_SHUTDOWN =
      Setting.of(
          "failover-on-shutdown",
          Values.FLAG,
          "false",
          "Whether a clean stop hands over to a node that stands by; if not, nobody takes over"
              + " until this one is back.");
  private static final Setting<Boolean> ALLOW_FAILBACK =
      Setting.of(
          "allow-failback",
          Values.FLAG,
          "true",
          "Whether this node, when it is active, hands back to a primary that is there again and"
              + " caught up.");
  private static final Setting<Integer> STALL_TIMEOUT =
      Setting.of(
          "failover-stall-timeout",
          Values.number(STALL_MS_MIN, STALL_MS_MAX),
          "10000",
          "Milliseconds that the active's heart may stand still before this node takes over"
              + " although the active keeps its lock. Baton's own; other brokers do not know it.");

  private static final Setting<String> GROUP =
      Setting.of(
          "group-name",
          Values.TEXT,
          "baton",
          "The name that the nodes of one pair share; a node of another group is refused.");
  private static final Setting<String> ARBITER =
      Setting.of(
          "arbiter",
          Values.TEXT,
          "A directory that all nodes of the pair reach, such as one on a file server: there it is"
              + " written which node is active, and which have everything that was confirmed. It"
              + " holds no messages. Has to be there. Baton's own; other brokers do not know it.");
  private static final Setting<Integer> MINIMUM_IN_SYNC =
      Setting.of(
          "minimum-in-sync",
          Values.number(1, NODES_MAX),
          "1",
          "How many nodes, the active among them, have to have a message before it is confirmed. 1:"
              + " the last one goes on alone, and says so. 2: confirmations wait until another is"
              + " in sync. Baton's own; other brokers do not know it.");
  private static final String NO_VOTES =
      "nobody votes: the arbiter decides, and a node that is not in sync never takes over";

  private static final Vocabulary POLICY = new Vocabulary();

  private static final Vocabulary REPLICATION =
      new Vocabulary()
          .missing("a process is one node yet: start two with primary and backup", "colocated")
          .missing("write an arbiter into primary or backup", "manager");

  private static final Vocabulary SINGLE =
      new Vocabulary().missing("messages do not move to other brokers", "scale-down");

  private static final Vocabulary SHARED_STORE =
      new Vocabulary()
          .missing("a process is one node yet: start two with primary and backup", "colocated");

  private static final Vocabulary PRIMARY =
      new Vocabulary()
          .honouring(FAILOVER_ON_SHUTDOWN, STALL_TIMEOUT)
          .missing("it is the backup that gives the baton back: write it there", "allow-failback")
          .harmless("a broker that is not embedded never waits", "wait-for-activation")
          .harmless("failback needs no delay", "failback-delay");

  private static final Vocabulary BACKUP =
      new Vocabulary()
          .honouring(FAILOVER_ON_SHUTDOWN, ALLOW_FAILBACK, STALL_TIMEOUT)
          .missing("messages do not move to other brokers", "scale-down")
          .missingUnless(
              "true", "a backup that gave the baton back goes on as a backup", "restart-backup")
          .harmless("failback needs no delay", "failback-delay");

  private static final Vocabulary COPY_PRIMARY =
      replicated(new Vocabulary().honouring(GROUP, ARBITER, MINIMUM_IN_SYNC, STALL_TIMEOUT))
          .missing("it is the backup that gives the baton back: write it there", "allow-failback");

  private static final Vocabulary COPY_BACKUP =
      replicated(
              new Vocabulary()
                  .honouring(GROUP, ARBITER, MINIMUM_IN_SYNC, ALLOW_FAILBACK, STALL_TIMEOUT))
          .missing("messages do not move to other brokers", "scale-down")
          .missingUnless(
              "true", "a backup that gave the baton back goes on as a backup", "restart-backup");

  private static Vocabulary replicated(Vocabulary honoured) {
    return honoured
        .missing(
            "only a directory is an arbiter yet: write <arbiter>DIRECTORY</arbiter>", "manager")
        .missing("the arbiter's directory is what nodes have in common", "coordination-id")
        .harmless("a node always looks", "check-for-live-server", "check-for-active-server")
        .harmless(
            NO_VOTES,
            "vote-on-replication-failure",
            "quorum-size",
            "vote-retries",
            "vote-retry-wait",
            "quorum-vote-wait")
        .harmless(
            "what is missing is copied beside the work, without a time-out",
            "initial-replication-sync-timeout",
            "retry-replication-wait")
        .harmless(
            "what another node does not know is always kept", "max-saved-replicated-journals-size")
        .harmless("there is one cluster-connection", "cluster-name")
        .harmless("failback needs no delay", "failback-delay");
  }

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "core/ha-policy",
              "`<primary-only/>` (or `<live-only/>`, or no `ha-policy` at all): the node is alone."
                  + " `<shared-store>`: it is one of several over one directory. `<replication>`:"
                  + " it is one of several with a directory each.",
              POLICY),
          new Section("core/ha-policy/primary-only", "", SINGLE),
          new Section(
              "core/ha-policy/shared-store",
              "Holds one of `<primary>` (or `<master>`) and `<backup>` (or `<slave>`).",
              SHARED_STORE),
          new Section("core/ha-policy/shared-store/primary", "Or `master`.", PRIMARY),
          new Section("core/ha-policy/shared-store/backup", "Or `slave`.", BACKUP),
          new Section(
              "core/ha-policy/replication",
              "Holds one of `<primary>` (or `<master>`) and `<backup>` (or `<slave>`). The nodes"
                  + " need a `cluster-user`, a `cluster-password` and a `cluster-connection`.",
              REPLICATION),
          new Section("core/ha-policy/replication/primary", "Or `master`.", COPY_PRIMARY),
          new Section("core/ha-policy/replication/backup", "Or `slave`.", COPY_BACKUP));

  private HaPolicyBinder() {}

  /// @param instance directory that a relative path starts from
  static HaPolicy bind(Binding core, Path instance) {
    return core.child("ha-policy").map(policy -> policy(policy, instance)).orElseGet(Single::new);
  }

  private static HaPolicy policy(Binding policy, Path instance) {
    var single = policy.child("primary-only", "live-only");
    var shared = policy.child("shared-store");
    var copied = policy.child("replication");
    policy.rest(POLICY);
    single.ifPresent(only -> only.rest(SINGLE));
    var store = shared.map(HaPolicyBinder::sharedStore);
    var replication = copied.map(element -> replication(element, instance));
    if (single.isPresent() && shared.isPresent()) {
      policy.error("has primary-only and shared-store: keep one of them");
    }
    if (copied.isPresent() && (single.isPresent() || shared.isPresent())) {
      policy.error("has replication and another policy: keep one of them");
    }
    if (policy.isEmpty()) {
      policy.error("is empty: write shared-store, replication or primary-only, or remove it");
    }
    return replication.or(() -> store).orElseGet(Single::new);
  }

  private static HaPolicy replication(Binding store, Path instance) {
    var role = store.child("primary", "master", "backup", "slave");
    store.rest(REPLICATION);
    if (store.isEmpty()) {
      store.error("needs <primary/> or <backup/>");
    }
    return role.map(element -> replicated(element, instance)).orElseGet(Single::new);
  }

  private static HaPolicy replicated(Binding role, Path instance) {
    boolean primary = role.name().equals("primary") || role.name().equals("master");
    var arbiter = role.optional(ARBITER);
    if (arbiter.isEmpty()) {
      role.error(
          "needs an <arbiter>: a directory that all nodes reach. Without one, two nodes that do not"
              + " see each other would both go on");
    }
    boolean allowFailback = !primary && role.value(ALLOW_FAILBACK);
    var policy =
        new Replicated(
            primary ? Role.PRIMARY : Role.BACKUP,
            allowFailback,
            Duration.ofMillis(role.value(STALL_TIMEOUT)),
            role.value(GROUP),
            instance.resolve(arbiter.orElse("arbiter")).normalize(),
            role.value(MINIMUM_IN_SYNC));
    role.rest(primary ? COPY_PRIMARY : COPY_BACKUP);
    return policy;
  }

  private static HaPolicy sharedStore(Binding store) {
    var role = store.child("primary", "master", "backup", "slave");
    store.rest(SHARED_STORE);
    if (store.isEmpty()) {
      store.error("needs <primary/> or <backup/>");
    }
    return role.map(HaPolicyBinder::role).orElseGet(Single::new);
  }

  private static HaPolicy role(Binding role) {
    boolean primary = role.name().equals("primary") || role.name().equals("master");
    boolean failoverOnShutdown = role.value(FAILOVER_ON_SHUTDOWN);
    boolean allowFailback = !primary && role.value(ALLOW_FAILBACK);
    var stall = Duration.ofMillis(role.value(STALL_TIMEOUT));
    role.rest(primary ? PRIMARY : BACKUP);
    return new SharedStore(
        primary ? Role.PRIMARY : Role.BACKUP, failoverOnShutdown, allowFailback, stall);
  }
}
