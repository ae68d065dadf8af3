package io.batonmq.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Options of `create` that scripts for other brokers have. Those with a description are refused, and it
/// is the reason: they would be missed. The others make no difference and are passed over with a line.
@SuppressWarnings("UnusedVariable") // the fields are never asked, their options are
final class ForeignOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {
        "--aio",
        "--nio",
        "--mapped",
        "--no-autotune",
        "--no-web",
        "--no-mqtt-acceptor",
        "--no-stomp-acceptor",
        "--no-hornetq-acceptor",
        "--relax-jolokia",
        "--support-advisory",
        "--suppress-internal-management-objects",
        "--purge-page-folders",
        "--linux"
      },
      hidden = true)
  private boolean[] flags = {};

  @Option(
      names = {
        "--max-hops",
        "--message-load-balancing",
        "--journal-device-block-size",
        "--journal-max-io",
        "--security-manager",
        "--encoding",
        "--ping"
      },
      hidden = true)
  private String[] values = {};

  @Option(
      names = {"--replicated"},
      description = "there is no replicated store yet: use --shared-store",
      hidden = true)
  private boolean[] replicated = {};

  @Option(
      names = {"--disable-persistence"},
      description = "Baton always writes its log",
      hidden = true)
  private boolean[] noStore = {};

  @Option(
      names = {"--autodelete"},
      description = "queues stay until they are deleted: use queue delete",
      hidden = true)
  private boolean[] autoDelete = {};

  @Option(
      names = {"--windows", "--cygwin"},
      description = "the scripts of an instance are for POSIX shells",
      hidden = true)
  private boolean[] windows = {};

  @Option(
      names = {
        "--ssl-key",
        "--ssl-key-password",
        "--ssl-trust",
        "--ssl-trust-password",
        "--use-client-auth"
      },
      arity = "0..1",
      description = "there is no TLS yet: use a plain port or a tunnel",
      hidden = true)
  private String[] ssl = {};

  @Option(
      names = {"--journal-retention", "--journal-retention-max-bytes"},
      arity = "0..1",
      description = "messages that were consumed are not kept",
      hidden = true)
  private String[] retention = {};

  @Option(
      names = {"--global-max-messages"},
      description = "memory is limited by bytes: use --global-max-size",
      hidden = true)
  private String[] messages = {};

  @Option(
      names = {"--etc", "--home"},
      description =
          "the files are in DIR/etc, and the distribution is the one that makes the instance",
      hidden = true)
  private String[] folders = {};

  @Option(
      names = {
        "--jdbc",
        "--jdbc-bindings-table-name",
        "--jdbc-connection-url",
        "--jdbc-driver-class-name",
        "--jdbc-large-message-table-name",
        "--jdbc-lock-expiration",
        "--jdbc-lock-renew-period",
        "--jdbc-message-table-name",
        "--jdbc-network-timeout",
        "--jdbc-node-manager-table-name",
        "--jdbc-page-store-table-name",
        "--jdbc-password",
        "--jdbc-user"
      },
      arity = "0..1",
      description = "there is no database store yet: use --shared-store",
      hidden = true)
  private String[] jdbc = {};

  /// A line about those that are passed over, if there are any.
  ///
  /// @throws UserException if one is refused
  Optional<String> look() {
    var parsed = spec.commandLine().getParseResult();
    List<String> passedOver = new ArrayList<>();
    for (var option : parsed.matchedOptions()) {
      if (option.hidden()) {
        var names = List.of(option.names());
        var given =
            parsed.originalArgs().stream()
                .map(word -> word.indexOf('=') < 0 ? word : word.substring(0, word.indexOf('=')))
                .filter(names::contains)
                .distinct()
                .toList();
        if (option.description().length > 0) {
          throw UserException.usage(String.join(", ", given) + ": " + option.description()[0]);
        }
        passedOver.addAll(given);
      }
    }
    return passedOver.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join(", ", passedOver) + ": no difference to Baton, passed over.");
  }
}
