package io.batonmq.server.config;

import io.batonmq.message.RoutingType;
import io.batonmq.server.config.AddressConfig.Queue;
import io.batonmq.server.config.AddressSettings.FullPolicy;
import io.batonmq.server.config.Vocabulary.Fate.Harmless;
import io.batonmq.server.config.Vocabulary.Fate.Missing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Binds `addresses`, `address-settings` and `security-settings`.
final class AddressBinder {
  private static final Vocabulary NOTHING = new Vocabulary();

  private static final Vocabulary QUEUE =
      new Vocabulary()
          .missing("queues do not filter", "filter")
          .missing("queues have no owner", "user")
          .missingUnless("true", "a predefined queue always routes", "enabled")
          .missingUnless("-1", "there are no ring queues", "ring-size")
          .missingUnless("0", "consumers are served when they come", "consumers-before-dispatch")
          .missingUnless("-1", "consumers are served when they come", "delay-before-dispatch")
          .missingUnless(
              "false",
              "queues have no such mode",
              "exclusive",
              "group-first-key",
              "group-rebalance",
              "group-rebalance-pause-dispatch",
              "last-value",
              "non-destructive")
          .missing("queues have no such mode", "group-buckets", "last-value-key");

  private static final Vocabulary SETTING =
      new Vocabulary()
          .missingUnless(
              "false",
              "queues have no such mode",
              "default-exclusive-queue",
              "default-group-rebalance",
              "default-group-rebalance-pause-dispatch",
              "default-last-value-queue",
              "default-non-destructive",
              "default-purge-on-no-consumers",
              "last-value-queue")
          .missing(
              "queues have no such mode",
              "default-group-buckets",
              "default-group-first-key",
              "default-last-value-key")
          .missingUnless("-1", "there are no ring queues", "default-ring-size")
          .missingUnless(
              "0",
              "there is no such feature",
              "default-consumers-before-dispatch",
              "redelivery-collision-avoidance-factor",
              "retroactive-message-count")
          .missingUnless(
              "-1",
              "there is no such limit",
              "default-delay-before-dispatch",
              "max-expiry-delay",
              "max-size-bytes-reject-threshold",
              "max-size-messages",
              "min-expiry-delay",
              "page-limit-bytes",
              "page-limit-messages",
              "slow-consumer-threshold")
          .missing("there is no such limit", "page-full-policy")
          .missingUnless(
              "false",
              "there is no such feature",
              "auto-create-dead-letter-resources",
              "auto-create-expiry-resources",
              "auto-delete-created-queues",
              "enable-ingress-timestamp",
              "no-expiry",
              "send-to-dla-on-no-route")
          .missing(
              "there is no such feature",
              "dead-letter-queue-prefix",
              "dead-letter-queue-suffix",
              "expiry-queue-prefix",
              "expiry-queue-suffix")
          .harmless(
              "use auto-create-queues and auto-create-addresses",
              "auto-create-jms-queues",
              "auto-create-jms-topics")
          .harmless(
              "use auto-delete-queues and auto-delete-addresses",
              "auto-delete-jms-queues",
              "auto-delete-jms-topics")
          .harmlessUnless(
              "0",
              "what is empty and unused goes at once",
              "auto-delete-addresses-delay",
              "auto-delete-queues-delay",
              "auto-delete-queues-message-count")
          .harmlessUnless(
              "false",
              "what is empty and unused goes at once",
              "auto-delete-addresses-skip-usage-check",
              "auto-delete-queues-skip-usage-check")
          .harmlessUnless(
              "OFF",
              "what is taken out of the file stays in the broker",
              "config-delete-addresses",
              "config-delete-diverts",
              "config-delete-queues")
          .harmless(
              "messages live in the log, not in pages",
              "max-read-page-bytes",
              "max-read-page-messages",
              "page-max-cache-size",
              "page-size-bytes",
              "prefetch-page-bytes",
              "prefetch-page-messages")
          .harmless("Baton sizes its buffers itself", "default-consumer-window-size")
          .harmless(
              "Baton sizes its buffers itself",
              "initial-queue-buffer-size",
              "intermediate-message-buffer-initial-size",
              "queue-prefetch")
          .harmless("producers are recognised without it", "id-cache-size")
          .harmless("messages do not move between brokers", "redistribution-delay")
          .harmless(
              "there is no such report",
              "enable-metrics",
              "management-browse-page-size",
              "management-message-attribute-size-limit",
              "message-counter-history-day-limit",
              "slow-consumer-check-period",
              "slow-consumer-policy",
              "slow-consumer-threshold-measurement-unit");

  private static final Vocabulary SECURITY_SETTINGS =
      new Vocabulary()
          .missing(
              "roles come from the roles file only", "role-mapping", "security-setting-plugin");

  private AddressBinder() {}

  static List<AddressConfig> addresses(Binding core) {
    var addresses = new ArrayList<AddressConfig>();
    for (var list : core.child("addresses").stream().toList()) {
      var lines = new HashMap<String, Integer>();
      for (var element : list.children("address")) {
        var name = element.required("name");
        name.ifPresent(text -> once(element, text, lines));
        var types = EnumSet.noneOf(RoutingType.class);
        var queues = new ArrayList<Queue>();
        for (var type : RoutingType.values()) {
          element
              .child(type.name().toLowerCase(Locale.ROOT))
              .ifPresent(routing -> {
                types.add(type);
                queues.addAll(queues(routing, type));
              });
        }
        element.rest(NOTHING);
        if (types.isEmpty()) {
          element.error("needs <anycast/> or <multicast/>");
        }
        name.ifPresent(text -> addresses.add(new AddressConfig(text, types, queues)));
      }
      list.rest(NOTHING);
    }
    return addresses;
  }

  private static List<Queue> queues(Binding routing, RoutingType type) {
    var queues = new ArrayList<Queue>();
    for (var element : routing.children("queue")) {
      var name = element.required("name");
      boolean durable = element.value("durable", Values::flag, true);
      int maxConsumers =
          element.attribute("max-consumers", Values.number(-1, Integer.MAX_VALUE)).orElse(-1);
      boolean purge = element.attribute("purge-on-no-consumers", Values::flag).orElse(false);
      element.only("durable", "true", new Missing("queues in the file are durable yet"));
      element.only("purge-on-no-consumers", "false", new Missing("not built yet"));
      element.only("max-consumers", "-1", new Missing("not built yet for queues in the file"));
      element.rest(QUEUE);
      name.ifPresent(text -> queues.add(new Queue(text, type, durable, maxConsumers, purge)));
    }
    routing.rest(NOTHING);
    return queues;
  }

  static List<AddressSetting> settings(Binding core) {
    var settings = new ArrayList<AddressSetting>();
    for (var list : core.child("address-settings").stream().toList()) {
      var lines = new HashMap<String, Integer>();
      for (var element : list.children("address-setting")) {
        var match = element.required("match");
        match.ifPresent(text -> once(element, text, lines));
        var setting = setting(element, new AddressMatch(match.orElse("#")));
        match.ifPresent(_ -> settings.add(setting));
      }
      list.rest(NOTHING);
    }
    return settings;
  }

  private static AddressSetting setting(Binding element, AddressMatch match) {
    var count = Values.number(-1, Integer.MAX_VALUE);
    var setting =
        new AddressSetting(
            match,
            element.value("dead-letter-address", Function.identity()),
            element.value("expiry-address", Function.identity()),
            element.value("expiry-delay", count).filter(ms -> ms >= 0).map(Duration::ofMillis),
            element.value("max-delivery-attempts", count),
            element.value("redelivery-delay", Values::millis),
            element.value("redelivery-delay-multiplier", Values::factor),
            element.value("max-redelivery-delay", Values::millis),
            element.value("max-size-bytes", Values.bytesOrUnlimited(0)),
            element.value("address-full-policy", Values.oneOf(FullPolicy.class)),
            element.value("auto-create-queues", Values::flag),
            element.value("auto-create-addresses", Values::flag),
            element.value("auto-delete-queues", Values::flag),
            element.value("auto-delete-addresses", Values::flag),
            element.value("default-queue-routing-type", Values.oneOf(RoutingType.class)),
            element.value("default-address-routing-type", Values.oneOf(RoutingType.class)),
            element.value("default-max-consumers", count));
    element.only("expiry-delay", "-1", new Missing("only messages with a time to live expire yet"));
    element.only("redelivery-delay", "0", new Missing("redelivery is at once yet: only 0"));
    element.only("auto-delete-queues", "false", new Harmless("queues stay until deleted"));
    element.only("auto-delete-addresses", "false", new Harmless("addresses stay until deleted"));
    element.only(
        "default-queue-routing-type",
        "ANYCAST",
        new Harmless("a queue is of the type that the client asks for"));
    element.rest(SETTING);
    return setting;
  }

  static List<SecuritySetting> security(Binding core) {
    var settings = new ArrayList<SecuritySetting>();
    for (var list : core.child("security-settings").stream().toList()) {
      var lines = new HashMap<String, Integer>();
      for (var element : list.children("security-setting")) {
        var match = element.required("match");
        match.ifPresent(text -> once(element, text, lines));
        var roles = new EnumMap<Permission, Set<String>>(Permission.class);
        element.children("permission").forEach(permission -> permission(permission, roles));
        element.rest(NOTHING);
        match
            .map(text -> new SecuritySetting(new AddressMatch(text), roles))
            .ifPresent(settings::add);
      }
      list.rest(SECURITY_SETTINGS);
    }
    return settings;
  }

  private static void permission(Binding element, Map<Permission, Set<String>> roles) {
    var type = element.required("type");
    var names = element.attribute("roles", Values::names);
    element.rest(NOTHING);
    if (names.isEmpty()) {
      element.error("needs the attribute roles=\"…\"");
    }
    var permission = type.flatMap(Permission::of);
    if (type.isPresent() && permission.isEmpty()) {
      var known = Stream.of(Permission.values()).map(Permission::type).toList();
      element.unknown("type " + type.get() + " is not a permission", type.get(), known);
    }
    permission.ifPresent(known -> {
      if (roles.put(known, Set.copyOf(names.orElse(List.of()))) != null) {
        element.error("there is another permission of type " + known.type());
      }
    });
  }

  /// Reports a second element for the same name or pattern: which of the two would hold?
  private static void once(Binding element, String key, Map<String, Integer> lines) {
    Optional.ofNullable(lines.putIfAbsent(key, element.line()))
        .ifPresent(line -> element.error("\"" + key + "\" stands in line " + line + " too"));
  }
}
