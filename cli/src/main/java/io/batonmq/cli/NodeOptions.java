package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Which node a command asks, and as whom: that of an instance, whose files say how to reach it, or one
/// at a URL, as a user.
final class NodeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private Silence silence;

  @Option(
      names = "--instance",
      paramLabel = "DIR",
      description = "The instance; DIR/bin/baton needs no such option.")
  private @Nullable Path dir;

  @Option(
      names = "--url",
      description = "In place of an instance: its admin listener, such as http://localhost:8161.")
  private @Nullable String url;

  @Option(names = "--user", description = "The user, with --url.")
  private @Nullable String user;

  @Option(names = "--password", description = "Its password; asked for where it is missing.")
  private @Nullable String password;

  /// The node, without looking whether it is there.
  Node node() throws IOException {
    if (url == null) {
      if (user != null || password != null) {
        spec.commandLine()
            .getErr()
            .println("--user and --password make no difference without --url: passed over.");
      }
      return Node.of(Instances.need(dir, word()));
    }
    if (dir != null) {
      throw UserException.usage("--instance and --url are two ways to name a node; give one");
    }
    var prompter = silence.prompter(spec.commandLine().getErr());
    var name = user != null ? user : prompter.ask("--user:", false).orElse("");
    var secret = password != null ? password : prompter.ask("--password:", true).orElse("");
    if (name.isEmpty() || secret.isEmpty()) {
      throw UserException.usage("--url needs --user and --password");
    }
    return new Node(url, AdminClient.of(address(url), name, secret.toCharArray()));
  }

  private String word() {
    return spec.qualifiedName().substring(spec.root().name().length()).strip();
  }

  private static URI address(String url) {
    try {
      var address = URI.create(url);
      if ("http".equals(address.getScheme())
          && address.getHost() != null
          && address.getUserInfo() == null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // falls through to the same sentence
    }
    throw UserException.usage(
        "--url "
            + BrokerUrl.masked(url)
            + " is not an admin listener; it has a URL such as http://localhost:8161");
  }
}
