package io.batonmq.checks.bench;

import java.util.Locale;

/// A drawing, in as much of SVG as plots need. Colours are those of a page, so that it can be read on a dark
/// one too; text is escaped.
final class Svg {
  /// Where a text stands at its place.
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private final StringBuilder text = new StringBuilder();

  Svg(double width, double height, String title) {
    put(
        String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$.0f %2$.0f" width="%1$.0f" height="%2$.0f" \
            font-family="sans-serif" font-size="12">
            """,
            width,
            height));
    text.append("<title>").append(escaped(title)).append("</title>\n");
    rectangle(0, 0, width, height, "#ffffff");
    text(16, 26, Anchor.START, 15, "#111111", title);
  }

  void rectangle(double x, double y, double width, double height, String colour) {
    put(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
            x,
            y,
            Math.max(0, width),
            height,
            colour));
  }

  void line(double x1, double y1, double x2, double y2, String colour, double width) {
    put(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                + " stroke-width=\"%.1f\"/>%n",
            x1,
            y1,
            x2,
            y2,
            colour,
            width));
  }

  /// A line through some points.
  void curve(double[] x, double[] y, String colour) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < x.length; i++) {
      points.append(String.format(Locale.ROOT, i == 0 ? "%.1f,%.1f" : " %.1f,%.1f", x[i], y[i]));
    }
    put(
        String.format(
            Locale.ROOT,
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\""
                + " stroke-linejoin=\"round\"/>%n",
            points,
            colour));
  }

  void text(double x, double y, Anchor anchor, String content) {
    text(x, y, anchor, 12, "#333333", content);
  }

  void text(double x, double y, Anchor anchor, int size, String colour, String content) {
    put(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\""
                + " fill=\"%s\">%s</text>%n",
            x,
            y,
            anchor.name().toLowerCase(Locale.ROOT),
            size,
            colour,
            escaped(content)));
  }

  String end() {
    return text + "</svg>\n";
  }

  private void put(String piece) {
    text.append(piece);
  }

  private static String escaped(String content) {
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
