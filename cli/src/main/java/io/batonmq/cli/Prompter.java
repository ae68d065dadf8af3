package io.batonmq.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks the person at the terminal; or reads lines, where input comes from elsewhere. Questions are no part
/// of what a command prints: they go where its errors go.
final class Prompter {
  private final PrintWriter err;
  private final boolean silent;
  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));

  Prompter(PrintWriter err) {
    this(err, false);
  }

  /// @param silent whether nobody is asked, and nothing has an answer
  Prompter(PrintWriter err, boolean silent) {
    this.err = err;
    this.silent = silent;
  }

  /// The answer, unless there is none. That of a secret is taken letter by letter, blanks included.
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
    // A console needs both ends; with the output in a file the letters would show.
    if (secret && typed()) {
      throw UserException.usage(
          question.replaceAll("[:,].*", "")
              + " is not asked for where the output does not go to the terminal, which would show"
              + " it: give it, or pass it as a line of the standard input");
    }
    err.print(question + " ");
    err.flush();
    var line = in.readLine();
    err.println();
    return answer(line, secret);
  }

  /// Whether a person types the input, as far as this system can tell.
  private static boolean typed() {
    try {
      return new ProcessBuilder("sh", "-c", "test -t 0")
              .redirectInput(Redirect.INHERIT)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Optional<String> ask(Console terminal, String question, boolean secret) {
    if (!secret) {
      return answer(terminal.readLine("%s ", question), false);
    }
    char[] letters = terminal.readPassword("%s ", question);
    return letters == null ? Optional.empty() : answer(new String(letters), true);
  }

  private static Optional<String> answer(@Nullable String line, boolean secret) {
    return Optional.ofNullable(line)
        .map(text -> secret ? text : text.strip())
        .filter(text -> !text.isEmpty());
  }
}
