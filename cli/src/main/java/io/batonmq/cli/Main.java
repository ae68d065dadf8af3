package io.batonmq.cli;

import io.batonmq.cli.demo.Demo;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
    scope = ScopeType.INHERIT) // --help and --version work with every word
public final class Main {
  /// Each word and the class that owns it. Help lists them in this order.
  private static final Map<String, Class<?>> WORDS = words();

  /// Words that tell of all words.
  private static final Set<Class<?>> ABOUT_ALL =
      Set.of(HelpCommand.class, Completion.class, Reference.class);

  private Main() {}

  private static Map<String, Class<?>> words() {
    var words = new LinkedHashMap<String, Class<?>>();
    words.put("create", Create.class);
    words.put("import", Import.class);
    words.put("run", Run.class);
    words.put("stop", Stop.class);
    words.put("kill", Kill.class);
    words.put("status", Status.class);
    words.put("switchover", Switchover.class);
    words.put("producer", Producer.class);
    words.put("consumer", Consumer.class);
    words.put("browser", Browser.class);
    words.put("transfer", Transfer.class);
    words.put("perf", Perf.class);
    words.put("queue", Queue.class);
    words.put("address", Address.class);
    words.put("user", User.class);
    words.put("mask", Mask.class);
    words.put("data", Data.class);
    words.put("check", Check.class);
    words.put("demo", Demo.class);
    words.put("completion", Completion.class);
    words.put("version", Version.class);
    words.put("reference", Reference.class);
    words.put("help", HelpCommand.class);
    return words;
  }

  /// Runs one command and ends the process with its exit code.
  public static void main(String[] args) {
    // Over the stream itself: a writer of its own would not hear that the stream has failed.
    var out = new PrintWriter(System.out, true, System.out.charset());
    var err = new PrintWriter(System.err, true, System.err.charset());
    System.exit(run(out, err, args));
  }

  /// Runs one command.
  ///
  /// @param out which is flushed
  /// @return its exit code; that of a failure if `out` could not take all that was printed. What `run`
  ///     prints is its log, and its code is about the node.
  static int run(PrintWriter out, PrintWriter err, String... args) {
    int code = commandLine(args).setOut(out).setErr(err).execute(args);
    boolean cut = out.checkError();
    if (cut && code == Exit.OK.code() && !(args.length > 0 && args[0].equals("run"))) {
      err.println("baton: " + Failures.OUTPUT_CUT);
      code = Exit.FAILED.code();
    }
    err.flush();
    return code;
  }

  /// The command with all its words.
  static CommandLine commandLine() {
    return with(WORDS);
  }

  /// The command for these arguments: with the one word that they begin with, if they do. To read what all
  /// of them can do takes longer than most of them take.
  static CommandLine commandLine(String... args) {
    var owner = args.length == 0 ? null : WORDS.get(args[0]);
    return owner == null || ABOUT_ALL.contains(owner) ? with(WORDS) : with(Map.of(args[0], owner));
  }

  private static CommandLine with(Map<String, Class<?>> words) {
    var failures = new Failures();
    var command = new CommandLine(new Main());
    words.forEach(command::addSubcommand);
    return command
        .setExpandAtFiles(false) // a password may begin with @
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(new Refusals())
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }
}
