package io.batonmq.server.config;

import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.config.HaPolicy.SharedStore;
import io.batonmq.server.config.HaPolicy.Single;
import java.time.Duration;
import java.util.List;

/// Binds `ha-policy`.
final class HaPolicyBinder {
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

  private static final Vocabulary POLICY =
      new Vocabulary().missing("there is no replicated store yet: use shared-store", "replication");

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

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "core/ha-policy",
              "`<primary-only/>` (or `<live-only/>`, or no `ha-policy` at all): the node is alone."
                  + " `<shared-store>`: it is one of several over one directory.",
              POLICY),
          new Section("core/ha-policy/primary-only", "", SINGLE),
          new Section(
              "core/ha-policy/shared-store",
              "Holds one of `<primary>` (or `<master>`) and `<backup>` (or `<slave>`).",
              SHARED_STORE),
          new Section("core/ha-policy/shared-store/primary", "Or `master`.", PRIMARY),
          new Section("core/ha-policy/shared-store/backup", "Or `slave`.", BACKUP));

  private HaPolicyBinder() {}

  static HaPolicy bind(Binding core) {
    return core.child("ha-policy").map(HaPolicyBinder::policy).orElseGet(Single::new);
  }

  private static HaPolicy policy(Binding policy) {
    var single = policy.child("primary-only", "live-only");
    var shared = policy.child("shared-store");
    policy.rest(POLICY);
    single.ifPresent(only -> only.rest(SINGLE));
    var store = shared.map(HaPolicyBinder::sharedStore);
    if (single.isPresent() && shared.isPresent()) {
      policy.error("has primary-only and shared-store: keep one of them");
    }
    if (policy.isEmpty()) {
      policy.error("is empty: write shared-store or primary-only, or remove it");
    }
    return store.orElseGet(Single::new);
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
