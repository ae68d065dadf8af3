package io.batonmq.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/// For scripts: a command that would ask a person asks nobody.
final class Silence {
  @Option(names = "--silent", description = "Ask nothing: what is missing is an error.")
  private boolean silent;

  Prompter prompter(PrintWriter err) {
    return new Prompter(err, silent);
  }
}
