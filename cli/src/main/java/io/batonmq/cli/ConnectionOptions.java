package io.batonmq.cli;

import io.batonmq.server.config.Acceptor;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.instance.Instance;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every client of a broker is told.
final class ConnectionOptions {
  @Option(
      names = "--url",
      description = {
        "Where the broker is (default: that of the instance, or " + BrokerUrl.DEFAULT + ").",
        "With TLS:"
            + " amqps://a:61617?transport.trustStoreLocation=FILE&transport.trustStorePassword=…",
        "A pair: failover:(tcp://a:61616,tcp://b:61616) or (tcp://a:61616,tcp://b:61616)?ha=true"
      })
  private @Nullable String url;

  @Option(names = "--user", description = "The user; none is anonymous.")
  private @Nullable String user;

  @Option(names = "--password", description = "Its password; asked for where it is missing.")
  private @Nullable String password;

  @Option(names = "--clientID", description = "The name of the client.")
  private @Nullable String clientId;

  @Option(names = "--protocol", description = "amqp; there is no other.")
  private @Nullable String protocol;

  /// @throws UserException if it is another than the one that is spoken
  static void checkProtocol(String option, @Nullable String protocol) {
    if (protocol != null
        && !protocol.equalsIgnoreCase("amqp")
        && !protocol.equalsIgnoreCase("auto")) {
      throw UserException.usage(option + " " + protocol + ": this client speaks amqp alone");
    }
  }

  BrokerAccess access(Prompter prompter) throws IOException {
    return access(prompter, url != null ? Optional.empty() : Instances.find(null));
  }

  /// Whether it was said where the broker is.
  boolean hasUrl() {
    return url != null;
  }

  /// @param instance whose broker it is where no URL is given
  BrokerAccess access(Prompter prompter, Optional<Instance> instance) throws IOException {
    checkProtocol("--protocol", protocol);
    return new BrokerAccess(
        BrokerUrl.parse(
            url != null
                ? url
                : instance.flatMap(ConnectionOptions::listens).orElse(BrokerUrl.DEFAULT)),
        Optional.ofNullable(user),
        secret(user, password, "--user", "--password", prompter),
        Optional.ofNullable(clientId));
  }

  /// A password, asked for where a user has none.
  static Optional<String> secret(
      @Nullable String user,
      @Nullable String password,
      String userOption,
      String option,
      Prompter prompter)
      throws IOException {
    var secret = Optional.ofNullable(password);
    if (user != null && secret.isEmpty()) {
      secret = prompter.ask(option + ":", true);
      if (secret.isEmpty()) {
        throw UserException.usage(userOption + " needs " + option);
      }
    }
    return secret;
  }

  /// To go elsewhere than the instance says would be to another broker, where that is broken.
  static Optional<String> listens(Instance instance) {
    var file = instance.config();
    var config =
        ConfigReader.read(file, instance.dir())
            .config()
            .orElseThrow(() ->
                UserException.failed(
                    file
                        + " has errors, so it does not say where the broker is: give --url; baton"
                        + " check config says which"));
    // A plain one first: it asks for no file of certificates.
    return config.acceptors().stream()
        .min(Comparator.comparing(acceptor -> acceptor.tls().isPresent()))
        .map(ConnectionOptions::url);
  }

  private static String url(Acceptor acceptor) {
    var host = acceptor.host();
    return (acceptor.tls().isPresent() ? "ssl://" : "tcp://")
        + (host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host)
        + ":"
        + acceptor.port();
  }
}
