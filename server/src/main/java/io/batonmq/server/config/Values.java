package io.batonmq.server.config;

import io.batonmq.selector.Selector;
import io.batonmq.selector.SelectorException;
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

  static final Kind<String> TEXT = new Kind<>("text", Function.identity());
  static final Kind<String> TEXT_OR_NOTHING =
      new Kind<>("text, or nothing", Function.identity(), true);
  static final Kind<Boolean> FLAG = new Kind<>("true or false", Values::flag);
  static final Kind<Double> FACTOR = decimal(1, 1_000_000);
  static final Kind<Double> PART = decimal(0, 1);
  static final Kind<Duration> MILLIS =
      new Kind<>(
          "milliseconds", text -> Duration.ofMillis(number(0, Integer.MAX_VALUE).read(text)));
  static final Kind<String> SELECTOR = new Kind<>("a message selector", Values::selector);
  static final Kind<List<String>> NAMES = new Kind<>("names between commas", Values::names);

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

  private static boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw expected("true or false", text);
    };
  }

  /// A whole number from `min` to `max`.
  static Kind<Integer> number(int min, int max) {
    var words = "a whole number from " + min + (max == Integer.MAX_VALUE ? "" : " to " + max);
    return new Kind<>(
        words,
        text -> {
          try {
            int number = Integer.parseInt(text);
            if (min <= number && number <= max) {
              return number;
            }
          } catch (NumberFormatException e) {
            // Said below, together with what is out of range.
          }
          throw expected(words, text);
        });
  }

  /// Milliseconds, as many as a number has room for; -1 for none.
  static Kind<Long> millisOrNone() {
    return whole(-1);
  }

  /// A whole number from `min`, as many as a number has room for.
  static Kind<Long> whole(long min) {
    var words = "a whole number from " + min;
    return new Kind<>(
        words,
        text -> {
          try {
            long number = Long.parseLong(text);
            if (number >= min) {
              return number;
            }
          } catch (NumberFormatException e) {
            // Said below, together with what is out of range.
          }
          throw expected(words, text);
        });
  }

  /// How many there may be; -1 for any number.
  static Kind<Long> limit() {
    var words = "-1 or a whole number from 1";
    return new Kind<>(
        words,
        text -> {
          try {
            long number = Long.parseLong(text);
            if (number == -1 || number >= 1) {
              return number;
            }
          } catch (NumberFormatException e) {
            // Said below, together with what is out of range.
          }
          throw expected(words, text);
        });
  }

  /// The name of an annotation: an AMQP symbol.
  static Kind<String> symbol() {
    var words = "1 to 255 printable ASCII characters";
    return new Kind<>(
        words,
        text -> {
          if (text.length() > 255 || !text.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw expected(words, text);
          }
          return text;
        });
  }

  /// A number from `min` to `max`, for instance `1.5`.
  private static Kind<Double> decimal(int min, int max) {
    var words = "a number from " + min + " to " + max;
    return new Kind<>(
        words,
        text -> {
          try {
            double number = Double.parseDouble(text);
            if (number >= min && number <= max) {
              return number;
            }
          } catch (NumberFormatException e) {
            // Said below, together with what is out of range.
          }
          throw expected(words, text);
        });
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
  static Kind<Long> bytesOrUnlimited(long min) {
    var words = "-1 or a size of at least " + min + " bytes";
    return new Kind<>(
        words,
        text -> {
          long bytes = bytes(text);
          if (bytes != -1 && bytes < min) {
            throw expected(words, text);
          }
          return bytes;
        });
  }

  /// One of an enum's constants, written in any case.
  static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
    var constants = Arrays.asList(type.getEnumConstants());
    var words = "one of " + String.join(", ", constants.stream().map(Enum::name).toList());
    return new Kind<>(
        words,
        text ->
            constants.stream()
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> expected(words, text)));
  }

  /// A condition on the fields of a message.
  private static String selector(String text) {
    try {
      return Selector.parse(text).text();
    } catch (SelectorException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /// Names between commas.
  private static List<String> names(String text) {
    return Stream.of(text.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static IllegalArgumentException expected(String what, String text) {
    return new IllegalArgumentException("\"" + text + "\" is not " + what);
  }
}
