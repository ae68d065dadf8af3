package io.batonmq.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks the person at the terminal; or reads lines, where input comes from elsewhere.
final class Prompter {
  private final PrintWriter out;
  private final boolean silent;
  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));

  Prompter(PrintWriter out) {
    this(out, false);
  }

  /// @param silent whether nobody is asked, and nothing has an answer
  Prompter(PrintWriter out, boolean silent) {
    this.out = out;
    this.silent = silent;
  }

  /// The answer, unless there is none.
  ///
  /// @param secret whether the letters are kept from the screen
  Optional<String> ask(String question, boolean secret) throws IOException {
    if (silent) {
      return Optional.empty();
    }
    var terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (terminal.isPresent()) {
      return ask(terminal.get(), question, secret);
    }
    out.print(question + " ");
    out.flush();
    var line = in.readLine();
    out.println();
    return answer(line);
  }

  private static Optional<String> ask(Console terminal, String question, boolean secret) {
    if (!secret) {
      return answer(terminal.readLine("%s ", question));
    }
    char[] letters = terminal.readPassword("%s ", question);
    return letters == null ? Optional.empty() : answer(new String(letters));
  }

  private static Optional<String> answer(@Nullable String line) {
    return Optional.ofNullable(line).map(String::strip).filter(text -> !text.isEmpty());
  }
}
