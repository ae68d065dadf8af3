package io.batonmq.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void whatIsWrittenInOneLineReadsTheSame() throws JsonException {
    var json =
        Json.fields()
            .with("text", "a \"quoted\" \\ text\n\twith \u0001 and \u2028 and 𝄞 and é")
            .with("lone", "\ud834")
            .with("whole", Long.MIN_VALUE)
            .with("flag", true)
            .with("nothing", new Json.Nothing())
            .with("empty", Json.fields())
            .with("list", new Json.Items(List.of(new Json.Whole(1), new Json.Items(List.of()))));
    assertThat(json.text())
        .isEqualTo(
            "{\"text\":\"a \\\"quoted\\\" \\\\ text\\n\\twith \\u0001 and \\u2028 and 𝄞 and é\","
                + "\"lone\":\"\\ud834\",\"whole\":-9223372036854775808,\"flag\":true,"
                + "\"nothing\":null,\"empty\":{},\"list\":[1,[]]}");
    assertThat(Json.parse(json.text())).isEqualTo(json);
    assertThat(Json.parse(json.pretty())).isEqualTo(json);
  }

  @Test
  void forPeopleItStandsOverSeveralLines() {
    var json =
        Json.fields()
            .with("a", 1)
            .with("b", new Json.Items(List.of(new Json.Text("x"), new Json.Text("y"))))
            .with("c", new Json.Items(List.of(Json.fields().with("d", "e"))));
    assertThat(json.pretty())
        .isEqualTo(
            """
            {
              "a": 1,
              "b": ["x","y"],
              "c": [
                {
                  "d": "e"
                }
              ]
            }\
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\"}",
        "{\"a\":1,}",
        "[1,]",
        "[1 2]",
        "\"",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "01",
        "-",
        "1.5",
        "1e3",
        "99999999999999999999",
        "tru",
        "nul",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "'a'"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
  }

  @Test
  void depthHasAnEnd() throws JsonException {
    assertThat(Json.parse("[".repeat(JsonReader.DEPTH_MAX) + "]".repeat(JsonReader.DEPTH_MAX)))
        .isInstanceOf(Json.Items.class);
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).hasMessageContaining("deeper");
  }

  @Test
  void noiseIsRefusedOrReadsBackAsItself() {
    var letters = "{}[]\":,\\u01-tfn ae\n";
    for (long seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      for (int i = random.nextInt(24); i > 0; i--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        var json = Json.parse(text.toString());
        assertThat(Json.parse(json.text())).as("seed %d: %s", seed, text).isEqualTo(json);
      } catch (JsonException e) {
        assertThat(e).as("seed %d: %s", seed, text).hasMessageNotContaining("null");
      }
    }
  }
}
