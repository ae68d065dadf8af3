package io.batonmq.server.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The names of one place of the file: the values that Baton honours, and the names that the dialect
/// knows and Baton does not honour, with what becomes of each. What is neither here nor asked for by a
/// binder is unknown, and an error.
final class Vocabulary {

  /// What is said about a name that Baton does not honour.
  sealed interface Fate {
    /// Nothing is lost by ignoring it: a warning.
    record Harmless(String why) implements Fate {}

    /// It would change what happens to messages, and it is not built: an error.
    record Missing(String what) implements Fate {}

    /// With this value it says what Baton does anyway; with any other it is `otherwise`.
    record Only(String value, Fate otherwise) implements Fate {}
  }

  private final Map<String, Fate> fates = new LinkedHashMap<>();
  private final Map<String, Setting<?>> settings = new LinkedHashMap<>();

  /// These values are read here.
  Vocabulary honouring(Setting<?>... honoured) {
    for (var setting : honoured) {
      settings.put(setting.name(), setting);
    }
    return this;
  }

  boolean honours(Collection<String> names) {
    return settings.keySet().containsAll(names);
  }

  /// The values that are read here, in the order of the reference page.
  Collection<Setting<?>> settings() {
    return settings.values();
  }

  /// The names that are not honoured, in the order of the reference page.
  Map<String, Fate> fates() {
    return Collections.unmodifiableMap(fates);
  }

  Vocabulary harmless(String why, String... names) {
    return add(new Fate.Harmless(why), names);
  }

  Vocabulary missing(String what, String... names) {
    return add(new Fate.Missing(what), names);
  }

  /// Silent where the value is `value`, else [Fate.Missing].
  Vocabulary missingUnless(String value, String what, String... names) {
    return add(new Fate.Only(value, new Fate.Missing(what)), names);
  }

  /// Silent where the value is `value`, else [Fate.Harmless].
  Vocabulary harmlessUnless(String value, String why, String... names) {
    return add(new Fate.Only(value, new Fate.Harmless(why)), names);
  }

  /// All names of another vocabulary too.
  Vocabulary including(Vocabulary other) {
    settings.putAll(other.settings);
    fates.putAll(other.fates);
    return this;
  }

  Set<String> names() {
    return fates.keySet();
  }

  /// Says about `name`, which stands at `at` with the value `value`, what there is to say; false if
  /// the name is unknown.
  boolean report(Problems problems, Element at, String name, String value) {
    var fate = fates.get(name);
    if (fate == null) {
      return false;
    }
    report(problems, at, name, value, fate);
    return true;
  }

  static void report(Problems problems, Element at, String name, String value, Fate fate) {
    switch (fate) {
      case Fate.Harmless(var why) -> problems.warning(at, name + " has no effect: " + why);
      case Fate.Missing(var what) -> problems.error(at, name + " is not honoured: " + what);
      case Fate.Only(var usual, var otherwise) -> {
        if (!value.equalsIgnoreCase(usual)) {
          report(problems, at, name, value, otherwise);
        }
      }
    }
  }

  private Vocabulary add(Fate fate, String... names) {
    for (var name : names) {
      fates.put(name, fate);
    }
    return this;
  }
}
