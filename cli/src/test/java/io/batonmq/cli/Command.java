package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.admin.Json;
import io.batonmq.server.admin.JsonException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/// One run of the command, in this process.
record Command(int exit, String out, String err) {
  static Command run(Object... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    var args = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      args[i] = words[i].toString();
    }
    int exit = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Command(exit, out.toString(), err.toString());
  }

  /// One with more words behind them.
  static Command runWith(Object[] words, Object... more) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    return run(all.toArray());
  }

  /// This, which went well.
  Command good() {
    assertThat(exit).as(toString()).isZero();
    return this;
  }

  /// This, which was tried and did not work, and said why in a sentence.
  Command failed(String reason) {
    return ended(Exit.FAILED, reason);
  }

  /// This, which ended so, with a sentence.
  Command ended(Exit code, String reason) {
    assertThat(exit).as(toString()).isEqualTo(code.code());
    assertThat(err).contains("baton: ").contains(reason).doesNotContain("\tat ");
    return this;
  }

  /// The fields that it printed.
  SequencedMap<String, Json> fields() throws JsonException {
    assertThat(Json.parse(out)).as(toString()).isInstanceOf(Json.Fields.class);
    return ((Json.Fields) Json.parse(out)).values();
  }

  /// The objects in a list of those fields, each as its fields.
  List<SequencedMap<String, Json>> items(String name) throws JsonException {
    return ((Json.Items) fields().get(name))
        .values().stream().map(item -> ((Json.Fields) item).values()).toList();
  }
}
