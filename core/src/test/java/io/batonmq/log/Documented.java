package io.batonmq.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The table of a format as it is printed at the top of the file that reads it.
public final class Documented {
  private Documented() {}

  /// A line of the table: `| offset | bytes | field |`.
  public record Field(int offset, int bytes, String name) {}

  /// All lines with a fixed place.
  ///
  /// @param source of the class, from the package `log` on
  public static List<Field> table(String source) {
    var fields = new ArrayList<Field>();
    for (var line : lines(source)) {
      var cells = line.split("\\|", -1);
      if (line.startsWith("/// |") && cells.length == 5) {
        try {
          fields.add(
              new Field(
                  Integer.parseInt(cells[1].strip()),
                  Integer.parseInt(cells[2].strip()),
                  cells[3].strip()));
        } catch (NumberFormatException _) {
          // the head of the table, or a part whose place depends on others
        }
      }
    }
    return fields;
  }

  /// Bytes as the table divides them, a line for each field.
  public static String print(List<Field> table, ByteBuffer bytes) {
    var text = new StringBuilder();
    for (var field : table) {
      var part = new byte[Math.min(field.bytes, 40)];
      bytes.get(field.offset, part);
      var hex = HexFormat.of().formatHex(part).replaceFirst("(00){9,}$", "00...");
      text.append("%4d %3d  %-41s %s%n".formatted(field.offset, field.bytes, hex, field.name));
    }
    return text.toString();
  }

  /// The text of the first fenced block, without its marks.
  public static String block(String source) {
    var text = new StringBuilder();
    boolean inside = false;
    for (var line : lines(source)) {
      if (line.equals("/// ```")) {
        if (inside) {
          return text.toString();
        }
        inside = true;
      } else if (inside) {
        text.append(line.substring(4)).append('\n');
      }
    }
    throw new IllegalArgumentException("no block in " + source);
  }

  private static List<String> lines(String source) {
    try {
      return Files.readAllLines(Path.of("src/main/java/io/batonmq/log", source));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
