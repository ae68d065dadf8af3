package io.batonmq.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What selectors say of one message.
class SelectorTest {
  private static final Map<String, Object> FIELDS =
      Map.ofEntries(
          Map.entry("color", "red"),
          Map.entry("quoted", "it's"),
          Map.entry("empty", ""),
          Map.entry("phone", "12993"),
          Map.entry("under", "a_b"),
          Map.entry("weight", 2500L),
          Map.entry("negative", -7L),
          Map.entry("zero", 0L),
          Map.entry("price", 2.5),
          Map.entry("nan", Double.NaN),
          Map.entry("max", Long.MAX_VALUE),
          Map.entry("on", true),
          Map.entry("off", false),
          Map.entry("$odd_Näme1", 1L),
          Map.entry("JMSType", "car"));

  private static Selector selector(String text) {
    try {
      return Selector.parse(text);
    } catch (SelectorException e) {
      throw new AssertionError(text, e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "color = 'red'",
        "JMSType = 'car' AND color = 'red' AND weight = 2500",
        "quoted = 'it''s'",
        "empty = ''",
        "on",
        "on = TRUE",
        "off = false",
        "on <> off",
        "NOT off",
        "not not on",
        "TRUE",
        "weight > 2499",
        "weight >= 2.5E3",
        "weight < 2500.5",
        "weight <> 2",
        "2500 = weight",
        "weight = 0x9C4",
        "weight = 04704",
        "weight = 2500L",
        "price = 2.5",
        "price = 25e-1",
        "price > .5",
        "price < 7.",
        "price = 2.5d",
        "negative = -7",
        "negative = - 7",
        "- negative = 7",
        "+ negative = -7",
        "negative > -9223372036854775808",
        "max = 9223372036854775807",
        "max + 1 = -9223372036854775808",
        "weight / 1000 = 2",
        "weight / 1000.0 = price",
        "weight - 500 * 2 = 1500",
        "(weight - 500) * 2 = 4000",
        "10 - 5 - 2 = 3",
        "100 / 10 / 5 = 2",
        "weight BETWEEN 2500 AND 2500",
        "weight between -1 and 1e9 and on",
        "weight NOT BETWEEN 1 AND 2499",
        "color IN ('blue', 'red')",
        "color NOT IN ('blue')",
        "phone LIKE '12%3'",
        "color LIKE 'r_d'",
        "color NOT LIKE 'b%'",
        "under LIKE 'a\\_b' ESCAPE '\\'",
        "empty LIKE ''",
        "empty LIKE '%'",
        "color LIKE '%red%'",
        "missing IS NULL",
        "color IS NOT NULL",
        "missing = 1 OR on",
        "NOT (missing = 1 AND off)",
        "$odd_Näme1 = 1",
        "color\n=\t'red'",
        "(((on)))",
        "weight NOT LIKE 'x'",
        "off OR (on AND NOT (color = 'blue'))",
      })
  void isTrue(String text) {
    assertThat(selector(text).matches(FIELDS::get)).isTrue();
    assertThat(selector("NOT (" + text + ")").matches(FIELDS::get)).isFalse();
    assertThat(selector(text).text()).isEqualTo(text);
  }

  /// Of these and of their opposites.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing",
        "missing = 1",
        "missing <> 1",
        "missing = missing",
        "missing > 1 OR off",
        "missing LIKE '%'",
        "missing IN ('a')",
        "missing BETWEEN 1 AND 2",
        "weight BETWEEN missing AND 9999",
        "missing + 1 > 0",
        "color + 1 > 0",
        "- color = 1",
        "weight / zero = 1",
        "missing AND on",
        "color",
      })
  void isUnknown(String text) {
    assertThat(selector(text).matches(FIELDS::get)).isFalse();
    assertThat(selector("NOT (" + text + ")").matches(FIELDS::get)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "color = 1",
        "color <> 1",
        "weight = '2500'",
        "on = 'true'",
        "color > 1",
        "nan = nan",
        "nan > 1",
        "Color = 'red' AND on",
        "price / 0.0 < 1",
        "weight LIKE '2%'",
        "weight IN ('2500')",
        "color = 'RED'",
        "max = 9223372036854775806",
        "FALSE",
      })
  void isNotTrue(String text) {
    assertThat(selector(text).matches(FIELDS::get)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                        | 0  | missing before the end",
        "color =                   | 7  | missing before the end",
        "color                 'a' | 22 | cannot follow",
        "color = 'red              | 8  | no closing '",
        "color = \"red\"           | 8  | single quotes",
        "color == 'red'            | 7  | missing before =",
        "color = NULL              | 8  | use IS NULL",
        "1                         | 0  | no condition",
        "'a'                       | 0  | no condition",
        "weight + 1                | 0  | no condition",
        "1 AND on                  | 0  | beside AND",
        "on OR 'x'                 | 6  | beside OR",
        "NOT 5                     | 4  | beside NOT",
        "color > 'a'               | 8  | by = and <> only",
        "TRUE < on                 | 0  | by = and <> only",
        "1 = 'a'                   | 4  | another type",
        "'a' + 1 = 2               | 0  | only numbers",
        "-'a' = 2                  | 1  | before a number",
        "'a' LIKE 'b'              | 0  | before LIKE stands a name",
        "color LIKE 5              | 11 | a pattern that is a string",
        "color LIKE 'a' ESCAPE 'ab'| 22 | exactly one character",
        "color LIKE 'a!b' ESCAPE '!'| 11 | escape character",
        "color LIKE 'a!' ESCAPE '!'| 11 | escape character",
        "color IN ()               | 10 | list of strings",
        "color IN (1)              | 10 | list of strings",
        "color IN ('a'             | 13 | ) is missing",
        "(on                       | 3  | ) is missing",
        "on)                       | 2  | cannot follow",
        "color IS 5                | 9  | NULL is missing",
        "1 IS NULL                 | 0  | stands a name",
        "color NOT 5               | 10 | BETWEEN, IN or LIKE",
        "weight BETWEEN 1 5        | 17 | AND is missing",
        "weight BETWEEN 'a' AND 5  | 15 | for numbers",
        "weight = 9223372036854775808 | 9 | too large",
        "weight = 99999999999999999999 | 9 | too large",
        "weight = 08               | 9  | is no number",
        "weight = 1e               | 9  | is no number",
        "weight = 1.2.3            | 9  | is no number",
        "weight = 12a              | 11 | cannot stand in a number",
        "weight = 0x               | 9  | is no number",
        "weight # 1                | 7  | cannot stand in a selector",
        "AND                       | 0  | missing before AND",
      })
  void isRefused(String text, int position, String reason) {
    var refused = catchThrowableOfType(SelectorException.class, () -> Selector.parse(text.strip()));
    assertThat(refused).as(text).isNotNull().hasMessageContaining(reason);
    assertThat(refused.position()).as(text).isEqualTo(position);
    assertThat(refused).hasMessageContaining("character " + (position + 1));
  }

  @Test
  void whatIsTooLongOrTooDeepIsRefused() {
    assertThatThrownBy(() -> Selector.parse("x".repeat(Selector.LENGTH_MAX + 1)))
        .isInstanceOf(SelectorException.class)
        .hasMessageContaining("longer than");
    int many = Selector.LENGTH_MAX / 3;
    for (String deep :
        new String[] {
          "(".repeat(many),
          "NOT ".repeat(many / 2) + "on",
          "- ".repeat(many) + "1 = 1",
          "1" + "+1".repeat(many) + " = 1",
          "1" + "*1".repeat(many) + " = 1",
        }) {
      assertThatThrownBy(() -> Selector.parse(deep))
          .isInstanceOf(SelectorException.class)
          .hasMessageContaining("levels");
    }
  }

  @Test
  void manyConditionsInARowAreNotDeep() {
    var text = "weight = 1" + " OR weight = 1".repeat(400) + " OR on";
    assertThat(selector(text).matches(FIELDS::get)).isTrue();
    assertThat(selector("on" + " AND 1 + 1 = 2".repeat(400)).matches(FIELDS::get)).isTrue();
  }

  /// Whatever is asked, the answer is one or the other, or says where it is wrong.
  @Test
  void nonsenseIsRefusedAndNothingWorse() {
    String[] words = {
      "(", ")", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "NULL", "ESCAPE", "'a%'", "'",
      "a", "on", "1", "2.5", "-", "+", "*", "/", "=", "<>", "<", ",", "TRUE", "0x", "1e", "\u0000",
      "\uD83D",
    };
    long seed = System.nanoTime();
    var random = new Random(seed);
    int sound = 0;
    for (int i = 0; i < 50_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        text.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
      }
      try {
        Selector.parse(text.toString()).matches(FIELDS::get);
        sound++;
      } catch (SelectorException e) {
        assertThat(e.position()).isBetween(0, text.length());
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
    }
    assertThat(sound).isPositive();
  }

  /// Against a model of ten lines, which goes back and forth.
  @Test
  void likeIsWhatTheModelSays() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    int matches = 0;
    for (int i = 0; i < 100_000; i++) {
      var pattern = some(random, "ab_%", 9);
      var string = some(random, "ab", 12);
      boolean expected = model(pattern, string);
      var fields = new HashMap<String, Object>(Map.of("s", string));
      assertThat(selector("s LIKE '" + pattern + "'").matches(fields::get))
          .as("seed %d: %s LIKE %s", seed, string, pattern)
          .isEqualTo(expected);
      matches += expected ? 1 : 0;
    }
    assertThat(matches).isGreaterThan(1_000);
  }

  /// A piece that is longer than a word of the machine.
  @Test
  void likeFindsLongPieces() {
    for (int length : new int[] {1, 63, 64, 65, 127, 128, 129, 300}) {
      var piece = "ab_".repeat(length).substring(0, length);
      var there = piece.replace('_', 'x');
      for (int before = 0; before < 70; before += 23) {
        var string = "a".repeat(before) + there + "y";
        Map<String, Object> fields = Map.of("s", string);
        assertThat(selector("s LIKE '%" + piece + "%'").matches(fields::get)).isTrue();
        assertThat(selector("s LIKE '%" + piece + "z%'").matches(fields::get)).isFalse();
      }
    }
  }

  /// Patterns that make others go back and forth for ever.
  @Test
  void likeTakesTimeInProportion() {
    Map<String, Object> fields = Map.of("s", "a".repeat(100_000));
    var pattern = "%" + "a%".repeat(2_000) + "b%" + "a".repeat(2_000) + "%b";
    assertThat(selector("s LIKE '" + pattern + "'").matches(fields::get)).isFalse();
  }

  private static String some(Random random, String of, int max) {
    var text = new StringBuilder();
    for (int n = random.nextInt(max); n > 0; n--) {
      text.append(of.charAt(random.nextInt(of.length())));
    }
    return text.toString();
  }

  private static boolean model(String pattern, String string) {
    if (pattern.isEmpty()) {
      return string.isEmpty();
    }
    if (pattern.charAt(0) == '%') {
      return model(pattern.substring(1), string)
          || (!string.isEmpty() && model(pattern, string.substring(1)));
    }
    return !string.isEmpty()
        && (pattern.charAt(0) == '_' || pattern.charAt(0) == string.charAt(0))
        && model(pattern.substring(1), string.substring(1));
  }
}
