package io.batonmq.session;

import io.batonmq.message.AddressPattern;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may do what with which addresses. For an address the most specific rule that matches decides
/// alone; where there are rules and none matches, nobody may do anything.
public final class AccessRules {
  /// No rules: everybody may do everything.
  public static final AccessRules OPEN = new AccessRules(List.of());

  private final List<Rule> rules;

  /// What roles may do with the addresses that a pattern matches.
  ///
  /// @param roles by permission; a permission that is not there is given to nobody
  public record Rule(AddressPattern match, Map<Permission, Set<String>> roles) {
    public Rule {
      roles = Map.copyOf(roles);
    }
  }

  public AccessRules(List<Rule> rules) {
    this.rules = rules.stream().sorted(Comparator.comparing(Rule::match)).toList();
  }

  /// Whether somebody may do something with an address.
  public boolean allows(Principal principal, Permission permission, String address) {
    for (Rule rule : rules) {
      if (rule.match().matches(address)) {
        return allows(principal, permission, rule);
      }
    }
    return rules.isEmpty();
  }

  /// The rule that keeps somebody from something with an address that a pattern matches; the pattern itself
  /// where no rule is for all of them; null if they may do it with each.
  @Nullable AddressPattern denial(
      Principal principal, Permission permission, AddressPattern pattern) {
    for (Rule rule : rules) {
      if (rule.match().overlaps(pattern)) {
        if (!allows(principal, permission, rule)) {
          return rule.match();
        }
        if (rule.match().covers(pattern)) {
          // Those that follow are less specific, and decide about none of these addresses.
          return null;
        }
      }
    }
    return rules.isEmpty() ? null : pattern;
  }

  private static boolean allows(Principal principal, Permission permission, Rule rule) {
    Set<String> allowed = rule.roles().getOrDefault(permission, Set.of());
    for (String role : principal.roles()) {
      if (allowed.contains(role)) {
        return true;
      }
    }
    return false;
  }
}
