package io.batonmq.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/// What scripts for other brokers say and Baton does not do: refused by its name, with what to do instead,
/// before anything else is looked at. A hidden option with a description is such an option, and its
/// description is the reason; such words are in a table here.
final class Refusals implements IExecutionStrategy {
  private static final String NO_STATE =
      "each command connects for itself: give --url, --user and --password to it";
  private static final String NO_BINDINGS =
      "data verify reads a store, data exp and data imp take messages out and back in";

  /// Words that are none here, with what to use.
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("data recover", NO_BINDINGS),
          Map.entry("data compact", "space comes back by itself while a node serves"),
          Map.entry("data encode", NO_BINDINGS),
          Map.entry("data decode", NO_BINDINGS),
          Map.entry(
              "check cluster",
              "check node --primary --backup --peers N says whether a pair is whole, status more"),
          Map.entry(
              "queue update",
              "queues do not change: queue delete and queue create make another one, data exp and"
                  + " data imp keep its messages"),
          Map.entry(
              "address update", "addresses do not change: address delete and address create do"),
          Map.entry("connect", NO_STATE),
          Map.entry("disconnect", NO_STATE),
          Map.entry(
              "shell", "there is no shell of its own; baton completion has yours complete words"),
          Map.entry("pwd", "there is no shell of its own, so nothing to be in"),
          Map.entry(
              "upgrade",
              "an instance runs what its etc/artemis.profile names (BATON_HOME); create --force"
                  + " writes its files anew"),
          Map.entry(
              "perf-journal", "baton bench measures the log, in a checkout; see docs/bench.md"),
          Map.entry("activation", "the log keeps the epochs itself; status shows the newest"),
          Map.entry("lock", "the nodes keep the lock themselves; status shows who has the baton"),
          Map.entry("properties", "settings are in etc/broker.xml; check config reads it"));

  /// Why these words are no command, and what is; null if nothing is known of them.
  static @Nullable String sentence(String... args) {
    for (int words = Math.min(2, args.length); words > 0; words--) {
      var word = String.join(" ", List.of(args).subList(0, words));
      var instead = WORDS.get(word);
      if (instead != null) {
        return word + " is no command of Baton: " + instead;
      }
    }
    return null;
  }

  @Override
  public int execute(ParseResult parsed) {
    var last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    refuse(last);
    return new RunLast().execute(parsed);
  }

  private static void refuse(ParseResult parsed) {
    CommandLine command = parsed.commandSpec().commandLine();
    for (var option : parsed.matchedOptions()) {
      if (option.hidden() && option.description().length > 0) {
        throw new ParameterException(
            command, String.join(", ", given(parsed, option)) + ": " + option.description()[0]);
      }
    }
  }

  /// The names by which an option was given.
  static List<String> given(ParseResult parsed, OptionSpec option) {
    var names = List.of(option.names());
    return parsed.originalArgs().stream()
        .map(word -> word.indexOf('=') < 0 ? word : word.substring(0, word.indexOf('=')))
        .filter(names::contains)
        .distinct()
        .toList();
  }
}
