package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.Wildcards;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the names of clients stand for in the broker.
class DestinationsTest {
  @ParameterizedTest
  @CsvSource({
    "news.>,news.#",
    ">,#",
    "*.a.>,*.a.#",
    "a.b,a.b",
    "a>,a>",
    "a.>.b,a.>.b",
    "a*.b,a*.b"
  })
  void aPatternIsWrittenAsTheBrokerHasIt(String topic, String address) {
    assertThat(Destinations.pattern(topic, Wildcards.DEFAULTS)).isEqualTo(address);
    // As the broker has it where its file is of ActiveMQ Classic.
    assertThat(Destinations.pattern(topic, new Wildcards(true, '.', '>', '*'))).isEqualTo(topic);
    assertThat(Destinations.pattern(topic, new Wildcards(true, '.', '!', '+')))
        .isEqualTo(address.replace('#', '!').replaceAll("(^|\\.)\\*", "$1+"));
  }
}
