package io.batonmq.cli;

import io.batonmq.server.admin.Json;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.config.ConfigResult;
import io.batonmq.server.config.Logins;
import io.batonmq.server.config.Problem.Severity;
import io.batonmq.server.instance.AdminEndpoint;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.security.LoginPolicy;
import io.batonmq.server.security.Users;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Looks for what is wrong.
@Command(
    name = "check",
    description =
        "Looks for what is wrong; nothing changes but what check queue --produce and --consume do.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CheckNode.class, CheckQueue.class, Check.Config.class})
final class Check {

  /// Reads a configuration as `run` would.
  @Command(
      name = "config",
      description = {
        "Reads a configuration as run would, and starts nothing: broker.xml or the activemq.xml of"
            + " Classic, and without FILE the users, login.properties and admin.properties of the"
            + " instance too.",
        "Problems are printed as file:line:column: severity: message; the exit code is 1 if one is"
            + " an error."
      })
  static final class Config implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
        arity = "0..1",
        paramLabel = "FILE",
        description = "The file, in either dialect (default: that in etc of the instance).")
    private @Nullable Path file;

    @Option(
        names = "--instance",
        paramLabel = "DIR",
        description = "Where relative paths in it start (default: the folder above etc or conf).")
    private @Nullable Path dir;

    @Option(names = "--json", description = "What was found, as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      var instance = Instances.find(dir);
      if (file == null && instance.isEmpty()) {
        throw UserException.usage("name a FILE, or an instance with --instance DIR");
      }
      var read = file != null ? file : instance.map(Instance::config).orElseThrow();
      var base = instance.map(Instance::dir).orElseGet(() -> Instances.home(read));
      var result = ConfigReader.read(read, base);
      var beside = file == null ? beside(instance.orElseThrow(), result) : List.<String>of();
      boolean usable = result.config().isPresent() && beside.isEmpty();
      var out = spec.commandLine().getOut();
      if (json) {
        out.println(json(read, result, beside, usable).pretty());
        return (usable ? Exit.OK : Exit.FAILED).code();
      }
      result.problems().forEach(out::println);
      beside.forEach(sentence -> out.println("error: " + sentence));
      int errors = result.errors().size() + beside.size();
      long warnings =
          result.problems().stream().filter(it -> it.severity() == Severity.WARNING).count();
      if (!usable) {
        out.printf("%s: %d errors, %d warnings%n", read, errors, warnings);
        return Exit.FAILED.code();
      }
      out.printf("%s: good, %d warnings%n", read, warnings);
      return Exit.OK.code();
    }

    /// What is wrong with the other files that run reads.
    private static List<String> beside(Instance instance, ConfigResult result) {
      List<String> wrong = new ArrayList<>();
      boolean usersElsewhere =
          result.config().filter(it -> !(it.logins() instanceof Logins.OfInstance)).isPresent();
      List<Reading> readings = new ArrayList<>();
      readings.add(() -> AdminEndpoint.read(instance.admin()));
      if (!usersElsewhere) {
        readings.add(() -> LoginPolicy.read(instance.login()));
        readings.add(() -> Users.open(instance.users(), instance.roles()));
      }
      for (var reading : readings) {
        try {
          reading.read();
        } catch (IOException e) {
          wrong.add(Failures.sentence(e));
        }
      }
      return wrong;
    }

    private interface Reading {
      Object read() throws IOException;
    }

    private static Json.Fields json(
        Path file, ConfigResult result, List<String> beside, boolean usable) {
      List<Json> problems = new ArrayList<>();
      for (var sentence : beside) {
        problems.add(
            Json.fields()
                .with("severity", Severity.ERROR.name())
                .with("line", 0)
                .with("column", 0)
                .with("element", "")
                .with("message", sentence));
      }
      for (var problem : result.problems()) {
        problems.add(
            Json.fields()
                .with("severity", problem.severity().name())
                .with("line", problem.line())
                .with("column", problem.column())
                .with("element", problem.element())
                .with("message", problem.message()));
      }
      return Json.fields()
          .with("file", file.toString())
          .with("usable", usable)
          .with("problems", new Json.Items(problems));
    }
  }
}
