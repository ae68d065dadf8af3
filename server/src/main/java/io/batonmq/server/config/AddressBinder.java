package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import io.batonmq.server.config.AddressConfig.Queue;
import io.batonmq.server.config.AddressSettings.FullPolicy;
import io.batonmq.server.config.Vocabulary.Fate.Harmless;
import io.batonmq.server.config.Vocabulary.Fate.Missing;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Binds `addresses`, `address-settings` and `security-settings`.
final class AddressBinder {
  private static final Vocabulary NOTHING = new Vocabulary();

  private static final Kind<Integer> COUNT = Values.number(-1, Integer.MAX_VALUE);

  private static final Setting<String> ADDRESS_NAME =
      Setting.of("name", Values.TEXT, "The address; each stands once.").asAttribute();
  private static final Vocabulary ADDRESS = new Vocabulary().honouring(ADDRESS_NAME);

  private static final Setting<String> QUEUE_NAME =
      Setting.of("name", Values.TEXT, "The queue; no two queues of a broker have the same.")
          .asAttribute();
  private static final Setting<Boolean> DURABLE =
      Setting.of("durable", Values.FLAG, "true", "Whether it survives the broker.")
          .only("true", new Missing("queues in the file are durable yet"));

  private static final Setting<String> STRING =
      Setting.of("string", Values.SELECTOR, "The condition, as JMS message selectors are written.")
          .asAttribute();
  static final Vocabulary FILTER = new Vocabulary().honouring(STRING);

  private static final Setting<String> MATCH =
      Setting.of(
              "match",
              Values.TEXT,
              "The addresses that it is for: words between dots, `*` for one word, `#` for any"
                  + " number, none too (or as `wildcard-addresses` says). Each pattern stands"
                  + " once.")
          .asAttribute();
  private static final Setting<String> DEAD_LETTER_ADDRESS =
      Setting.of(
          "dead-letter-address",
          Values.TEXT,
          "Where messages go after the last attempt; without it they are dropped then.");
  private static final Setting<String> EXPIRY_ADDRESS =
      Setting.of(
          "expiry-address",
          Values.TEXT,
          "Where messages go when their time is over; without it they are dropped then.");
  private static final Setting<Integer> MAX_DELIVERY_ATTEMPTS =
      Setting.of(
          "max-delivery-attempts",
          COUNT,
          "10",
          "Failed deliveries before a message goes to the dead-letter address; -1 for never.");
  private static final Setting<Long> MAX_SIZE_BYTES =
      Setting.of(
          "max-size-bytes",
          Values.bytesOrUnlimited(0),
          "-1",
          "Bytes in one queue of the address before it is full; -1 for no limit.");
  private static final Setting<Long> MAX_SIZE_MESSAGES =
      Setting.of(
          "max-size-messages",
          Values.whole(-1),
          "-1",
          "Messages in one queue of the address before it is full; -1 for no limit.");
  private static final Setting<FullPolicy> FULL_POLICY =
      Setting.of(
          "address-full-policy",
          Values.oneOf(FullPolicy.class),
          "PAGE",
          "What becomes of producers of a full address: they go on (`PAGE`), get no more credit"
              + " (`BLOCK`), are refused (`FAIL`), or their messages are thrown away (`DROP`).");
  private static final Setting<Boolean> AUTO_CREATE_QUEUES =
      Setting.of(
          "auto-create-queues", Values.FLAG, "true", "Whether a queue is made when it is used.");
  private static final Setting<Boolean> AUTO_CREATE_ADDRESSES =
      Setting.of(
          "auto-create-addresses",
          Values.FLAG,
          "true",
          "Whether an address is made when it is used.");
  private static final Setting<Boolean> SEND_TO_DLA_ON_NO_ROUTE =
      Setting.of(
          "send-to-dla-on-no-route",
          Values.FLAG,
          "false",
          "Whether a message that no queue takes goes to the dead-letter address; else it is"
              + " dropped.");
  private static final Setting<RoutingType> DEFAULT_QUEUE_ROUTING =
      Setting.of(
              "default-queue-routing-type",
              Values.oneOf(RoutingType.class),
              "MULTICAST",
              "The type of a queue that is made.")
          .only("ANYCAST", new Harmless("a queue is of the type that the client asks for"));
  private static final Setting<RoutingType> DEFAULT_ADDRESS_ROUTING =
      Setting.of(
          "default-address-routing-type",
          Values.oneOf(RoutingType.class),
          "MULTICAST",
          "The type of an address that is made for a client that names none.");

  private static final Setting<String> TYPE =
      Setting.of(
              "type",
              Values.TEXT,
              "One of "
                  + Stream.of(Permission.values())
                      .map(permission -> "`" + permission.type() + "`")
                      .collect(Collectors.joining(", "))
                  + "; `view` and `edit` are read and nothing asks for them.")
          .asAttribute();
  private static final Setting<List<String>> ROLES =
      Setting.of("roles", Values.NAMES, "The roles that may.").asAttribute();

  private static final Vocabulary QUEUE =
      QueueBinder.queueWords(new Vocabulary().honouring(QUEUE_NAME, DURABLE))
          .missing("queues have no owner", "user")
          .missingUnless("true", "a predefined queue always routes", "enabled");

  private static final Vocabulary SETTING =
      QueueBinder.settingWords(SlowConsumerBinder.words(AutoDeleteBinder.words(settingWords())))
          .missingUnless("0", "there is no such feature", "retroactive-message-count")
          .missingUnless(
              "-1",
              "there is no such limit",
              "max-size-bytes-reject-threshold",
              "page-limit-bytes",
              "page-limit-messages")
          .missing("there is no such limit", "page-full-policy")
          .missingUnless("false", "there is no such feature", "enable-ingress-timestamp")
          .harmless(
              "use auto-create-queues and auto-create-addresses",
              "auto-create-jms-queues",
              "auto-create-jms-topics")
          .harmless(
              "use auto-delete-queues and auto-delete-addresses",
              "auto-delete-jms-queues",
              "auto-delete-jms-topics")
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
          .harmless("clients of AMQP ask for as much as they like", "default-consumer-window-size")
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
              "message-counter-history-day-limit");

  private static final Vocabulary SECURITY_SETTINGS =
      new Vocabulary()
          .missing(
              "roles come from the roles file only", "role-mapping", "security-setting-plugin");

  private static final Vocabulary SECURITY_SETTING = new Vocabulary().honouring(MATCH);
  private static final Vocabulary PERMISSION = new Vocabulary().honouring(TYPE, ROLES);

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "core/addresses/address",
              "An address that is there from the first start on. It holds `<anycast>`,"
                  + " `<multicast>` or both, and these a `<queue>` each. What is taken out of the"
                  + " file stays in the broker.",
              ADDRESS),
          new Section(
              "core/addresses/address/anycast/queue",
              "The same under `multicast`. What has no default here is as the address-settings say"
                  + " for the address. Both hold from the next start on, also for a queue that is"
                  + " there.",
              QUEUE),
          new Section(
              "core/addresses/address/anycast/queue/filter",
              "Which messages come into the queue; it is asked when they are sent. A changed one"
                  + " holds from the next start on, for what is sent then.",
              FILTER),
          new Section(
              "core/address-settings/address-setting",
              "What holds for addresses. Where several patterns fit, each value comes from the most"
                  + " special one that has it: a plain word before `*` before `#`, from the left.",
              SETTING),
          new Section("core/security-settings", "", SECURITY_SETTINGS),
          new Section(
              "core/security-settings/security-setting",
              "Who may do what. The most special pattern that fits decides alone; where there are"
                  + " settings and none fits, nobody may do anything.",
              SECURITY_SETTING),
          new Section(
              "core/security-settings/security-setting/permission", "One right.", PERMISSION));

  private AddressBinder() {}

  private static Vocabulary settingWords() {
    var ends =
        new Vocabulary()
            .honouring(MATCH, DEAD_LETTER_ADDRESS, EXPIRY_ADDRESS, MAX_DELIVERY_ATTEMPTS);
    return TimeBinder.words(ends)
        .honouring(
            SEND_TO_DLA_ON_NO_ROUTE,
            MAX_SIZE_BYTES,
            MAX_SIZE_MESSAGES,
            FULL_POLICY,
            AUTO_CREATE_QUEUES,
            AUTO_CREATE_ADDRESSES,
            DEFAULT_QUEUE_ROUTING,
            DEFAULT_ADDRESS_ROUTING);
  }

  static List<AddressConfig> addresses(Binding core) {
    var addresses = new ArrayList<AddressConfig>();
    for (var list : core.child("addresses").stream().toList()) {
      var lines = new HashMap<String, Integer>();
      for (var element : list.children("address")) {
        var name = element.required(ADDRESS_NAME);
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
        element.rest(ADDRESS);
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
      var name = element.required(QUEUE_NAME);
      boolean durable = element.value(DURABLE);
      var filter = filter(element);
      var options = QueueBinder.ofQueue(element);
      element.rest(QUEUE);
      name.ifPresent(text -> queues.add(new Queue(text, type, durable, filter, options)));
    }
    routing.rest(NOTHING);
    return queues;
  }

  /// The selector of a queue or a divert.
  static Optional<String> filter(Binding parent) {
    var filter = parent.child("filter");
    var string = filter.flatMap(element -> element.required(STRING));
    filter.ifPresent(element -> element.rest(FILTER));
    return string;
  }

  static List<AddressSetting> settings(Binding core, Wildcards syntax) {
    var settings = new ArrayList<AddressSetting>();
    for (var list : core.child("address-settings").stream().toList()) {
      var lines = new HashMap<String, Integer>();
      for (var element : list.children("address-setting")) {
        var match = element.required(MATCH);
        match.ifPresent(text -> once(element, text, lines));
        var setting = setting(element, new AddressPattern(match.orElse(""), syntax));
        match.ifPresent(_ -> settings.add(setting));
      }
      list.rest(NOTHING);
    }
    return settings;
  }

  private static AddressSetting setting(Binding element, AddressPattern match) {
    var setting =
        new AddressSetting(
            match,
            element.optional(DEAD_LETTER_ADDRESS),
            element.optional(EXPIRY_ADDRESS),
            element.optional(MAX_DELIVERY_ATTEMPTS),
            element.optional(MAX_SIZE_BYTES),
            element.optional(MAX_SIZE_MESSAGES),
            element.optional(FULL_POLICY),
            element.optional(AUTO_CREATE_QUEUES),
            element.optional(AUTO_CREATE_ADDRESSES),
            element.optional(DEFAULT_QUEUE_ROUTING),
            element.optional(DEFAULT_ADDRESS_ROUTING),
            QueueBinder.ofSetting(element),
            TimeBinder.read(element),
            AutoDeleteBinder.read(element),
            element.optional(SEND_TO_DLA_ON_NO_ROUTE),
            SlowConsumerBinder.read(element),
            Optional.empty());
    element.rest(SETTING);
    return setting;
  }

  static List<SecuritySetting> security(Binding core, Wildcards syntax) {
    var settings = new ArrayList<SecuritySetting>();
    for (var list : core.child("security-settings").stream().toList()) {
      var lines = new HashMap<String, Integer>();
      for (var element : list.children("security-setting")) {
        var match = element.required(MATCH);
        match.ifPresent(text -> once(element, text, lines));
        var roles = new EnumMap<Permission, Set<String>>(Permission.class);
        element.children("permission").forEach(permission -> permission(permission, roles));
        element.rest(SECURITY_SETTING);
        match
            .map(text -> new SecuritySetting(new AddressPattern(text, syntax), roles))
            .ifPresent(settings::add);
      }
      list.rest(SECURITY_SETTINGS);
    }
    return settings;
  }

  private static void permission(Binding element, Map<Permission, Set<String>> roles) {
    var type = element.required(TYPE);
    var names = element.optional(ROLES);
    element.rest(PERMISSION);
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
  static void once(Binding element, String key, Map<String, Integer> lines) {
    Optional.ofNullable(lines.putIfAbsent(key, element.line()))
        .ifPresent(line -> element.error("\"" + key + "\" stands in line " + line + " too"));
  }
}
