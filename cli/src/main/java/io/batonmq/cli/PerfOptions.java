package io.batonmq.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What all `perf` commands have in common.
final class PerfOptions {
  @Mixin ConnectionOptions connection;

  @Parameters(
      arity = "0..*",
      paramLabel = "DESTINATION",
      description = "queue://X, topic://X, or X for a queue (default: queue://TEST).")
  private List<String> destinations = new ArrayList<>();

  @Option(
      names = "--num-destinations",
      defaultValue = "1",
      description = "So many of each destination, with 0, 1, 2 behind their names.")
  private int copies;

  @Option(names = "--warmup", defaultValue = "0", description = "Seconds before it counts.")
  int warmupSeconds;

  @Option(
      names = "--duration",
      defaultValue = "0",
      description = "Seconds in all, the warm-up among them; 0 is until it is stopped.")
  int seconds;

  @Option(
      names = "--message-count",
      defaultValue = "0",
      description = "End after so many messages; 0 is no limit.")
  long messageCount;

  @Option(names = "--show-latency", description = "Percentiles each second, not only at the end.")
  boolean showLatency;

  @Option(names = "--hdr", paramLabel = "FILE", description = "The latencies, as an HdrHistogram.")
  @Nullable Path hdr;

  @Option(names = "--json", paramLabel = "FILE", description = "A line of JSON for each second.")
  @Nullable Path json;

  @Option(names = "--silent", description = "Nothing but the last figures.")
  boolean silent;

  @Option(
      names = {"--durable"},
      arity = "0..1",
      description = "perf has no durable subscriptions: use consumer --durable",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] durable = {};

  @Option(
      names = {"--commit-interval", "--tx"},
      arity = "0..1",
      description = "perf sends and receives without transactions: use producer and consumer",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] commitInterval = {};

  @Option(
      names = {"--shared-connections", "--shared-durable-subscription", "--shared-subscription"},
      arity = "0..1",
      description = "each client of perf has a connection and a consumer of its own",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] shared = {};

  /// Only of the end that sends.
  static final class Sending {
    @Option(
        names = "--message-size",
        defaultValue = "1024",
        description = "Bytes of a message (default: ${DEFAULT-VALUE}).")
    int messageSize = 1024;

    @Option(names = "--persistent", description = "Messages survive the broker.")
    boolean persistent;

    @Option(
        names = "--max-pending",
        defaultValue = "1",
        description =
            "Messages of a producer that wait for their answer; 0 is no limit (default:"
                + " ${DEFAULT-VALUE}).")
    int maxPending = 1;

    @Option(
        names = "--rate",
        defaultValue = "0",
        description = {
          "Messages a second, of all producers; 0 is as many as there can be.",
          "With a rate a latency counts from when the message was due, not from when it was sent."
        })
    int rate;
  }

  List<Target> targets() {
    if (copies < 1 || warmupSeconds < 0 || seconds < 0 || messageCount < 0) {
      throw UserException.usage(
          "--warmup, --duration and --message-count are not below 0, --num-destinations not below"
              + " 1");
    }
    if (seconds > 0 && seconds <= warmupSeconds) {
      throw UserException.usage("--duration has to be longer than --warmup, which it includes");
    }
    var targets = new ArrayList<Target>();
    for (String text : destinations.isEmpty() ? List.of("queue://TEST") : destinations) {
      var target = Target.parse(text);
      for (int i = 0; i < copies; i++) {
        targets.add(copies == 1 ? target : new Target(target.topic(), target.name() + i));
      }
    }
    return targets;
  }
}
