package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Binds `authorizationPlugin`.
///
/// Two things are different in Classic: rights are of queues and of topics, while an address may be both; and the
/// rights of all entries that fit add up, while here the most special one decides. So a rule is made for each name
/// that stands in the file, with the rights of all entries that hold for it; what cannot be said so is refused.
final class ClassicRights {
  private static final Setting<AddressPattern> QUEUE =
      Setting.of("queue", ClassicValues.PATTERN, "The queues that it is for.").asAttribute();
  private static final Setting<AddressPattern> TOPIC =
      Setting.of("topic", ClassicValues.PATTERN, "The topics that it is for.").asAttribute();
  private static final Setting<List<String>> READ =
      Setting.of("read", Values.NAMES, "", "The groups that may consume and browse.").asAttribute();
  private static final Setting<List<String>> WRITE =
      Setting.of("write", Values.NAMES, "", "The groups that may send.").asAttribute();
  private static final Setting<List<String>> ADMIN =
      Setting.of(
              "admin",
              Values.NAMES,
              "",
              "The groups that may create it by using it, and delete it.")
          .asAttribute();

  private static final Vocabulary ENTRY =
      new Vocabulary()
          .honouring(QUEUE, TOPIC, READ, WRITE, ADMIN)
          .missing("no class is loaded by name: groups are names", "groupClass")
          .missing("write queue or topic", "destination", "tempQueue", "tempTopic");
  private static final Vocabulary TEMPORARY =
      new Vocabulary()
          .honouring(READ, WRITE, ADMIN)
          .missing("no class is loaded by name: groups are names", "groupClass");
  private static final Vocabulary MAP =
      new Vocabulary()
          .missing("no class is loaded by name: groups are names", "groupClass")
          .missing("write authorizationEntries", "defaultEntry", "entries");
  private static final Vocabulary HOLDER =
      new Vocabulary()
          .missing(
              "rights come from this file only: write an authorizationMap",
              "bean",
              "cachedLDAPAuthorizationMap",
              "lDAPAuthorizationMap",
              "ref",
              "simpleAuthorizationMap");
  private static final Vocabulary NOTHING = new Vocabulary();

  /// What names of temporary destinations begin with.
  private static final String TEMPORARIES = "temporary.>";

  private static final String ADVISORIES = "ActiveMQ.Advisory";

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "broker/plugins/authorizationPlugin/map", "Holds an `<authorizationMap>`.", HOLDER),
          new Section(
              "…/map/authorizationMap",
              "Holds `<authorizationEntries>` and `<tempDestinationAuthorizationEntry>`.",
              MAP),
          new Section(
              "…/authorizationMap/authorizationEntries/authorizationEntry",
              "The rights of all entries that fit a name add up, as in Classic. Baton has one"
                  + " address for a queue and a topic of the same name: where an entry names"
                  + " queues only, topics of these names have the same rights; where there are"
                  + " entries for both that say different things, the file is refused.",
              ENTRY),
          new Section(
              "…/authorizationMap/tempDestinationAuthorizationEntry",
              "Who may make temporary destinations (`admin`); without it everybody.",
              TEMPORARY));

  private record Groups(Set<String> read, Set<String> write, Set<String> admin) {
    static final Groups NONE = new Groups(Set.of(), Set.of(), Set.of());

    Groups and(Groups more) {
      return new Groups(union(read, more.read), union(write, more.write), union(admin, more.admin));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
      var all = new TreeSet<>(some);
      all.addAll(others);
      return all;
    }

    /// May use whatever there is: for what is not asked for in Classic.
    Set<String> all() {
      return union(union(read, write), admin);
    }
  }

  private record Entry(Binding element, boolean queue, AddressPattern match, Groups groups) {}

  private final List<Entry> entries = new ArrayList<>();
  private Optional<Groups> temporary = Optional.empty();

  private ClassicRights() {}

  static List<SecuritySetting> bind(Binding plugin) {
    var rights = new ClassicRights();
    for (var holder : plugin.child("map").stream().toList()) {
      holder.child("authorizationMap").ifPresent(rights::map);
      holder.rest(HOLDER);
    }
    plugin.rest(NOTHING);
    return rights.settings();
  }

  private void map(Binding map) {
    for (var list : map.child("authorizationEntries").stream().toList()) {
      list.children("authorizationEntry").forEach(this::entry);
      list.rest(NOTHING);
    }
    temporary =
        map.child("tempDestinationAuthorizationEntry")
            .flatMap(holder -> {
              var inner = holder.child("tempDestinationAuthorizationEntry");
              inner.ifPresent(_ -> holder.rest(NOTHING));
              var entry = inner.orElse(holder);
              var groups = groups(entry);
              entry.rest(TEMPORARY);
              return Optional.of(groups);
            });
    map.rest(MAP);
  }

  private void entry(Binding element) {
    var queue = element.optional(QUEUE);
    var topic = element.optional(TOPIC);
    var groups = groups(element);
    element.rest(ENTRY);
    if (queue.isEmpty() && topic.isEmpty()) {
      element.error("needs queue=\"…\" or topic=\"…\"");
    }
    queue.ifPresent(match -> entries.add(new Entry(element, true, match, groups)));
    topic.ifPresent(match -> entries.add(new Entry(element, false, match, groups)));
  }

  private static Groups groups(Binding element) {
    return new Groups(
        Set.copyOf(element.optional(READ).orElse(List.of())),
        Set.copyOf(element.optional(WRITE).orElse(List.of())),
        Set.copyOf(element.optional(ADMIN).orElse(List.of())));
  }

  private List<SecuritySetting> settings() {
    var settings = new ArrayList<SecuritySetting>();
    var seen = new TreeSet<String>();
    for (int i = 0; i < entries.size(); i++) {
      var entry = entries.get(i);
      across(entry, entries.subList(0, i));
      if (seen.add(entry.match.text())) {
        settings.add(new SecuritySetting(entry.match, permissions(groups(entry))));
      }
    }
    var everybody = everybody();
    var groups = temporary.orElse(new Groups(everybody, everybody, everybody));
    if (!entries.isEmpty() || temporary.isPresent()) {
      settings.add(
          new SecuritySetting(
              new AddressPattern(TEMPORARIES, ClassicValues.WILDCARDS), temporary(groups)));
    }
    return settings;
  }

  private Set<String> everybody() {
    return entries.stream().map(Entry::groups).reduce(Groups.NONE, Groups::and).all();
  }

  /// The rights of the name of an entry: of all that hold for it.
  private Groups groups(Entry entry) {
    var match = entry.match;
    boolean queues = named(match, true);
    boolean topics = named(match, false);
    var ofQueues = holding(match, true);
    var ofTopics = holding(match, false);
    if (queues && topics) {
      if (!ofQueues.equals(ofTopics)) {
        entry.element.error(
            match
                + " stands for queues and for topics with other groups: Baton has one address for"
                + " both; give both the same groups, or names of their own");
      }
      return ofQueues.and(ofTopics);
    }
    var own = queues ? ofQueues : ofTopics;
    var others = queues ? ofTopics : ofQueues;
    if (!own.equals(others) && !match.text().startsWith(ADVISORIES)) {
      entry.element.warning(
          "holds for a "
              + (queues ? "topic" : "queue")
              + " of the name "
              + match
              + " too: Baton has one address for both");
    }
    return own;
  }

  private boolean named(AddressPattern match, boolean queue) {
    return entries.stream().anyMatch(entry -> entry.queue == queue && entry.match.equals(match));
  }

  private Groups holding(AddressPattern match, boolean queue) {
    return entries.stream()
        .filter(entry -> entry.queue == queue && entry.match.covers(match))
        .map(Entry::groups)
        .reduce(Groups.NONE, Groups::and);
  }

  /// Names that fit this entry and an earlier one, of which neither is the more general, would get the rights of
  /// one.
  private void across(Entry entry, List<Entry> earlier) {
    earlier.stream()
        .filter(other ->
            other.match.overlaps(entry.match)
                && !other.match.covers(entry.match)
                && !entry.match.covers(other.match)
                && !other.groups.equals(entry.groups))
        .findFirst()
        .ifPresent(other ->
            entry.element.error(
                entry.match
                    + " and "
                    + other.match
                    + " (line "
                    + other.element.line()
                    + ") hold for some names both, with other groups: write an entry for these"
                    + " names, or give both the same groups"));
  }

  private static Map<Permission, Set<String>> permissions(Groups groups) {
    var roles = new EnumMap<Permission, Set<String>>(Permission.class);
    roles.put(Permission.CONSUME, groups.read);
    roles.put(Permission.BROWSE, groups.read);
    roles.put(Permission.SEND, groups.write);
    roles.put(Permission.MANAGE, groups.admin);
    roles.put(Permission.CREATE_ADDRESS, groups.admin);
    roles.put(Permission.DELETE_ADDRESS, groups.admin);
    // A subscription is a queue here; in Classic it is no more than reading.
    var subscribers = Groups.union(groups.read, groups.admin);
    for (var permission :
        List.of(
            Permission.CREATE_DURABLE_QUEUE,
            Permission.CREATE_NON_DURABLE_QUEUE,
            Permission.DELETE_DURABLE_QUEUE,
            Permission.DELETE_NON_DURABLE_QUEUE)) {
      roles.put(permission, subscribers);
    }
    return roles;
  }

  private static Map<Permission, Set<String>> temporary(Groups groups) {
    var roles = new EnumMap<Permission, Set<String>>(permissions(groups));
    roles.put(Permission.CREATE_NON_DURABLE_QUEUE, groups.admin);
    roles.put(Permission.DELETE_NON_DURABLE_QUEUE, groups.admin);
    return roles;
  }
}
