package io.batonmq.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPatternTest {

  @ParameterizedTest
  @CsvSource({
    "#,a.b,true",
    "#,'',true",
    "a,a,true",
    "a,b,false",
    "a.#,a,true",
    "a.#,a.b.c,true",
    "a.#,ab,false",
    "a.*,a,false",
    "a.*,a.b,true",
    "a.*,a.b.c,false",
    "*.b,a.b,true",
    "#.b,a.x.b,true",
    "#.b,b,true",
    "#.b,b.c,false",
    "a.#.c,a.c,true",
    "a.#.c,a.b.b.c,true",
    "a.#.b.#.c,a.b.b.c.c,true",
    "a.#.b.#.c,a.c.c,false",
    "$x+.#,$x+.y,true"
  })
  void matches(String pattern, String address, boolean matches) {
    assertThat(new AddressPattern(pattern).matches(address)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "a,a,true,true",
    "a,b,false,false",
    "a.*,a.b,true,true",
    "a.b,a.*,true,false",
    "a.*,*.b,true,false",
    "a.*,b.*,false,false",
    "#,a.*,true,true",
    "#,#,true,true",
    "a.*,#,true,false",
    "a.#,a.*.b,true,true",
    "a.#,*.b.#,true,false",
    "a.#.c,a.b,false,false",
    "a.#.c,a.#.b.c,true,true",
    "a.#,a,true,true",
    "*,a.b,false,false",
    "*.*,#.b,true,false",
    "#.x.#,a.*.b,true,false",
    "a.b.#,#.c,true,false"
  })
  void overlapsAndCovers(String pattern, String other, boolean overlaps, boolean covers) {
    var one = new AddressPattern(pattern);
    assertThat(one.overlaps(new AddressPattern(other))).as("overlaps").isEqualTo(overlaps);
    assertThat(new AddressPattern(other).overlaps(one)).as("the other way").isEqualTo(overlaps);
    assertThat(one.covers(new AddressPattern(other))).as("covers").isEqualTo(covers);
  }

  @Test
  void otherCharactersStandForWords() {
    var syntax = new Wildcards(true, '/', '>', '+');
    assertThat(new AddressPattern("a/+", syntax).matches("a/b.c")).isTrue();
    assertThat(new AddressPattern("a/+", syntax).matches("a/b/c")).isFalse();
    assertThat(new AddressPattern("a/>", syntax).matches("a/b/c")).isTrue();
    assertThat(new AddressPattern("a/*", syntax).matches("a/b")).isFalse();
    assertThat(syntax.pattern("a/+")).isTrue();
    assertThat(syntax.pattern("a/b+")).isFalse();
    assertThat(syntax.pattern("a.#")).isFalse();
    assertThatThrownBy(() -> new Wildcards(true, '.', '#', '.'))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSpecialComesBeforeTheGeneral() {
    assertThat(
            Stream.of("#", "a.*", "a.b", "*.b", "a.b.#", "a.#", "a.b.c", "a.#.c")
                .map(AddressPattern::new)
                .sorted())
        .extracting(AddressPattern::text)
        .containsExactly("a.b.c", "a.b", "a.b.#", "a.*", "a.#.c", "a.#", "*.b", "#");
  }

  @Test
  void aHostileAddressCostsLittle() {
    var match = new AddressPattern("#.a.".repeat(20) + "z");
    var address = "a.".repeat(20_000) + "y";
    Assertions.assertTimeout(
        Duration.ofSeconds(5), () -> assertThat(match.matches(address)).isFalse());
  }
}
