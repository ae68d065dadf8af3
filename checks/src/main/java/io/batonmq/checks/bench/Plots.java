package io.batonmq.checks.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/// Rows as drawings: bars of medians with their spread, for each scenario and figure that a reader looks for
/// first, and curves of latency where a load counted it.
final class Plots {
  private static final double WIDTH = 800;
  private static final double LABELS = 130;
  private static final double VALUES = 190;
  private static final double BAR = 18;
  private static final double CURVE_HEIGHT = 400;
  private static final String GRID = "#e3e3e3";
  private static final String WHISKER = "#222222";

  /// What is drawn of each scenario.
  private static final Map<String, Map<String, String>> FIGURES =
      Map.ofEntries(
          Map.entry("disk", Map.of("rate", "records a second")),
          Map.entry(
              MicroProcess.SCENARIO,
              Map.of("share", "the log's share of what the bare disk can do")),
          Map.entry("sends", loads()),
          Map.entry("async", loads()),
          Map.entry("flow", loads()),
          Map.entry("fixed", Map.of("p99_us", "99 % of messages within, in microseconds")),
          Map.entry("gap", Map.of("gap_ms", "longest time without an answer, in milliseconds")),
          Map.entry(
              "backlog",
              ordered("drain_rate", "drained a second", "restart_ms", "restart, in milliseconds")),
          Map.entry(
              "cycles",
              ordered(
                  "heap_mib",
                  "heap when it is drained, in MiB",
                  "store_mib",
                  "on the disk when it is drained, in MiB")),
          Map.entry(
              "start",
              ordered(
                  "start_ms",
                  "start to first answer, in milliseconds",
                  "idle_mib",
                  "idle, in MiB")),
          Map.entry("command", Map.of("median_ms", "milliseconds")));

  private static final Map<String, String> COLOURS =
      Map.of(
          "baton", "#2563a8",
          "uncached", "#86b0dc",
          "openwire", "#6c4fa3",
          "ceiling", "#9a9a9a",
          "artemis", "#d9822b",
          "classic", "#5b9a4b");

  private static final List<String> OTHERS = List.of("#2563a8", "#d9822b", "#5b9a4b", "#9a9a9a");

  /// A drawing beside the report.
  record Plot(String scenario, String title, String file, String svg) {}

  private final List<Row> rows;

  Plots(List<Row> rows) {
    this.rows = rows;
  }

  private static Map<String, String> loads() {
    return ordered(
        "rate",
        "messages a second",
        "broker_cpu_us",
        "processor time of the broker for each message, in microseconds");
  }

  private static Map<String, String> ordered(String a, String one, String b, String other) {
    Map<String, String> figures = new LinkedHashMap<>();
    figures.put(a, one);
    figures.put(b, other);
    return figures;
  }

  List<Plot> all() {
    List<Plot> plots = new ArrayList<>();
    Report.group(Row::scenario, rows)
        .forEach((scenario, some) -> {
          FIGURES
              .getOrDefault(scenario, Map.of())
              .forEach(
                  (figure, words) -> bars(scenario, figure, words, some).ifPresent(plots::add));
          Report.group(Row::variant, some)
              .forEach((variant, these) -> curves(scenario, variant, these).ifPresent(plots::add));
        });
    return plots;
  }

  // ---- bars

  private record Bar(String subject, Spread spread) {}

  private static Optional<Plot> bars(String scenario, String figure, String words, List<Row> rows) {
    Map<String, List<Bar>> groups = new LinkedHashMap<>();
    Report.group(Row::variant, rows)
        .forEach((variant, some) -> {
          List<Bar> bars = new ArrayList<>();
          Report.group(Row::subject, some)
              .forEach((subject, these) ->
                  Spread.of(these, figure).ifPresent(it -> bars.add(new Bar(subject, it))));
          if (!bars.isEmpty()) {
            groups.put(variant, bars);
          }
        });
    if (groups.isEmpty()) {
      return Optional.empty();
    }
    String title = scenario + ": " + words;
    return Optional.of(new Plot(scenario, title, file(scenario, figure), drawn(title, groups)));
  }

  private static String drawn(String title, Map<String, List<Bar>> groups) {
    int bars = groups.values().stream().mapToInt(List::size).sum();
    double top = 46;
    double height = top + groups.size() * 30 + bars * (BAR + 5) + 34;
    double highest =
        groups.values().stream()
            .flatMap(List::stream)
            .mapToDouble(bar -> bar.spread.highest())
            .max()
            .orElse(1);
    double step = step(highest);
    double end = Math.max(step, Math.ceil(highest / step) * step);
    double scale = (WIDTH - LABELS - VALUES) / end;
    Svg svg = new Svg(WIDTH, height, title);
    for (double tick = 0; tick <= end + step / 2; tick += step) {
      double x = LABELS + tick * scale;
      svg.line(x, top - 6, x, height - 28, GRID, 1);
      svg.text(x, height - 12, Svg.Anchor.MIDDLE, 11, "#777777", tickText(tick));
    }
    double y = top;
    List<String> seen = new ArrayList<>();
    for (Map.Entry<String, List<Bar>> group : groups.entrySet()) {
      svg.text(LABELS + 4, y + 12, Svg.Anchor.START, 12, "#111111", group.getKey());
      y += 20;
      for (Bar bar : group.getValue()) {
        bar(svg, bar, y, scale, seen);
        y += BAR + 5;
      }
      y += 10;
    }
    return svg.end();
  }

  private static void bar(Svg svg, Bar bar, double y, double scale, List<String> seen) {
    Spread spread = bar.spread;
    double middle = y + BAR / 2;
    svg.text(LABELS - 8, middle + 4, Svg.Anchor.END, bar.subject);
    svg.rectangle(LABELS, y, spread.median() * scale, BAR, colour(bar.subject, seen));
    if (spread.count() > 1) {
      double low = LABELS + spread.lowest() * scale;
      double high = LABELS + spread.highest() * scale;
      svg.line(low, middle, high, middle, WHISKER, 1.5);
      svg.line(low, middle - 4, low, middle + 4, WHISKER, 1.5);
      svg.line(high, middle - 4, high, middle + 4, WHISKER, 1.5);
    }
    svg.text(LABELS + spread.highest() * scale + 8, middle + 4, Svg.Anchor.START, spread.text());
  }

  /// Between two lines of the grid: 1, 2 or 5 with zeros, about five of them.
  private static double step(double highest) {
    double wish = highest <= 0 ? 1 : highest / 5;
    double power = Math.pow(10, Math.floor(Math.log10(wish)));
    double digit = wish / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  private static String tickText(double tick) {
    return String.format(Locale.ROOT, tick == Math.rint(tick) ? "%,.0f" : "%.2f", tick);
  }

  // ---- curves

  private static Optional<Plot> curves(String scenario, String variant, List<Row> rows) {
    Map<String, Map<Double, Double>> subjects = new LinkedHashMap<>();
    Report.group(Row::subject, rows)
        .forEach((subject, some) -> {
          Map<Double, Double> curve = new TreeMap<>();
          for (String name : some.getFirst().figures().keySet()) {
            if (Row.ofCurve(name)) {
              Spread.of(some, name)
                  .filter(it -> it.median() > 0)
                  .ifPresent(it -> curve.put(Row.percentile(name), it.median()));
            }
          }
          if (!curve.isEmpty()) {
            subjects.put(subject, curve);
          }
        });
    if (subjects.isEmpty()) {
      return Optional.empty();
    }
    String title = "%s, %s: latency, medians of the rounds".formatted(scenario, variant);
    return Optional.of(
        new Plot(scenario, title, file(scenario, variant + " latency"), curves(title, subjects)));
  }

  private static String curves(String title, Map<String, Map<Double, Double>> subjects) {
    double left = 70;
    double right = WIDTH - 150;
    double top = 50;
    double bottom = CURVE_HEIGHT - 46;
    int lowest = decade(subjects, Math::floor, true);
    int highest = Math.max(lowest + 1, decade(subjects, Math::ceil, false));
    Svg svg = new Svg(WIDTH, CURVE_HEIGHT, title);
    for (int power = lowest; power <= highest; power++) {
      double y = bottom - (bottom - top) * (power - lowest) / (highest - lowest);
      svg.line(left, y, right, y, GRID, 1);
      svg.text(left - 8, y + 4, Svg.Anchor.END, micros(power));
    }
    for (double percentile : new double[] {0, 50, 90, 99, 99.9, 99.99}) {
      double x = left + (right - left) * nines(percentile);
      svg.line(x, top, x, bottom, GRID, 1);
      svg.text(x, bottom + 18, Svg.Anchor.MIDDLE, percentText(percentile));
    }
    svg.text((left + right) / 2, bottom + 36, Svg.Anchor.MIDDLE, "of messages took at most");
    List<String> seen = new ArrayList<>();
    double y = top + 12;
    for (Map.Entry<String, Map<Double, Double>> subject : subjects.entrySet()) {
      String colour = colour(subject.getKey(), seen);
      svg.curve(
          subject.getValue().keySet().stream()
              .mapToDouble(percentile -> left + (right - left) * nines(percentile))
              .toArray(),
          subject.getValue().values().stream()
              .mapToDouble(value ->
                  bottom - (bottom - top) * (Math.log10(value) - lowest) / (highest - lowest))
              .toArray(),
          colour);
      svg.rectangle(right + 20, y - 10, 22, 10, colour);
      svg.text(right + 50, y, Svg.Anchor.START, subject.getKey());
      y += 22;
    }
    return svg.end();
  }

  private static int decade(
      Map<String, Map<Double, Double>> subjects, DoubleUnaryOperator round, boolean low) {
    var logs =
        subjects.values().stream()
            .flatMap(curve -> curve.values().stream())
            .mapToDouble(Math::log10);
    return (int) round.applyAsDouble((low ? logs.min() : logs.max()).orElse(0));
  }

  /// A percentile's place: the last ones are what is looked for, so each nine has the same room.
  private static double nines(double percentile) {
    return Math.min(1, -Math.log10(1 - Math.min(percentile, 99.999) / 100) / 4);
  }

  private static String percentText(double percentile) {
    return percentile == Math.rint(percentile)
        ? "%.0f %%".formatted(percentile)
        : percentile + " %";
  }

  private static String micros(int power) {
    return switch (power) {
      case 0, 1, 2 -> (int) Math.pow(10, power) + " us";
      case 3, 4, 5 -> (int) Math.pow(10, power - 3.0) + " ms";
      default ->
          power < 0
              ? "0." + "0".repeat(-power - 1) + "1 us"
              : (int) Math.pow(10, power - 6.0) + " s";
    };
  }

  // ---- both

  private static String colour(String subject, List<String> seen) {
    String known = COLOURS.get(subject);
    if (known != null) {
      return known;
    }
    if (!seen.contains(subject)) {
      seen.add(subject);
    }
    return OTHERS.get(seen.indexOf(subject) % OTHERS.size());
  }

  private static String file(String scenario, String what) {
    StringBuilder name = new StringBuilder();
    for (char c : (scenario + "-" + what).toLowerCase(Locale.ROOT).toCharArray()) {
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (plain || !name.toString().endsWith("-")) {
        name.append(plain ? c : '-');
      }
    }
    return name + ".svg";
  }
}
