package io.batonmq.message;

import static org.assertj.core.api.Assertions.assertThat;

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
