package io.batonmq.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Loads a broker, and shows each second what it does.
@Command(
    name = "perf",
    description = {
      "Loads a broker and shows each second what it does.",
      "With the addresses of a pair it goes on when that hands over: sends whose connection was"
          + " lost before their answer came are counted apart; each may have arrived, or not."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {Perf.Client.class, Perf.Producers.class, Perf.Consumers.class})
final class Perf {

  /// Both ends.
  @Command(name = "client", description = "Sends and receives.", sortOptions = false)
  static final class Client implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private PerfOptions options;
    @Mixin private PerfOptions.Sending sending;

    @Option(
        names = "--producers",
        defaultValue = "1",
        description = "For each destination (default: ${DEFAULT-VALUE}).")
    private int producers;

    @Option(
        names = "--consumers",
        defaultValue = "1",
        description = "For each destination (default: ${DEFAULT-VALUE}).")
    private int consumers;

    @Override
    public Integer call() throws Exception {
      return new PerfRun(spec, options, sending, producers, consumers).call();
    }
  }

  /// The end that sends.
  @Command(name = "producer", description = "Sends.", sortOptions = false)
  static final class Producers implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private PerfOptions options;
    @Mixin private PerfOptions.Sending sending;

    @Option(
        names = {"--threads", "--producers"},
        defaultValue = "1",
        description = "For each destination (default: ${DEFAULT-VALUE}).")
    private int producers;

    @Override
    public Integer call() throws Exception {
      return new PerfRun(spec, options, sending, producers, 0).call();
    }
  }

  /// The end that receives.
  @Command(
      name = "consumer",
      description =
          "Receives. Latencies are shown of what another perf command sent from this host.",
      sortOptions = false)
  static final class Consumers implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private PerfOptions options;

    @Option(
        names = {"--threads", "--consumers"},
        defaultValue = "1",
        description = "For each destination (default: ${DEFAULT-VALUE}).")
    private int consumers;

    @Override
    public Integer call() throws Exception {
      return new PerfRun(spec, options, new PerfOptions.Sending(), 0, consumers).call();
    }
  }
}
