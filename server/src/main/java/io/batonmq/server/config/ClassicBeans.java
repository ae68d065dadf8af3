package io.batonmq.server.config;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/// Finds the `<broker>` of a file, with every placeholder in it replaced: the root itself, or what stands in
/// `<beans>` beside the files that placeholders come from. Nothing else in there does anything: Baton makes no
/// objects of classes that a file names.
final class ClassicBeans {
  private static final int FILE_BYTES_MAX = 1 << 20;

  private final Element root;
  private final Problems problems;
  private ClassicPlaceholders placeholders;

  private ClassicBeans(Element root, ClassicPlaceholders placeholders, Problems problems) {
    this.root = root;
    this.placeholders = placeholders;
    this.problems = problems;
  }

  /// The broker, and what is known by name beside it.
  record Found(Element broker, ClassicPlaceholders placeholders) {}

  static Optional<Found> broker(Element root, ClassicPlaceholders placeholders, Problems problems) {
    return new ClassicBeans(root, placeholders, problems).broker();
  }

  private Optional<Found> broker() {
    List<Element> brokers = root.name().equals("broker") ? List.of(root) : beans();
    if (brokers.isEmpty()) {
      problems.error(root, "has no <broker>");
      return Optional.empty();
    }
    brokers.stream()
        .skip(1)
        .forEach(second ->
            problems.error(
                second,
                "there is a broker in line "
                    + brokers.getFirst().line()
                    + ": a process is one broker; write the other into a file of its own"));
    return Optional.of(new Found(placeholders.replace(brokers.getFirst(), problems), placeholders));
  }

  private List<Element> beans() {
    var brokers = new ArrayList<Element>();
    for (var child : root.children()) {
      switch (child.name()) {
        case "broker" -> brokers.add(child);
        case "bean" -> bean(child);
        case "property-placeholder" ->
            locations(child, child.attributes().getOrDefault("location", ""));
        case "import" ->
            problems.warning(
                child,
                "has no effect: files are not imported; a broker in that one is run by itself, the"
                    + " web console of Classic is not there");
        case "description" -> {
          // Says nothing to a broker.
        }
        default ->
            problems.warning(child, "has no effect: only <broker> and property files are read");
      }
    }
    return brokers;
  }

  private void bean(Element bean) {
    var type = bean.attributes().getOrDefault("class", "");
    if (!type.endsWith("PlaceholderConfigurer")) {
      problems.warning(bean, "has no effect: Baton makes no objects of classes");
      return;
    }
    for (var property : bean.children()) {
      switch (property.attributes().getOrDefault("name", "")) {
        case "location", "locations" ->
            values(property).forEach(value -> locations(property, value));
        case "properties" -> placeholders = placeholders.with(properties(property));
        case "systemPropertiesModeName",
            "ignoreResourceNotFound",
            "ignoreUnresolvablePlaceholders" ->
            problems.warning(
                property,
                "has no effect: files that are named have to be there, then system properties are"
                    + " asked, and what is still not known is an error");
        default -> problems.error(property, "is not known here");
      }
    }
  }

  /// What a property says, in any of the ways in which lists are written.
  private static Stream<String> values(Element property) {
    var attribute = property.attributes().get("value");
    var text = property.text();
    return Stream.of(
            Stream.ofNullable(attribute),
            Stream.of(text).filter(own -> !own.isEmpty()),
            property.children().stream().flatMap(ClassicBeans::values))
        .flatMap(stream -> stream);
  }

  private static Map<String, String> properties(Element property) {
    var found = new LinkedHashMap<String, String>();
    for (var props : property.children()) {
      for (var prop : props.children()) {
        found.put(prop.attributes().getOrDefault("key", ""), prop.text());
      }
    }
    return found;
  }

  private void locations(Element at, String listed) {
    for (var location : listed.split(",", -1)) {
      if (!location.isBlank()) {
        location(at, location.strip());
      }
    }
  }

  private void location(Element at, String location) {
    try {
      var base = Path.of(placeholders.text("${activemq.base}"));
      var file = base.resolve(file(placeholders.text(location)));
      if (Files.size(file) > FILE_BYTES_MAX) {
        problems.error(at, file + " is longer than " + FILE_BYTES_MAX + " bytes: not read");
        return;
      }
      placeholders = placeholders.with(read(file));
    } catch (IllegalArgumentException e) {
      problems.error(at, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      problems.error(at, location + " cannot be read: " + e.getMessage());
    }
  }

  /// A file of properties.
  static Map<String, String> read(Path file) throws IOException {
    var properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    var found = new LinkedHashMap<String, String>();
    properties.stringPropertyNames().stream()
        .sorted()
        .forEach(name -> found.put(name, properties.getProperty(name, "").strip()));
    return found;
  }

  /// A path, or a URL of a file.
  static Path file(String location) {
    if (location.startsWith("classpath:")) {
      throw new IllegalArgumentException(
          location + ": there is no class path to look in: name the file with file:");
    }
    if (location.startsWith("file://")) {
      return Path.of(URI.create(location).getPath());
    }
    return Path.of(location.startsWith("file:") ? location.substring("file:".length()) : location);
  }
}
