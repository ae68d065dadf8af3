package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.session.AddressStat;
import io.batonmq.session.Management;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Addresses.
@Command(
    name = "address",
    description = "Makes, deletes and shows addresses.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {Address.Create.class, Address.Delete.class, Address.Show.class})
final class Address {

  /// Makes one.
  @Command(name = "create", description = "Makes an address.")
  static final class Create implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private NodeOptions options;

    @Option(names = "--name", required = true, description = "Its name.")
    private String name;

    @Option(names = "--anycast", description = "It is for queues.")
    private boolean anycast;

    @Option(names = "--multicast", description = "It is for subscriptions.")
    private boolean multicast;

    @Override
    public Integer call() throws Exception {
      if (!anycast && !multicast) {
        throw UserException.usage("say what it is for: --anycast, --multicast or both");
      }
      options
          .node()
          .ask(admin -> admin.manage(new Management.CreateAddress(name, anycast, multicast)));
      var made = new AddressStat(name, anycast, multicast, false, List.of(), 0);
      spec.commandLine().getOut().println(text(made) + " created successfully.");
      return Exit.OK.code();
    }
  }

  /// Deletes one.
  @Command(name = "delete", description = "Deletes an address that has no queues.")
  static final class Delete implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private NodeOptions options;

    @Option(names = "--name", required = true, description = "Its name.")
    private String name;

    @Option(names = "--force", description = "Its queues too, with the messages in them.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
      options.node().ask(admin -> admin.manage(new Management.DeleteAddress(name, force)));
      spec.commandLine().getOut().println("Address " + name + " deleted successfully.");
      return Exit.OK.code();
    }
  }

  /// Shows them.
  @Command(name = "show", description = "Shows the addresses, or one of them.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private NodeOptions options;

    @Option(names = "--name", description = "Only this one.")
    private @Nullable String name;

    @Option(names = "--bindings", description = "The names of its queues and diverts.")
    private boolean bindings;

    @Option(names = "--json", description = "All that the node says of them, as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      var out = spec.commandLine().getOut();
      var node = options.node();
      var shown = node.ask(AdminClient::addresses).stream().filter(this::isChosen).toList();
      if (shown.isEmpty() && name != null) {
        throw UserException.failed("there is no address " + name);
      }
      if (json) {
        out.println(node.ask(admin -> admin.addressesJson(this::isChosen)).pretty());
        return Exit.OK.code();
      }
      for (var address : shown) {
        if (bindings) {
          address.queues().forEach(out::println);
          address.diverts().forEach(out::println);
        } else {
          out.println(name == null ? address.name() : text(address));
        }
      }
      return Exit.OK.code();
    }

    private boolean isChosen(AddressStat address) {
      return name == null || address.name().equals(name);
    }
  }

  private static String text(AddressStat address) {
    var types =
        address.anycast() && address.multicast()
            ? "ANYCAST,MULTICAST"
            : address.anycast() ? "ANYCAST" : "MULTICAST";
    return "Address [name=%s, routingTypes={%s}, autoCreated=%s]"
        .formatted(address.name(), types, address.auto());
  }
}
