package io.batonmq.cli;

import io.batonmq.log.file.LogVerify;
import io.batonmq.seam.StorageException;
import io.batonmq.server.admin.Json;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.platform.DiskStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What is on the disk.
@Command(
    name = "data",
    description = "Looks at what is on the disk; brings messages out of a store and back in.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {Data.Verify.class, DataPrint.class, DataExport.class, DataImport.class})
final class Data {

  /// Reads a store from end to end.
  @Command(
      name = "verify",
      description = {
        "Reads everything in a store, changes nothing, and reports what is damaged.",
        "May run beside an active node. The exit code is 1 if something is damaged."
      })
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        arity = "0..1",
        paramLabel = "DIR",
        description =
            "The folder of the log (journal-directory), or an instance (default: that whose script"
                + " this is).")
    private @Nullable Path dir;

    @Option(names = "--json", description = "What was found, as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      var store = store(dir, "data verify");
      LogVerify.Report report;
      try {
        var progress = new Progress(spec.commandLine().getErr(), "bytes");
        report = LogVerify.verify(DiskStorage.open(store), progress::at);
      } catch (StorageException e) {
        throw UserException.failed(String.valueOf(e.getMessage()));
      }
      var out = spec.commandLine().getOut();
      if (json) {
        out.println(json(report).pretty());
        return (report.sound() ? Exit.OK : Exit.FAILED).code();
      }
      report.lines().forEach(out::println);
      report.damages().forEach(damage -> out.println("DAMAGED: " + damage));
      out.printf(
          "%s: tenures=%d segments=%d rewritten=%d records=%d bytes=%d committed=%d end=%d"
              + " snapshot=%d damages=%d%n",
          report.sound() ? "sound" : "damaged",
          report.tenures(),
          report.segments(),
          report.rewritten(),
          report.records(),
          report.bytes(),
          report.committed(),
          report.end(),
          report.snapshot().position(),
          report.damages().size());
      return (report.sound() ? Exit.OK : Exit.FAILED).code();
    }
  }

  private static Json.Fields json(LogVerify.Report report) {
    return Json.fields()
        .with("sound", report.sound())
        .with("tenures", report.tenures())
        .with("segments", report.segments())
        .with("records", report.records())
        .with("bytes", report.bytes())
        .with("committed", report.committed())
        .with("end", report.end())
        .with("snapshot", report.snapshot().position())
        .with(
            "damages",
            new Json.Items(report.damages().stream().<Json>map(Json.Text::new).toList()));
  }

  /// The store that a command is about.
  ///
  /// @param dir of the log, or of an instance; null for the instance whose script this is
  static Path store(@Nullable Path dir, String word) {
    var store = dir != null && !Files.isDirectory(dir.resolve("etc")) ? dir : ofInstance(dir, word);
    if (!holdsLog(store)) {
      throw UserException.failed(store + " holds no log");
    }
    return store;
  }

  /// Also without its register, which may have been lost.
  private static boolean holdsLog(Path store) {
    String[] names = store.toFile().list();
    return names != null
        && Arrays.stream(names)
            .anyMatch(name -> name.equals("register") || name.startsWith("epoch-"));
  }

  private static Path ofInstance(@Nullable Path dir, String word) {
    Instance instance =
        Instances.find(dir)
            .orElseThrow(() ->
                UserException.usage(
                    word + " needs DIR: the folder of a log (journal-directory), or an instance"));
    return ConfigReader.read(instance.config(), instance.dir())
        .config()
        .orElseThrow(() ->
            UserException.failed(instance.config() + " has errors; baton check config says which"))
        .directories()
        .journal();
  }
}
