package io.batonmq.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// What is on the disk.
@Command(
    name = "data",
    description = "Looks at what is on the disk.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = Data.Verify.class)
final class Data {

  /// Reads a store from end to end.
  @Command(
      name = "verify",
      description = "Reads everything in a store, changes nothing, and reports what is damaged.")
  static final class Verify implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The folder of the log: journal-directory.")
    private Path dir;

    @Override
    public Integer call() {
      // Hook: io.batonmq.log.file.LogVerify over server.platform's storage, when both are there.
      throw UserException.failed("data verify is not in this build, so nothing is known of " + dir);
    }
  }
}
