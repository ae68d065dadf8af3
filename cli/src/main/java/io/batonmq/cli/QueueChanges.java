package io.batonmq.cli;

import io.batonmq.broker.QueueKeeping;
import io.batonmq.broker.QueueSettings;
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

    @Mixin private Giving giving;

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
      var settings = giving.settings(maxConsumers);
      options
          .node()
          .ask(admin ->
              admin.manage(
                  new Management.CreateQueue(name, at, type, settings, createAddress, filter)));
      spec.commandLine()
          .getOut()
          .printf(
              "Queue [name=%s, address=%s, routingType=%s, durable=true, maxConsumers=%d,"
                  + " autoCreateAddress=%s%s%s] created successfully.%n",
              name,
              at,
              type,
              maxConsumers,
              createAddress,
              filter.isEmpty() ? "" : ", filter=" + filter,
              giving.text());
      return Exit.OK.code();
    }
  }

  /// Who gets its messages, and what stays. What is not given is as the address-settings of the node say.
  static final class Giving {
    @Option(
        names = "--exclusive",
        arity = "0..1",
        fallbackValue = "true",
        description = "One of its consumers gets everything, until it leaves.")
    private @Nullable Boolean exclusive;

    @Option(
        names = "--group-buckets",
        description =
            "Owners of message groups, by hash of the group; -1: each group has its own; 0: groups"
                + " mean nothing.")
    private @Nullable Integer groupBuckets;

    @Option(
        names = "--group-rebalance",
        arity = "0..1",
        fallbackValue = "true",
        description = "Groups are given anew when a consumer comes.")
    private @Nullable Boolean groupRebalance;

    @Option(
        names = "--group-rebalance-pause-dispatch",
        arity = "0..1",
        fallbackValue = "true",
        description = "Nothing is given then until what is out of its groups is settled.")
    private @Nullable Boolean groupRebalancePause;

    @Option(
        names = "--group-first-key",
        description = "Annotation of the first message of a group that a consumer gets.")
    private @Nullable String groupFirstKey;

    @Option(
        names = "--consumers-before-dispatch",
        description = "Consumers that have to be there before it gives anything.")
    private @Nullable Integer consumersBeforeDispatch;

    @Option(
        names = "--delay-before-dispatch",
        description =
            "Milliseconds after the first consumer came that it waits for them; -1 for ever.")
    private @Nullable Long delayBeforeDispatch;

    @Option(
        names = "--ring-size",
        description = "Messages that nobody has and that it keeps: the newest; -1 for all.")
    private @Nullable Long ringSize;

    @Option(
        names = "--last-value",
        arity = "0..1",
        fallbackValue = "true",
        description = "A message replaces an earlier one with the same value that nobody has.")
    private @Nullable Boolean lastValue;

    @Option(
        names = "--last-value-key",
        description = "The property that has the value; without it _AMQ_LVQ_NAME.")
    private @Nullable String lastValueKey;

    @Option(
        names = "--non-destructive",
        arity = "0..1",
        fallbackValue = "true",
        description = "Messages stay whoever consumes them.")
    private @Nullable Boolean nonDestructive;

    @Option(
        names = "--purge-on-no-consumers",
        arity = "0..1",
        fallbackValue = "true",
        description =
            "Its messages go with the last consumer, and none come in while there is none.")
    private @Nullable Boolean purgeOnNoConsumers;

    QueueSettings.Overrides settings(int maxConsumers) {
      var said =
          new QueueSettings.Overrides(
              Math.max(0, maxConsumers),
              exclusive,
              groupBuckets,
              groupRebalance,
              groupRebalancePause,
              groupFirstKey,
              consumersBeforeDispatch,
              delayBeforeDispatch,
              new QueueKeeping.Overrides(
                  ringSize, lastValue, lastValueKey, nonDestructive, purgeOnNoConsumers));
      var fault = said.fault();
      if (fault != null) {
        throw UserException.usage(fault);
      }
      return said;
    }

    /// What was given, for the line that says what was made.
    String text() {
      var text = new StringBuilder();
      append(text, "exclusive", exclusive);
      append(text, "groupBuckets", groupBuckets);
      append(text, "groupRebalance", groupRebalance);
      append(text, "groupRebalancePauseDispatch", groupRebalancePause);
      append(text, "groupFirstKey", groupFirstKey);
      append(text, "consumersBeforeDispatch", consumersBeforeDispatch);
      append(text, "delayBeforeDispatch", delayBeforeDispatch);
      append(text, "ringSize", ringSize);
      append(text, "lastValue", lastValue);
      append(text, "lastValueKey", lastValueKey);
      append(text, "nonDestructive", nonDestructive);
      append(text, "purgeOnNoConsumers", purgeOnNoConsumers);
      return text.toString();
    }

    private static void append(StringBuilder text, String name, @Nullable Object value) {
      if (value != null) {
        text.append(", ").append(name).append('=').append(value);
      }
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
