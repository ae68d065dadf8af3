package io.batonmq.cli;

import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What producers and consumers have in common.
final class ClientOptions {
  private static final String DEFAULT = " (default: ${DEFAULT-VALUE})";

  @Mixin private ConnectionOptions connection;

  @Option(
      names = "--destination",
      defaultValue = "queue://TEST",
      description = "queue://X, topic://X, or X for a queue" + DEFAULT + ".")
  private String destination;

  @Option(
      names = "--message-count",
      defaultValue = "1000",
      description = "How many messages, for each thread" + DEFAULT + ".")
  private long messageCount;

  @Option(names = "--threads", defaultValue = "1", description = "How many at once" + DEFAULT + ".")
  private int threads;

  @Option(
      names = "--sleep",
      defaultValue = "0",
      description = "Milliseconds between two messages" + DEFAULT + ".")
  private long sleepMillis;

  @Option(
      names = {"--commit-interval", "--txt-size", "--tx-batch-size"},
      defaultValue = "0",
      description = "Commit after so many messages; 0 is without transactions" + DEFAULT + ".")
  private int commitInterval;

  @Option(names = "--verbose", description = "A line for each message.")
  private boolean verbose;

  /// How the command of these options talks to its broker, checked.
  ///
  /// @param messageCount for each thread
  record Plan(
      BrokerAccess access,
      Target target,
      long messageCount,
      int threads,
      long sleepMillis,
      int commitInterval,
      boolean verbose) {}

  Plan plan(Prompter prompter) throws IOException {
    if (messageCount < 0 || threads < 1 || sleepMillis < 0 || commitInterval < 0) {
      throw UserException.usage(
          "--message-count, --sleep and --commit-interval are not below 0, --threads not below 1");
    }
    return new Plan(
        connection.access(prompter),
        Target.parse(destination),
        messageCount,
        threads,
        sleepMillis,
        commitInterval,
        verbose);
  }
}
