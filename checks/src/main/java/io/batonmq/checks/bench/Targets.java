package io.batonmq.checks.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The first targets, held against the rows of one run. What a run did not measure is said to be so.
final class Targets {
  /// Which gap under a kill the target speaks of.
  static final int KILLS = 50;

  /// Which backlog it speaks of.
  static final int BACKLOG = 1_000_000;

  private static final String NOT_MEASURED = "not measured";
  private static final String BATON = "baton";
  private static final String ARTEMIS = "artemis";
  private static final double BYTES_OF_KIB = 1.024;

  private final List<Row> rows;

  Targets(List<Row> rows) {
    this.rows = rows;
  }

  /// One line of the table.
  ///
  /// @param ratio reached to wanted, or what is compared to what it is compared with
  record Line(String target, String reached, String ratio, String met) {
    static Line unmeasured(String target) {
      return new Line(target, NOT_MEASURED, "", NOT_MEASURED);
    }

    String markdown() {
      return "| " + String.join(" | ", target, reached, ratio, met) + " |\n";
    }
  }

  String markdown() {
    StringBuilder text = new StringBuilder("\n## Targets\n\n");
    text.append("| target | reached | ratio | met? |\n|---|---|---:|---|\n");
    lines().forEach(line -> text.append(line.markdown()));
    return text.toString();
  }

  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (String batch : List.of("1 record", "8 records", "64 records")) {
      lines.add(append(batch));
    }
    lines.add(sends("1 producer", 2));
    lines.add(sends("8 producers", 1.3));
    lines.add(sends("32 producers", 1.2));
    for (String producers : List.of("1 producer", "8 producers", "32 producers")) {
      lines.add(processor(producers));
    }
    lines.add(gap());
    lines.add(gapWithBacklog());
    lines.add(
        below("failback gap under 300 ms", worst("gap", "stop and failback", "failback_ms"), 300));
    lines.add(
        below("start to first connection under 1 s", median("start", "restart", "start_ms"), 1000));
    lines.add(below("idle under 150 MiB", median("start", "restart", "idle_mib"), 150));
    lines.add(
        below(
            "under 100 KB per idle connection",
            median("start", "restart", "connection_kib").map(kib -> kib * BYTES_OF_KIB),
            100));
    return lines;
  }

  private Line append(String batch) {
    String target = "sustained append >= 80 %% of the bare loop, %s a sync".formatted(batch);
    return Spread.of(
            rows(MicroProcess.SCENARIO, "sustained append", batch + " of 1 KiB a sync").toList(),
            "share")
        .map(share -> line(target, percent(share.median()), share.median(), 0.8, false))
        .orElseGet(() -> Line.unmeasured(target));
  }

  private Line sends(String producers, double wanted) {
    String target =
        "confirmed sends, %s >= %s x Artemis".formatted(producers, Spread.number(wanted));
    return compared(target, producers, "rate", " a second", wanted, false);
  }

  private Line processor(String producers) {
    String target =
        "processor time of the broker per message, %s <= 60 %% of Artemis".formatted(producers);
    return compared(target, producers, "broker_cpu_us", " us", 0.6, true);
  }

  private Line compared(
      String target, String variant, String figure, String unit, double wanted, boolean atMost) {
    Optional<Spread> own = Spread.of(rows("sends", variant, BATON).toList(), figure);
    Optional<Spread> theirs = Spread.of(rows("sends", variant, ARTEMIS).toList(), figure);
    if (own.isEmpty() || theirs.isEmpty()) {
      return Line.unmeasured(target);
    }
    double mine = own.get().median();
    double other = theirs.get().median();
    String reached = "%s against %s%s".formatted(Spread.number(mine), Spread.number(other), unit);
    return line(target, reached, mine / other, wanted, atMost);
  }

  private Line gap() {
    String target = "take-over gap after kill -9 under 500 ms at worst of " + KILLS;
    Optional<Spread> seen = Spread.of(rows("gap", "kill", BATON).toList(), "gap_ms");
    Line line = below(target, seen.map(Spread::highest), 500);
    int count = seen.map(Spread::count).orElse(0);
    return count == 0 || count >= KILLS
        ? line
        : new Line(
            target,
            line.reached + ", worst of " + count,
            line.ratio,
            line.met.equals("yes") ? "so far: %d of %d".formatted(count, KILLS) : line.met);
  }

  private Line gapWithBacklog() {
    String target =
        String.format(Locale.ROOT, "the same with %,d waiting within 20 %% of that", BACKLOG);
    Optional<Double> empty = median("gap", "kill", "gap_ms");
    Optional<Double> deep = median("gap", killWith(BACKLOG), "gap_ms");
    if (empty.isEmpty() || deep.isEmpty()) {
      return Line.unmeasured(target);
    }
    String reached =
        "medians %s and %s ms".formatted(Spread.number(deep.get()), Spread.number(empty.get()));
    return line(target, reached, deep.get() / empty.get(), 1.2, true);
  }

  /// The variant in which the active node is killed while messages wait.
  static String killWith(int backlog) {
    return "kill with " + backlog + " waiting";
  }

  /// @param limit in the unit of `value`
  private static Line below(String target, Optional<Double> value, double limit) {
    return value
        .map(it -> line(target, Spread.number(it), it / limit, 1, true))
        .orElseGet(() -> Line.unmeasured(target));
  }

  private static Line line(
      String target, String reached, double ratio, double wanted, boolean atMost) {
    boolean met = atMost ? ratio <= wanted : ratio >= wanted;
    return new Line(target, reached, "×" + Spread.number(ratio), met ? "yes" : "no");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }

  private Optional<Double> median(String scenario, String variant, String figure) {
    return Spread.of(rows(scenario, variant, BATON).toList(), figure).map(Spread::median);
  }

  private Optional<Double> worst(String scenario, String variant, String figure) {
    return Spread.of(rows(scenario, variant, BATON).toList(), figure).map(Spread::highest);
  }

  private Stream<Row> rows(String scenario, String variant, String subject) {
    return rows.stream()
        .filter(row ->
            row.scenario().equals(scenario)
                && row.variant().equals(variant)
                && row.subject().equals(subject));
  }
}
