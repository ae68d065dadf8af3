package io.batonmq.server.config;

import io.batonmq.server.config.Vocabulary.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The references of both dialects, printed from what the binders read.
public final class ConfigurationPage {
  private static final String HEAD =
      """
      # Configuration

      <!-- Printed from the code by scripts/reference; do not edit. -->

      Every element of `etc/broker.xml` that Baton knows. What it does not know is an error, with the
      nearest name that it does; what is *refused* is an error too, because ignoring it would change what
      happens to messages; what *has no effect* is a warning, because nothing is lost. Never silence.
      `baton check config FILE` says all of it without starting anything, each with line and column.

      Sizes take a unit of 1024: `10485760`, `10M` and `10MiB` are the same. `${…}` is not replaced, and
      a DTD, entities and XInclude are not read. Text in the column *default* is what holds where the
      file says nothing.
      """;

  private static final String CLASSIC =
      """
      # Configuration in the Classic dialect

      <!-- Printed from the code by scripts/reference; do not edit. -->

      Every element and attribute of `activemq.xml` that Baton knows; how to run such a file, and what is different
      from Classic, is in [classic.md](classic.md). What is not known is an error, with the nearest name that is;
      what is *refused* is an error too, because ignoring it would change what happens to messages; what *has no
      effect* is a warning, because nothing is lost. Never silence. `baton check config FILE` says all of it without
      starting anything, each with line and column.

      `…` stands for the places above. Sizes take a unit of 1024: `64 mb` and `67108864` are the same. Text in the
      column *default* is what holds where the file says nothing.
      """;

  private ConfigurationPage() {}

  /// The whole page of the AMQ 7 dialect, in Markdown.
  public static String text() {
    var page = new StringBuilder(HEAD);
    Stream.of(
            CoreBinder.SECTIONS,
            EndpointBinder.SECTIONS,
            ClusterBinder.SECTIONS,
            HaPolicyBinder.SECTIONS,
            AddressBinder.SECTIONS,
            DivertBinder.SECTIONS,
            WildcardBinder.SECTIONS)
        .flatMap(List::stream)
        .forEach(section -> append(section, page));
    return page.toString();
  }

  /// The whole page of the Classic dialect, in Markdown.
  public static String classic() {
    var page = new StringBuilder(CLASSIC);
    Stream.of(
            ClassicBinder.SECTIONS,
            ClassicConnectorBinder.SECTIONS,
            List.of(ClassicTlsBinder.SECTION),
            ClassicStoreBinder.SECTIONS,
            ClassicUsageBinder.SECTIONS,
            ClassicPolicyBinder.SECTIONS,
            ClassicRecoveryBinder.SECTIONS,
            ClassicDeadLetterBinder.SECTIONS,
            ClassicAccessBinder.sections(),
            ClassicDestinationBinder.SECTIONS)
        .flatMap(List::stream)
        .forEach(section -> append(section, page));
    return page.toString();
  }

  private static void append(Section section, StringBuilder page) {
    page.append("\n## ").append(section.place()).append('\n');
    if (!section.what().isEmpty()) {
      page.append('\n').append(section.what()).append('\n');
    }
    var settings = section.vocabulary().settings();
    if (!settings.isEmpty()) {
      page.append("\n| name | value | default | what it does |\n|---|---|---|---|\n");
      settings.forEach(setting -> page.append(row(setting)));
    }
    list("Refused", section.vocabulary(), fate -> weight(fate) instanceof Fate.Missing, page);
    list(
        "Known, and without effect",
        section.vocabulary(),
        fate -> weight(fate) instanceof Fate.Harmless,
        page);
  }

  private static String row(Setting<?> setting) {
    return "| `%s`%s | %s | %s | %s%s |\n"
        .formatted(
            setting.name(),
            setting.attribute() ? " (attribute)" : "",
            setting.kind().words(),
            setting.usual().filter(text -> !text.isEmpty()).map(ConfigurationPage::code).orElse(""),
            setting.what(),
            setting.only().map(only -> " " + limit(only)).orElse(""));
  }

  private static String limit(Fate.Only only) {
    return switch (only.otherwise()) {
      case Fate.Missing(var what) ->
          "Other values than " + value(only.value()) + " are refused: " + what + ".";
      case Fate.Harmless(var why) ->
          "Other values than " + value(only.value()) + " have no effect: " + why + ".";
      case Fate.Only again -> limit(again);
    };
  }

  /// The names of one fate, those with the same reason in one line.
  private static void list(
      String title, Vocabulary vocabulary, Predicate<Fate> of, StringBuilder page) {
    var names = new TreeMap<String, List<String>>();
    vocabulary
        .fates()
        .forEach((name, fate) -> {
          if (of.test(fate)) {
            names.computeIfAbsent(reason(fate), _ -> new ArrayList<>()).add(code(name));
          }
        });
    if (!names.isEmpty()) {
      page.append('\n').append(title).append(":\n\n");
      names.forEach((reason, those) ->
          page.append("- ")
              .append(String.join(", ", those))
              .append(": ")
              .append(reason)
              .append('\n'));
    }
  }

  private static Fate weight(Fate fate) {
    return fate instanceof Fate.Only only ? weight(only.otherwise()) : fate;
  }

  private static String reason(Fate fate) {
    return switch (fate) {
      case Fate.Missing(var what) -> what;
      case Fate.Harmless(var why) -> why;
      case Fate.Only(var value, var otherwise) ->
          reason(otherwise) + "; silent where it is " + code(value);
    };
  }

  private static String value(String text) {
    return text.isEmpty() ? "nothing" : code(text);
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
