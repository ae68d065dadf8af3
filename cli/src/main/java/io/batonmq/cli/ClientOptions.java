package io.batonmq.cli;

import io.batonmq.server.config.Acceptor;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.instance.Instance;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What producers and consumers have in common.
final class ClientOptions {
  private static final String DEFAULT = " (default: ${DEFAULT-VALUE})";

  @Option(
      names = "--url",
      description = {
        "Where the broker is (default: that of the instance, or " + BrokerUrl.DEFAULT + ").",
        "A pair: failover:(tcp://a:61616,tcp://b:61616) or (tcp://a:61616,tcp://b:61616)?ha=true"
      })
  private @Nullable String url;

  @Option(names = "--user", description = "The user; none is anonymous.")
  private @Nullable String user;

  @Option(names = "--password", description = "Its password; asked for where it is missing.")
  private @Nullable String password;

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

  @Option(names = "--clientID", description = "The name of the client.")
  private @Nullable String clientId;

  @Option(names = "--verbose", description = "A line for each message.")
  private boolean verbose;

  /// How the command of these options talks to its broker, checked.
  ///
  /// @param messageCount for each thread
  record Plan(
      BrokerUrl url,
      Optional<String> user,
      Optional<String> password,
      Target target,
      long messageCount,
      int threads,
      long sleepMillis,
      int commitInterval,
      Optional<String> clientId,
      boolean verbose) {

    /// Leaves the password out.
    @Override
    public String toString() {
      return "Plan[url=" + url + ", target=" + target + "]";
    }
  }

  Plan plan(Prompter prompter) throws IOException {
    if (messageCount < 0 || threads < 1 || sleepMillis < 0 || commitInterval < 0) {
      throw UserException.usage(
          "--message-count, --sleep and --commit-interval are not below 0, --threads not below 1");
    }
    var secret = Optional.ofNullable(password);
    if (user != null && secret.isEmpty()) {
      secret = prompter.ask("--password:", true);
      if (secret.isEmpty()) {
        throw UserException.usage("--user needs --password");
      }
    }
    return new Plan(
        BrokerUrl.parse(url != null ? url : here().orElse(BrokerUrl.DEFAULT)),
        Optional.ofNullable(user),
        secret,
        Target.parse(destination),
        messageCount,
        threads,
        sleepMillis,
        commitInterval,
        Optional.ofNullable(clientId),
        verbose);
  }

  /// Where the instance listens whose script this is.
  private static Optional<String> here() {
    return Instances.find(null)
        .map(Instance::brokerXml)
        .flatMap(file -> ConfigReader.read(file, file.resolve("../..").normalize()).config())
        .flatMap(config -> config.acceptors().stream().findFirst())
        .map(ClientOptions::url);
  }

  private static String url(Acceptor acceptor) {
    var host = acceptor.host();
    return "tcp://"
        + (host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host)
        + ":"
        + acceptor.port();
  }
}
