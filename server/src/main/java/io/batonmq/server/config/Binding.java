package io.batonmq.server.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// An element while it is bound to the model. What is asked for counts as honoured; [#rest] reports
/// all that nobody asked for. So the code that binds a name is the only place that says Baton
/// honours it.
final class Binding {
  private static final Vocabulary NOTHING = new Vocabulary();

  private final Element element;
  private final Problems problems;
  private final Set<String> asked = new LinkedHashSet<>();
  private final Set<String> attributesAsked = new LinkedHashSet<>();

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

  /// The value of the child of that name: nothing if there is no such child, or if it makes no
  /// sense, which is then reported.
  <T> Optional<T> value(String child, Function<String, T> parse) {
    return child(child).flatMap(leaf -> leaf.text(parse));
  }

  <T> T value(String child, Function<String, T> parse, T orElse) {
    return value(child, parse).orElse(orElse);
  }

  /// Reports a child, or attribute, that is understood but not acted on yet, unless it says what is
  /// done anyway.
  void only(String name, String usual, Vocabulary.Fate otherwise) {
    for (var child : element.children()) {
      if (child.name().equals(name)) {
        Vocabulary.report(
            problems, child, name, child.text(), new Vocabulary.Fate.Only(usual, otherwise));
      }
    }
    var attribute = element.attributes().get(name);
    if (attribute != null) {
      Vocabulary.report(
          problems, element, name, attribute, new Vocabulary.Fate.Only(usual, otherwise));
    }
  }

  /// The text of this element, which is to have nothing else.
  <T> Optional<T> text(Function<String, T> parse) {
    unasked(NOTHING);
    return parse("", element.text(), parse.compose(Values::text));
  }

  <T> Optional<T> attribute(String name, Function<String, T> parse) {
    attributesAsked.add(name);
    return Optional.ofNullable(element.attributes().get(name))
        .flatMap(value -> parse(name + ": ", value, parse.compose(Values::text)));
  }

  /// The attribute that this element cannot do without.
  Optional<String> required(String attribute) {
    var value = attribute(attribute, Function.identity());
    if (!element.attributes().containsKey(attribute)) {
      error("needs the attribute " + attribute + "=\"…\"");
    }
    return value;
  }

  /// Reports what was not asked for. To be called last, once.
  void rest(Vocabulary vocabulary) {
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

  private <T> Optional<T> parse(String of, String text, Function<String, T> parse) {
    try {
      return Optional.of(parse.apply(text));
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
