package io.batonmq.broker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// The diverts at one address, as the active node has them.
final class LiveDiverts {
  private final List<One> exclusive = new ArrayList<>();

  /// The others, those that take turns together.
  private final List<Group> groups = new ArrayList<>();

  /// What their filters ask about and what is in the bytes of a message.
  private final Set<String> asked = new HashSet<>();

  /// A divert with its condition.
  record One(Divert divert, Condition filter) {}

  private static final class Group {
    final List<One> diverts = new ArrayList<>();
    int turn;
  }

  /// @param diverts in the order of the file
  /// @param condition of a selector that was looked at when the file was read
  LiveDiverts(List<Divert> diverts, Function<Divert, Condition> condition) {
    Map<String, Group> byTurn = new LinkedHashMap<>();
    for (Divert divert : diverts) {
      One one = new One(divert, condition.apply(divert));
      asked.addAll(one.filter.inside());
      if (divert.exclusive()) {
        exclusive.add(one);
      } else {
        byTurn.computeIfAbsent(divert.turn(), _ -> new Group()).diverts.add(one);
      }
    }
    groups.addAll(byTurn.values());
  }

  /// Exclusive ones first.
  List<String> names() {
    List<String> names = new ArrayList<>();
    exclusive.forEach(one -> names.add(one.divert.name()));
    groups.forEach(group -> group.diverts.forEach(one -> names.add(one.divert.name())));
    return names;
  }

  boolean isEmpty() {
    return exclusive.isEmpty() && groups.isEmpty();
  }

  Set<String> asked() {
    return asked;
  }

  /// The exclusive ones that take a message.
  List<Divert> exclusive(Predicate<One> admits) {
    List<Divert> taking = new ArrayList<>();
    for (One one : exclusive) {
      if (admits.test(one)) {
        taking.add(one.divert);
      }
    }
    return taking;
  }

  /// The others that take a message: of those that take turns, the next one that may have it.
  List<Divert> others(Predicate<One> admits) {
    List<Divert> taking = new ArrayList<>();
    for (Group group : groups) {
      int many = group.diverts.size();
      for (int i = 0; i < many; i++) {
        int at = (group.turn + i) % many;
        if (admits.test(group.diverts.get(at))) {
          taking.add(group.diverts.get(at).divert);
          group.turn = (at + 1) % many;
          break;
        }
      }
    }
    return taking;
  }
}
