package io.batonmq.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A row of the table in [Transitions] each, and what is not in it.
class TransitionsTest {
  private static final List<String> WORDS = List.of("standby", "promoting", "active", "fenced");

  private static Role role(String word) {
    return switch (word) {
      case "standby" -> new Role.Standby(1, "a");
      case "promoting" -> new Role.Promoting(1, Receipt.Cause.HUNG);
      // No log is written to here.
      case "active" -> new Role.Active(2, null, null);
      default -> new Role.Fenced(2, ExitCode.SUPERSEDED, "superseded");
    };
  }

  @ParameterizedTest
  @CsvSource({
    "standby,   standby",
    "standby,   promoting",
    "promoting, active",
    "promoting, standby",
    "active,    standby",
    "standby,   fenced",
    "promoting, fenced",
    "active,    fenced"
  })
  void isLegal(String from, String to) {
    assertThat(role(from).word()).isEqualTo(from);
    Transitions.require(role(from), role(to));
  }

  @ParameterizedTest
  @CsvSource({
    "standby,   active",
    "promoting, promoting",
    "active,    active",
    "active,    promoting"
  })
  void isNotLegal(String from, String to) {
    assertThatThrownBy(() -> Transitions.require(role(from), role(to)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a node that is %s cannot become %s", from, to);
  }

  @Test
  void fromFencedThereIsNoWayBack() {
    for (String to : WORDS) {
      assertThat(Transitions.legal(role("fenced"), role(to))).as(to).isFalse();
    }
  }
}
