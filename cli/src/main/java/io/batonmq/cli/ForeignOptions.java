package io.batonmq.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Options of `create` that scripts for other brokers have. Those with a description are refused, see
/// [Refusals]. The others make no difference and are passed over with a line.
@SuppressWarnings("UnusedVariable") // the fields are never asked, their options are
final class ForeignOptions {
  private static final String NO_TLS =
      "the admin listener has no TLS; that of acceptors is in etc/broker.xml (docs/tls.md)";
  private static final String NO_DATABASE = "there is no database store yet: use --shared-store";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {
        "--aio",
        "--nio",
        "--mapped",
        "--no-autotune",
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
        "--encoding"
      },
      hidden = true)
  private String[] values = {};

  @Option(
      names = {"--disable-persistence"},
      description = "Baton always writes its log",
      hidden = true)
  private boolean[] noStore = {};

  @Option(
      names = {"--windows", "--cygwin"},
      description = "the scripts of an instance are for POSIX shells",
      hidden = true)
  private boolean[] windows = {};

  @Option(
      names = {"--ssl-key", "--ssl-key-password", "--ssl-trust", "--ssl-trust-password"},
      arity = "0..1",
      description = NO_TLS,
      hidden = true)
  private String[] ssl = {};

  @Option(
      names = {"--use-client-auth"},
      description = NO_TLS,
      hidden = true)
  private boolean[] clientCertificates = {};

  @Option(
      names = {"--ping"},
      description = "no network check decides who is active: the lock of the store does",
      hidden = true)
  private String[] ping = {};

  @Option(names = "--no-web", hidden = true)
  private boolean noWeb;

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
      description = NO_DATABASE,
      hidden = true)
  private String[] database = {};

  @Option(
      names = {"--jdbc"},
      description = NO_DATABASE,
      hidden = true)
  private boolean[] jdbc = {};

  /// Lines about those that are passed over, if there are any. Those that are refused do not come so far:
  /// [Refusals].
  Optional<String> look() {
    var passedOver =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .filter(option -> option.hidden() && !option.longestName().equals("--no-web"))
            .flatMap(option -> Refusals.given(spec.commandLine().getParseResult(), option).stream())
            .toList();
    List<String> lines = new ArrayList<>();
    if (!passedOver.isEmpty()) {
      lines.add(String.join(", ", passedOver) + ": no difference to Baton, passed over.");
    }
    if (noWeb) {
      lines.add(
          "--no-web: there is no web console; the admin listener stays, status and stop need it.");
    }
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", lines));
  }
}
