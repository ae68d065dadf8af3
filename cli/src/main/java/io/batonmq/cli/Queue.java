package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.Json;
import io.batonmq.server.admin.QueueStat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Queues.
@Command(
    name = "queue",
    description = "Makes, deletes, empties and shows queues.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QueueChanges.Create.class,
      QueueChanges.Delete.class,
      QueueChanges.Purge.class,
      Queue.Stat.class
    })
final class Queue {

  /// The figures of a queue, by the names that people know.
  enum Field {
    NAME,
    ADDRESS,
    CONSUMER_COUNT,
    MESSAGE_COUNT,
    MESSAGES_ADDED,
    DELIVERING_COUNT,
    MESSAGES_ACKED,
    SCHEDULED_COUNT,
    ROUTING_TYPE;

    String of(QueueStat queue) {
      return switch (this) {
        case NAME -> queue.name();
        case ADDRESS -> queue.address();
        case CONSUMER_COUNT -> Long.toString(queue.consumerCount());
        case MESSAGE_COUNT -> Long.toString(queue.messageCount());
        case MESSAGES_ADDED -> Long.toString(queue.messagesAdded());
        case DELIVERING_COUNT -> Long.toString(queue.deliveringCount());
        case MESSAGES_ACKED -> Long.toString(queue.messagesAcked());
        case SCHEDULED_COUNT -> Long.toString(queue.scheduledCount());
        case ROUTING_TYPE -> queue.routingType();
      };
    }
  }

  enum Operation {
    CONTAINS,
    NOT_CONTAINS,
    EQUALS,
    GREATER_THAN,
    LESS_THAN
  }

  /// Prints the figures of queues.
  @Command(name = "stat", description = "Prints the figures of the queues.")
  static final class Stat implements Callable<Integer> {
    private static final int ROWS = 50;
    private static final int COLUMN_SIZE = 25;

    @Spec private CommandSpec spec;
    @Mixin private NodeOptions options;

    @Option(names = "--queueName", description = "Only queues with this in their name.")
    private @Nullable String queueName;

    @Option(names = "--field", description = "Only queues where this: ${COMPLETION-CANDIDATES}")
    private @Nullable Field field;

    @Option(names = "--operation", description = "is this: ${COMPLETION-CANDIDATES}")
    private @Nullable Operation operation;

    @Option(names = "--value", description = "of this.")
    private @Nullable String value;

    @Option(
        names = "--maxRows",
        description = "At most so many queues (default: " + ROWS + "; with --json all).")
    private @Nullable Integer maxRows;

    @Option(
        names = "--maxColumnSize",
        description = "At most so wide a column of the table (default: " + COLUMN_SIZE + ").")
    private @Nullable Integer maxColumnSize;

    @Option(
        names = {"--clustered", "--loop"},
        arity = "0..1",
        description = "a pair has one active node, which answers once",
        hidden = true)
    @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
    private String[] refused = {};

    @Option(names = "--json", description = "All that the node says of them, as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      var wanted = filter();
      int width = maxColumnSize != null ? maxColumnSize : COLUMN_SIZE;
      int rows = maxRows != null ? maxRows : json ? Integer.MAX_VALUE : ROWS;
      if (width < 1 || rows < 0) {
        throw UserException.usage("--maxColumnSize and --maxRows are positive numbers");
      }
      if (json && maxColumnSize != null) {
        throw UserException.usage("--maxColumnSize is about the table, and --json prints none");
      }
      var out = spec.commandLine().getOut();
      var node = options.node();
      if (json) {
        out.println(first(rows, node.ask(admin -> admin.queuesJson(wanted))).pretty());
        return Exit.OK.code();
      }
      var queues = node.ask(AdminClient::queues).stream().filter(wanted).toList();
      var table = new Table(width, header());
      queues.stream().limit(rows).forEach(queue -> table.add(row(queue)));
      table.lines().forEach(out::println);
      if (queues.size() > rows) {
        out.printf(
            "%nWARNING: the displayed queues are %d/%d, set --maxRows to display more queues.%n",
            rows, queues.size());
      }
      return Exit.OK.code();
    }

    private static Json first(int rows, Json answer) {
      return answer instanceof Json.Fields fields
              && fields.values().get("queues") instanceof Json.Items(var queues)
          ? fields.with("queues", new Json.Items(queues.stream().limit(rows).toList()))
          : answer;
    }

    private static List<String> header() {
      return List.of(Field.values()).stream().map(Field::name).toList();
    }

    private static List<String> row(QueueStat queue) {
      return List.of(Field.values()).stream().map(it -> it.of(queue)).toList();
    }

    private Predicate<QueueStat> filter() {
      if (queueName != null && field != null) {
        throw UserException.usage("--queueName and --field cannot go together");
      }
      if (queueName != null) {
        var name = queueName;
        return queue -> queue.name().contains(name);
      }
      if (field == null && operation == null && value == null) {
        return _ -> true;
      }
      if (field == null || operation == null || value == null) {
        throw UserException.usage("--field, --operation and --value go together");
      }
      var of = field;
      var operand = value;
      return switch (operation) {
        case CONTAINS -> queue -> of.of(queue).contains(operand);
        case NOT_CONTAINS -> queue -> !of.of(queue).contains(operand);
        case EQUALS -> queue -> of.of(queue).equals(operand);
        case GREATER_THAN -> {
          long than = number(of, operand);
          yield queue -> Long.parseLong(of.of(queue)) > than;
        }
        case LESS_THAN -> {
          long than = number(of, operand);
          yield queue -> Long.parseLong(of.of(queue)) < than;
        }
      };
    }

    private static long number(Field field, String operand) {
      switch (field) {
        case NAME, ADDRESS, ROUTING_TYPE -> throw UserException.usage(field + " is not a number");
        default -> {
          try {
            return Long.parseLong(operand);
          } catch (NumberFormatException e) {
            throw UserException.usage("--value " + operand + " is not a number");
          }
        }
      }
    }
  }
}
