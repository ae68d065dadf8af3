package io.batonmq.checks.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringTokenizer;

/// One measurement.
///
/// @param scenario for example `sends`
/// @param variant for example `8 producers`
/// @param subject who was measured
/// @param round counted from 1
/// @param figures by name; the unit is the end of the name
record Row(
    String scenario, String variant, String subject, int round, Map<String, Double> figures) {

  private static final String CURVE = "at_";

  /// Whether a figure is a point of a latency's curve, `at_99.9_us`: drawn, and in no table.
  static boolean ofCurve(String name) {
    return name.startsWith(CURVE);
  }

  /// Which percentile such a figure is.
  static double percentile(String name) {
    return Double.parseDouble(name.substring(CURVE.length(), name.lastIndexOf('_')));
  }

  /// The same without the points of curves, for people.
  Row withoutCurve() {
    Map<String, Double> few = new LinkedHashMap<>(figures);
    few.keySet().removeIf(Row::ofCurve);
    return new Row(scenario, variant, subject, round, few);
  }

  /// A row as a line of a file: `scenario,variant,subject,round,name=value name=value`.
  String line() {
    StringBuilder text = new StringBuilder();
    figures.forEach(
        (name, value) -> text.append(text.isEmpty() ? "" : " ").append(name + "=" + value));
    return String.join(",", scenario, variant, subject, Integer.toString(round), text);
  }

  /// Figures written as `name=value`, one blank between them.
  static Map<String, Double> figures(String text) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (var words = new StringTokenizer(text); words.hasMoreTokens(); ) {
      String word = words.nextToken();
      int at = word.indexOf('=');
      if (at > 0) {
        figures.put(word.substring(0, at), Double.valueOf(word.substring(at + 1)));
      }
    }
    return figures;
  }
}
