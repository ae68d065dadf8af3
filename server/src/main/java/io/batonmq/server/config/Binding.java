package io.batonmq.server.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An element while it is bound to the model. What is asked for counts as honoured; [#rest] reports
/// all that nobody asked for. So the code that binds a name is the only place that says Baton
/// honours it.
final class Binding {
  private static final Vocabulary NOTHING = new Vocabulary();

  private final Element element;
  private final Problems problems;
  private final Set<String> asked = new LinkedHashSet<>();
  private final Set<String> attributesAsked = new LinkedHashSet<>();
  private final Set<String> honoured = new LinkedHashSet<>();

  Binding(Element element, Problems problems) {
    this.element = element;
    this.problems = problems;
  }

  boolean isEmpty() {
    return element.children().isEmpty();
  }

  String name() {
    return element.name();
  }

  /// The same place with other attributes, for values that have parts of their own.
  Binding part(Map<String, String> attributes) {
    var part =
        new Element(
            element.name(),
            element.path(),
            attributes,
            "",
            List.of(),
            element.line(),
            element.column());
    return new Binding(part, problems);
  }

  /// Whether it has that attribute.
  boolean has(String attribute) {
    return element.attributes().containsKey(attribute);
  }

  int line() {
    return element.line();
  }

  /// The child of that name. Several names are one child by several names; more than one is an
  /// error.
  Optional<Binding> child(String... names) {
    var found = children(names);
    found.stream()
        .skip(1)
        .forEach(again ->
            again.error(
                "there is one in line " + found.getFirst().element.line() + ": keep one of them"));
    return found.stream().findFirst();
  }

  /// All children of those names, in the order of the file.
  List<Binding> children(String... names) {
    var wanted = Arrays.asList(names);
    asked.addAll(wanted);
    return element.children().stream()
        .filter(child -> wanted.contains(child.name()))
        .map(child -> new Binding(child, problems))
        .toList();
  }

  /// What the file says: nothing if it says nothing, or if what it says makes no sense, which is then
  /// reported.
  <T> Optional<T> optional(Setting<T> setting) {
    honoured.add(setting.name());
    if (setting.attribute()) {
      var text = element.attributes().get(setting.name());
      attributesAsked.add(setting.name());
      if (text == null) {
        return Optional.empty();
      }
      limit(setting, element, text);
      return read(setting.name() + ": ", text, setting.kind());
    }
    var child = child(setting.name());
    child.ifPresent(found -> limit(setting, found.element, found.element.text()));
    return child.flatMap(leaf -> leaf.text(setting.kind()));
  }

  /// As [#optional], and what is usual where the file says nothing.
  <T> T value(Setting<T> setting) {
    return optional(setting).orElseGet(setting::usualValue);
  }

  /// The attribute that this element cannot do without.
  Optional<String> required(Setting<String> setting) {
    var value = optional(setting);
    if (!element.attributes().containsKey(setting.name())) {
      error("needs the attribute " + setting.name() + "=\"…\"");
    }
    return value;
  }

  /// Says it where a value is understood and not acted on yet.
  private void limit(Setting<?> setting, Element at, String text) {
    setting.only().ifPresent(only -> Vocabulary.report(problems, at, setting.name(), text, only));
  }

  /// The text of this element, which is to have nothing else.
  <T> Optional<T> text(Kind<T> kind) {
    unasked(NOTHING);
    return read("", element.text(), kind);
  }

  /// Reports what was not asked for. To be called last, once.
  ///
  /// @param vocabulary of this place: what is asked for and not in it would not be on the reference page
  void rest(Vocabulary vocabulary) {
    assert vocabulary.honours(honoured) : element.path() + " asks for " + honoured;
    if (!element.text().isEmpty()) {
      error(
          "has text between its elements: \""
              + element.text().lines().findFirst().orElse("")
              + "\"");
    }
    unasked(vocabulary);
  }

  void error(String message) {
    problems.error(element, message);
  }

  void info(String message) {
    problems.info(element, message);
  }

  void warning(String message) {
    problems.warning(element, message);
  }

  /// An error over a name in this element's text or attributes that should be one of `known`.
  void unknown(String message, String name, Collection<String> known) {
    problems.unknown(element, message, name, known);
  }

  private <T> Optional<T> read(String of, String text, Kind<T> kind) {
    try {
      return Optional.of(kind.read(text));
    } catch (IllegalArgumentException e) {
      error(of + e.getMessage());
      return Optional.empty();
    }
  }

  private void unasked(Vocabulary vocabulary) {
    element
        .attributes()
        .forEach((name, value) -> {
          if (!attributesAsked.contains(name)
              && !vocabulary.report(problems, element, name, value)) {
            var known = union(attributesAsked, vocabulary.names());
            unknown(name + " is not known here", name, known);
          }
        });
    for (var child : element.children()) {
      if (!asked.contains(child.name())
          && !vocabulary.report(problems, child, child.name(), child.text())) {
        var known = union(asked, vocabulary.names());
        problems.unknown(child, "is not known here", child.name(), known);
      }
    }
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    var all = new LinkedHashSet<>(some);
    all.addAll(others);
    return all;
  }
}
