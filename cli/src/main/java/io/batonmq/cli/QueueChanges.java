package io.batonmq.cli;

import io.batonmq.message.RoutingType;
import io.batonmq.session.Management;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What is done to queues. Each is committed when the command ends.
final class QueueChanges {
  private QueueChanges() {}

  /// Makes one.
  @Command(name = "create", description = "Makes a durable queue.", sortOptions = false)
  static final class Create implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private NodeOptions options;

    @Option(names = "--name", required = true, description = "Its name.")
    private String name;

    @Option(
        names = "--address",
        description = "The address that it is bound to (default: its name).")
    private @Nullable String address;

    @Option(names = "--auto-create-address", description = "Make the address if it is not there.")
    private boolean createAddress;

    @ArgGroup private @Nullable Routing routing;

    static final class Routing {
      @Option(
          names = "--anycast",
          description = "Each message goes to one of the queues (default).")
      private boolean anycast;

      @Option(names = "--multicast", description = "Each message goes to all of the queues.")
      private boolean multicast;
    }

    @Option(
        names = "--max-consumers",
        defaultValue = "-1",
        description = "Consumers at a time; -1 for any number (default: ${DEFAULT-VALUE}).")
    private int maxConsumers;

    @Option(
        names = "--filter",
        defaultValue = "",
        description = "A selector; only messages that it fits come in.")
    private String filter;

    @Option(
        names = "--durable",
        description = "It survives the broker; every queue made here does.")
    @SuppressWarnings("UnusedVariable") // it says what is so anyway
    private boolean durable;

    @Option(
        names = "--preserve-on-no-consumers",
        description = "It stays when nobody consumes; every queue made here does.")
    @SuppressWarnings("UnusedVariable") // it says what is so anyway
    private boolean preserve;

    @Option(
        names = {"--purge-on-no-consumers", "--last-value-key", "--ring-size", "--exclusive"},
        arity = "0..1",
        description =
            "queues do not purge themselves, keep last values or rings, or have one consumer of"
                + " many yet: leave that option out",
        hidden = true)
    @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
    private String[] refused = {};

    @Override
    public Integer call() throws Exception {
      if (maxConsumers < -1 || maxConsumers == 0) {
        throw UserException.usage(
            "--max-consumers is at least 1, or -1 for any number; a queue for nobody is not there");
      }
      var type =
          routing != null && routing.multicast && !routing.anycast
              ? RoutingType.MULTICAST
              : RoutingType.ANYCAST;
      var at = address != null ? address : name;
      options
          .node()
          .ask(admin ->
              admin.manage(
                  new Management.CreateQueue(
                      name, at, type, Math.max(0, maxConsumers), createAddress, filter)));
      spec.commandLine()
          .getOut()
          .printf(
              "Queue [name=%s, address=%s, routingType=%s, durable=true, maxConsumers=%d,"
                  + " autoCreateAddress=%s%s] created successfully.%n",
              name,
              at,
              type,
              maxConsumers,
              createAddress,
              filter.isEmpty() ? "" : ", filter=" + filter);
      return Exit.OK.code();
    }
  }

  /// Deletes one.
  @Command(name = "delete", description = "Deletes a queue with the messages in it.")
  static final class Delete implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private NodeOptions options;

    @Option(names = "--name", required = true, description = "Its name.")
    private String name;

    @Option(
        names = {"--removeConsumers", "--remove-consumers"},
        description = "Although it has consumers, which are told.")
    private boolean removeConsumers;

    @Option(
        names = {"--autoDeleteAddress", "--auto-delete-address"},
        description = "Its address too, if that has no other queue.")
    private boolean deleteAddress;

    @Override
    public Integer call() throws Exception {
      options
          .node()
          .ask(admin ->
              admin.manage(new Management.DeleteQueue(name, removeConsumers, deleteAddress)));
      spec.commandLine().getOut().println("Queue " + name + " deleted successfully.");
      return Exit.OK.code();
    }
  }

  /// Empties one.
  @Command(
      name = "purge",
      description = "Throws away the messages in a queue, but for those that consumers have.")
  static final class Purge implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private NodeOptions options;

    @Option(names = "--name", required = true, description = "Its name.")
    private String name;

    @Override
    public Integer call() throws Exception {
      long messages = options.node().ask(admin -> admin.manage(new Management.PurgeQueue(name)));
      spec.commandLine()
          .getOut()
          .printf("Queue %s purged successfully: %d messages.%n", name, messages);
      return Exit.OK.code();
    }
  }
}
