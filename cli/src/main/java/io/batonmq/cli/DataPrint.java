package io.batonmq.cli;

import io.batonmq.broker.Diverted;
import io.batonmq.broker.Event;
import io.batonmq.broker.Events;
import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.RecordHandler;
import io.batonmq.log.VersionException;
import io.batonmq.seam.StorageException;
import io.batonmq.server.platform.DiskStorage;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Shows what is in a store.
@Command(
    name = "print",
    description = {
      "Prints the addresses and queues of a store, and what was written since its newest snapshot.",
      "Changes nothing, and may run beside an active node. Bodies of messages are not printed."
    })
final class DataPrint implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description =
          "The folder of the log (journal-directory), or an instance (default: that whose script"
              + " this is).")
  private @Nullable Path dir;

  @Option(
      names = {"--skip-journal", "--skip-records"},
      description = "Only the addresses and queues.")
  private boolean skipRecords;

  @Option(
      names = {"--skip-bindings", "--skip-queues"},
      description = "Only the records.")
  private boolean skipQueues;

  @Option(
      names = {"--safe"},
      description = "bodies are never printed; leave it out",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private boolean safe;

  @Option(
      names = {"--reclaimed"},
      description = "what was reclaimed is no longer on the disk",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private boolean reclaimed;

  @Option(
      names = {"--max-pages"},
      arity = "0..1",
      description = "there are no pages: messages are in the log",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] maxPages = {};

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var progress = new Progress(spec.commandLine().getErr(), "bytes of the log");
    RecordHandler print =
        skipRecords ? (_, end, _, _) -> progress.at(end) : printing(out, progress);
    StoreReader store;
    try {
      store = new StoreReader(DiskStorage.open(Data.store(dir, "data print")), print);
    } catch (VersionException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    } catch (StorageException | DamagedException e) {
      throw UserException.failed(e.getMessage() + "; baton data verify says more");
    }
    if (!skipQueues) {
      queues(store, out);
    }
    out.printf(
        "state at position %d, epoch %d, read from position %d%n",
        store.state().end(), store.state().epoch(), store.begin());
    if (store.beyond() > 0) {
      out.printf(
          "%d bytes above the newest committed mark are not shown; the next active node keeps"
              + " them%n",
          store.beyond());
    }
    return Exit.OK.code();
  }

  private static RecordHandler printing(PrintWriter out, Progress progress) {
    return (position, end, type, payload) -> {
      out.printf("@%d +%d %s%n", position, end - position, text(type, payload));
      progress.at(end);
    };
  }

  private static String text(int type, ByteBuffer payload) {
    if (type < RecordFormat.USER_MIN) {
      return "record of the log itself, type " + type;
    }
    return switch (Events.read(type, payload)) {
      case Event.Enqueued(
              var sequence,
              var transaction,
              _,
              _,
              var address,
              var queues,
              var diverted,
              var message) ->
          "Enqueued[sequence=%d, transaction=%d, address=%d, queues=%s,%s priority=%d, durable=%s,"
                  .formatted(
                      sequence,
                      transaction,
                      address,
                      Arrays.toString(queues),
                      text(diverted),
                      message.priority(),
                      message.durable())
              + " expiryMillis=%d, identity=%s]"
                  .formatted(message.expiryMillis(), message.identity());
      case Event.Delivered(var queue, var keys, var _) -> keys("Delivered", queue, keys);
      case Event.Acknowledged(var queue, var keys) -> keys("Acknowledged", queue, keys);
      case Event.Released(var queue, var keys, _) -> keys("Released", queue, keys);
      case Event.Purged(var queue, var keys) -> keys("Purged", queue, keys);
      case Event.Deferred(var queue, var keys, _) -> keys("Deferred", queue, keys);
      case Event.Admitted(var queue, _, var keys) -> keys("Admitted", queue, keys);
      case Event.Cancelled(var queue, var keys, _) -> keys("Cancelled", queue, keys);
      case Event.TransactionAcknowledged(var transaction, var queue, var keys) ->
          keys("TransactionAcknowledged[" + transaction + "]", queue, keys);
      case Event other -> other.toString();
    };
  }

  private static String text(List<Diverted> all) {
    var text = new StringBuilder();
    for (var one : all) {
      text.append(
          " diverted[by=%s, queues=%s],".formatted(one.divert(), Arrays.toString(one.queues())));
    }
    return text.toString();
  }

  private static String keys(String event, int queue, long[] keys) {
    return "%s[queue=%d, messages=%d, first=%d]"
        .formatted(event, queue, keys.length, keys.length == 0 ? -1 : keys[0] >>> 4);
  }

  private static void queues(StoreReader store, PrintWriter out) {
    for (var address : store.state().addresses()) {
      out.printf(
          "address %d %s%s%s%s%n",
          address.id(),
          address.name(),
          address.anycast() ? " anycast" : "",
          address.multicast() ? " multicast" : "",
          address.auto() ? " auto" : "");
      for (var queue : address.queues()) {
        out.printf(
            "  queue %d %s %s: %d messages, %d out, %d added, %d acknowledged%n",
            queue.id(),
            queue.name(),
            queue.routing(),
            queue.messages().messageCount(),
            queue.messages().outCount(),
            queue.added(),
            queue.acknowledged());
      }
    }
  }
}
