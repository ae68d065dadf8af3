package io.batonmq.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `baton` command: hands each word to the class that owns it.
@Command(
    name = "baton",
    description = "A message broker that hands over without dropping.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {Version.class})
public final class Main {
  private Main() {}

  /// Runs one command and ends the process with its exit code.
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /// The command with all its words, for the process and for tests.
  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }
}
