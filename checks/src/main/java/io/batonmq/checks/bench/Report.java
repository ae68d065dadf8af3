package io.batonmq.checks.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Rows as Markdown: the targets, then for each scenario its plots and a table of medians, with the lowest and
/// the highest, and the ratio to the first subject's median.
final class Report {
  private final List<Row> rows;

  Report(List<Row> rows) {
    this.rows = rows;
  }

  /// @param plots files beside the report, by the scenario that they show
  String markdown(Map<String, List<Plots.Plot>> plots) {
    StringBuilder text = new StringBuilder(new Targets(rows).markdown());
    group(Row::scenario, rows)
        .forEach((scenario, some) -> {
          text.append("\n## ").append(scenario).append('\n');
          for (Plots.Plot plot : plots.getOrDefault(scenario, List.of())) {
            text.append("\n![%s](%s)\n".formatted(plot.title(), plot.file()));
          }
          group(Row::variant, some)
              .forEach((variant, these) ->
                  table(text, variant, these, !scenario.equals(MicroProcess.SCENARIO)));
        });
    return text.toString();
  }

  /// @param rivals whether the subjects do the same, so that a ratio says something
  private static void table(StringBuilder text, String variant, List<Row> rows, boolean rivals) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row ->
        row.figures().keySet().stream().filter(name -> !Row.ofCurve(name)).forEach(names::add));
    text.append("\n### ").append(variant).append("\n\n| who | ");
    text.append(String.join(" | ", names)).append(" |\n|---|");
    text.append("---:|".repeat(names.size())).append('\n');
    Map<String, List<Row>> subjects = group(Row::subject, rows);
    String first = rows.getFirst().subject();
    subjects.forEach((subject, some) -> {
      List<String> cells = new ArrayList<>();
      for (String name : names) {
        Optional<Spread> compared =
            !rivals || subject.equals(first)
                ? Optional.empty()
                : Spread.of(subjects.getOrDefault(first, List.of()), name);
        cells.add(Spread.of(some, name).map(spread -> cell(spread, compared)).orElse(""));
      }
      text.append("| ").append(subject).append(" | ");
      text.append(String.join(" | ", cells)).append(" |\n");
    });
  }

  private static String cell(Spread spread, Optional<Spread> compared) {
    return spread.text()
        + compared
            .filter(first -> first.median() != 0)
            .map(first -> " ×" + Spread.number(spread.median() / first.median()))
            .orElse("");
  }

  static Map<String, List<Row>> group(Function<Row, String> by, List<Row> rows) {
    return rows.stream()
        .collect(Collectors.groupingBy(by, LinkedHashMap::new, Collectors.toList()));
  }
}
