package io.batonmq.checks.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// One figure over the rounds of a run.
record Spread(double lowest, double median, double highest, int count) {
  /// Empty where no row has it.
  static Optional<Spread> of(Collection<Row> rows, String name) {
    double[] values =
        rows.stream()
            .filter(row -> row.figures().containsKey(name))
            .mapToDouble(row -> row.figures().getOrDefault(name, 0.0))
            .sorted()
            .toArray();
    int count = values.length;
    return count == 0
        ? Optional.empty()
        : Optional.of(
            new Spread(
                values[0],
                (values[(count - 1) / 2] + values[count / 2]) / 2,
                values[count - 1],
                count));
  }

  /// Median, and the rest where there was more than one round.
  String text() {
    return count == 1
        ? number(median)
        : "%s (%s–%s)".formatted(number(median), number(lowest), number(highest));
  }

  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
