package io.batonmq.checks.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Rows as Markdown: for each scenario a table of medians, with the lowest and the highest, and the ratio to
/// the first subject's median.
final class Report {
  private final List<Row> rows;

  Report(List<Row> rows) {
    this.rows = rows;
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    group(Row::scenario, rows)
        .forEach((scenario, some) -> {
          text.append("\n## ").append(scenario).append('\n');
          group(Row::variant, some).forEach((variant, these) -> table(text, variant, these));
        });
    return text.toString();
  }

  private static void table(StringBuilder text, String variant, List<Row> rows) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.figures().keySet()));
    text.append("\n### ").append(variant).append("\n\n| who | ");
    text.append(String.join(" | ", names)).append(" |\n|---|");
    text.append("---:|".repeat(names.size())).append('\n');
    Map<String, List<Row>> subjects = group(Row::subject, rows);
    String first = rows.getFirst().subject();
    subjects.forEach((subject, some) -> {
      List<String> cells = new ArrayList<>();
      for (String name : names) {
        cells.add(
            cell(
                some,
                name,
                subject.equals(first)
                    ? Double.NaN
                    : median(subjects.getOrDefault(first, List.of()), name)));
      }
      text.append("| ").append(subject).append(" | ");
      text.append(String.join(" | ", cells)).append(" |\n");
    });
  }

  private static String cell(List<Row> rows, String name, double compared) {
    double[] values = values(rows, name);
    if (values.length == 0) {
      return "";
    }
    double median = values[values.length / 2];
    String text =
        values.length == 1
            ? number(median)
            : "%s (%s–%s)"
                .formatted(number(median), number(values[0]), number(values[values.length - 1]));
    return Double.isNaN(compared) || compared == 0
        ? text
        : text + String.format(Locale.ROOT, " ×%.2f", median / compared);
  }

  private static double median(List<Row> rows, String name) {
    double[] values = values(rows, name);
    return values.length == 0 ? Double.NaN : values[values.length / 2];
  }

  private static double[] values(List<Row> rows, String name) {
    double[] values =
        rows.stream()
            .filter(row -> row.figures().containsKey(name))
            .mapToDouble(row -> row.figures().getOrDefault(name, 0.0))
            .toArray();
    Arrays.sort(values);
    return values;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : "%.1f", value);
  }

  private static Map<String, List<Row>> group(Function<Row, String> by, List<Row> rows) {
    return rows.stream()
        .collect(Collectors.groupingBy(by, LinkedHashMap::new, Collectors.toList()));
  }
}
