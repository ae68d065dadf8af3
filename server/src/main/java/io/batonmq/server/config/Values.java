package io.batonmq.server.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How the text of an element or attribute becomes a value. Each throws an
/// [IllegalArgumentException] whose message says what would have been right.
final class Values {
  private static final Pattern SIZE =
      Pattern.compile("(-?\\d{1,18})\\s*([KMGT]?)(?:I?B)?", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "KMGT";

  private Values() {}

  static String text(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("is empty: write a value or remove it");
    }
    if (text.contains("${")) {
      throw new IllegalArgumentException("\"" + text + "\": ${…} is not replaced: write the value");
    }
    return text;
  }

  static boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw expected("true or false", text);
    };
  }

  /// A whole number from `min` to `max`.
  static Function<String, Integer> number(int min, int max) {
    return text -> {
      try {
        int number = Integer.parseInt(text);
        if (min <= number && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, together with what is out of range.
      }
      throw expected("a whole number from " + min + " to " + max, text);
    };
  }

  /// A factor, for instance `1.5`.
  static double factor(String text) {
    try {
      double factor = Double.parseDouble(text);
      if (factor >= 1 && factor <= 1_000_000) {
        return factor;
      }
    } catch (NumberFormatException e) {
      // Said below, together with what is out of range.
    }
    throw expected("a number from 1 to 1000000", text);
  }

  /// Bytes, with an optional unit of 1024: `10485760`, `10M`, `10MiB` and `10MB` are the same.
  static long bytes(String text) {
    var size = SIZE.matcher(text);
    if (size.matches()) {
      int power = 1 + UNITS.indexOf(size.group(2).toUpperCase(Locale.ROOT));
      try {
        long unit = size.group(2).isEmpty() ? 1 : 1L << (10 * power);
        return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
      } catch (ArithmeticException e) {
        // Said below: no disk has so many.
      }
    }
    throw expected("a size such as 10485760, 100K, 10M or 1G", text);
  }

  /// [#bytes] with a floor; -1 stands for "no limit".
  static Function<String, Long> bytesOrUnlimited(long min) {
    return text -> {
      long bytes = bytes(text);
      if (bytes != -1 && bytes < min) {
        throw expected("-1 or a size of at least " + min + " bytes", text);
      }
      return bytes;
    };
  }

  /// Milliseconds, none of them negative.
  static Duration millis(String text) {
    return Duration.ofMillis(number(0, Integer.MAX_VALUE).apply(text));
  }

  /// One of an enum's constants, written in any case.
  static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type) {
    return text ->
        Arrays.stream(type.getEnumConstants())
            .filter(constant -> constant.name().equalsIgnoreCase(text))
            .findFirst()
            .orElseThrow(() -> {
              var names = Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
              return expected("one of " + String.join(", ", names), text);
            });
  }

  /// Names between commas.
  static List<String> names(String text) {
    return Stream.of(text.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static IllegalArgumentException expected(String what, String text) {
    return new IllegalArgumentException("\"" + text + "\" is not " + what);
  }
}
