package io.batonmq.server.config;

import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.config.HaPolicy.SharedStore;
import io.batonmq.server.config.HaPolicy.Single;
import java.time.Duration;

/// Binds `ha-policy`.
final class HaPolicyBinder {
  private static final int STALL_MS_MIN = 1000;
  private static final int STALL_MS_MAX = 3_600_000;

  private static final Vocabulary POLICY =
      new Vocabulary().missing("there is no replicated store yet: use shared-store", "replication");

  private static final Vocabulary SINGLE =
      new Vocabulary().missing("messages do not move to other brokers", "scale-down");

  private static final Vocabulary SHARED_STORE =
      new Vocabulary()
          .missing("a process is one node yet: start two with primary and backup", "colocated");

  private static final Vocabulary PRIMARY =
      new Vocabulary()
          .missing("it is the backup that gives the baton back: write it there", "allow-failback")
          .harmless("a broker that is not embedded never waits", "wait-for-activation")
          .harmless("failback needs no delay", "failback-delay");

  private static final Vocabulary BACKUP =
      new Vocabulary()
          .missing("messages do not move to other brokers", "scale-down")
          .missingUnless(
              "true", "a backup that gave the baton back goes on as a backup", "restart-backup")
          .harmless("failback needs no delay", "failback-delay");

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
    boolean failoverOnShutdown = role.value("failover-on-shutdown", Values::flag, false);
    boolean allowFailback = !primary && role.value("allow-failback", Values::flag, true);
    var stall =
        role.value("failover-stall-timeout", Values.number(STALL_MS_MIN, STALL_MS_MAX))
            .map(Duration::ofMillis)
            .orElse(SharedStore.FAILOVER_STALL_TIMEOUT);
    role.rest(primary ? PRIMARY : BACKUP);
    return new SharedStore(
        primary ? Role.PRIMARY : Role.BACKUP, failoverOnShutdown, allowFailback, stall);
  }
}
