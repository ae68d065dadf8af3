package io.batonmq.cli;

import io.batonmq.server.instance.ClassicImport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Takes over what other brokers were set up with.
@Command(
    name = "import",
    description = "Makes an instance of what another broker was set up with.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = Import.Classic.class)
final class Import {

  /// From a file of ActiveMQ Classic or JBoss A-MQ.
  @Command(
      name = "classic",
      description = {
        "Makes an instance of a file of ActiveMQ Classic (<broker>, also in <beans>).",
        "The file stays as it is, in DIR/etc/activemq.xml, with the property files and login.config"
            + " beside it; ${activemq.base} is DIR from then on. Nothing is written if it has"
            + " errors. Messages are not taken along."
      })
  static final class Classic implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file, such as activemq.xml.")
    private Path file;

    @Parameters(
        index = "1",
        paramLabel = "DIR",
        description = "The folder of the instance; it is made.")
    private Path dir;

    @Override
    public Integer call() throws IOException {
      var out = spec.commandLine().getOut();
      var outcome = ClassicImport.run(file, dir, Path.of(System.getProperty("baton.home", "")));
      outcome.result().problems().forEach(out::println);
      if (outcome.instance().isEmpty()) {
        throw UserException.failed(file + " has errors: nothing was written");
      }
      var instance = outcome.instance().get();
      var config =
          outcome
              .result()
              .config()
              .orElseThrow(() ->
                  UserException.failed(
                      instance.config()
                          + " has errors that it had not in its place: put what it needs into "
                          + instance.etc()));
      out.printf(
          """
          Created the instance %s
          Taken along: activemq.xml%s
          The store is in %s

          You can now start the broker by executing:

             "%s" run
          """,
          instance.dir(),
          String.join("", outcome.copied().stream().map(name -> ", " + name).toList()),
          config.directories().journal(),
          instance.bin().resolve("baton"));
      return Exit.OK.code();
    }
  }
}
