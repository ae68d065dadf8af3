package io.batonmq.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A table of text: `|NAME |COUNT|`. A column is as wide as its widest cell and at most as wide as it may
/// be; longer cells go on in the next line.
final class Table {
  private final int widthMax;
  private final List<List<String>> rows = new ArrayList<>();

  Table(int widthMax, List<String> header) {
    this.widthMax = widthMax;
    rows.add(List.copyOf(header));
  }

  void add(List<String> row) {
    rows.add(row.stream().map(Table::visible).toList());
  }

  /// A name may hold anything; a table stays one.
  private static String visible(String cell) {
    return cell.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  List<String> lines() {
    int columns = rows.getFirst().size();
    var widths = IntStream.range(0, columns).map(this::width).toArray();
    return rows.stream().flatMap(row -> lines(row, widths).stream()).toList();
  }

  private int width(int column) {
    int header = rows.getFirst().get(column).length();
    int widest = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    return Math.max(header, Math.min(widest, widthMax));
  }

  private static List<String> lines(List<String> row, int[] widths) {
    int height =
        IntStream.range(0, widths.length)
            .map(i -> Math.max(1, Math.ceilDiv(row.get(i).length(), widths[i])))
            .max()
            .orElse(1);
    return IntStream.range(0, height)
        .mapToObj(line ->
            IntStream.range(0, widths.length)
                .mapToObj(i -> piece(row.get(i), line, widths[i]))
                .collect(Collectors.joining("|", "|", "|")))
        .toList();
  }

  private static String piece(String cell, int line, int width) {
    int from = Math.min(line * width, cell.length());
    int to = Math.min(from + width, cell.length());
    return cell.substring(from, to) + " ".repeat(width - (to - from));
  }
}
