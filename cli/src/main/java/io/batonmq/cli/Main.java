package io.batonmq.cli;

import io.batonmq.cli.demo.Demo;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/// The `baton` command: hands each word to the class that owns it.
@Command(
    name = "baton",
    description = "A message broker that hands over without dropping.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    scope = ScopeType.INHERIT, // --help and --version work with every word
    subcommands = {
      Create.class,
      Run.class,
      Stop.class,
      Kill.class,
      Status.class,
      Switchover.class,
      Producer.class,
      Consumer.class,
      Browser.class,
      Transfer.class,
      Queue.class,
      Address.class,
      User.class,
      Mask.class,
      Data.class,
      Check.class,
      Demo.class,
      Completion.class,
      Version.class,
      Reference.class,
      HelpCommand.class
    })
public final class Main {
  private Main() {}

  /// Runs one command and ends the process with its exit code.
  public static void main(String[] args) {
    var command = commandLine();
    int code = command.execute(args);
    command.getOut().flush();
    command.getErr().flush();
    System.exit(code);
  }

  /// The command with all its words, for the process and for tests.
  static CommandLine commandLine() {
    var failures = new Failures();
    return new CommandLine(new Main())
        .setExpandAtFiles(false) // a password may begin with @
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }
}
