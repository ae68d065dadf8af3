package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Tells where a node stands.
@Command(
    name = "status",
    description = "Tells who has the baton, what this node has of the log, and who else is there.",
    footer = {"", "The exit code is 4 if the node is not running."})
final class Status implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private NodeOptions options;

  @Option(names = "--json", description = "As the node says it.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var out = spec.commandLine().getOut();
    try {
      var node = options.node();
      if (json) {
        out.println(node.ask(AdminClient::statusJson).pretty());
      } else {
        out.print(StatusText.of(node.ask(AdminClient::status)));
      }
      return Exit.OK.code();
    } catch (Node.NotRunning e) {
      var sentence = String.valueOf(e.getMessage());
      out.println(
          json ? Json.fields().with("running", false).with("reason", sentence).pretty() : sentence);
      return Exit.NOT_RUNNING.code();
    }
  }
}
