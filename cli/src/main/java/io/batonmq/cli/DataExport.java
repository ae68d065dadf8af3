package io.batonmq.cli;

import io.batonmq.broker.BoundQueue;
import io.batonmq.log.DamagedException;
import io.batonmq.log.VersionException;
import io.batonmq.queue.Reference;
import io.batonmq.seam.StorageException;
import io.batonmq.server.admin.Json;
import io.batonmq.server.platform.DiskStorage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes out the messages of a store.
@Command(
    name = "exp",
    description = {
      "Prints every message in a store as a line of JSON: where it is, and its bytes in base64 as"
          + " the client sent them (the sections of an AMQP message).",
      "Changes nothing, and may run beside an active node."
    })
final class DataExport implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description =
          "The folder of the log (journal-directory), or an instance (default: that whose script"
              + " this is).")
  private @Nullable Path dir;

  @Option(names = "--queue", description = "Only the messages of this queue.")
  private @Nullable String only;

  private long count;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var err = spec.commandLine().getErr();
    var progress = new Progress(err, "messages");
    try {
      var store =
          new StoreReader(DiskStorage.open(Data.store(dir, "data exp")), (_, _, _, _) -> {});
      if (only != null && store.state().queue(only) == null) {
        throw UserException.failed("there is no queue " + only);
      }
      try (var bodies = store.bodies()) {
        for (var queue : store.state().queues()) {
          if (only == null || queue.name().equals(only)) {
            queue.messages().forEach(reference -> print(queue, reference, bodies, out, progress));
          }
        }
      }
      err.println(count + " messages");
      if (store.beyond() > 0) {
        err.printf(
            "%d bytes above the newest committed mark are left out; start the node, stop it, and"
                + " export again to have them%n",
            store.beyond());
      }
    } catch (VersionException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    } catch (StorageException | DamagedException e) {
      throw UserException.failed(e.getMessage() + "; baton data verify says more");
    }
    return Exit.OK.code();
  }

  private void print(
      BoundQueue queue,
      Reference reference,
      StoreReader.Bodies bodies,
      PrintWriter out,
      Progress progress) {
    var message = bodies.at(reference.position());
    out.println(
        Json.fields()
            .with("queue", queue.name())
            .with("address", queue.address().name())
            .with("routingType", queue.routing().name())
            .with("sequence", reference.sequence())
            .with("priority", reference.priority())
            .with("durable", message.durable())
            .with("expiryMillis", message.expiryMillis())
            .with("deliveryCount", reference.deliveryCount())
            .with("redelivered", reference.redelivered())
            .with("format", message.format().name())
            .with("bytes", Base64.getEncoder().encodeToString(message.bytes()))
            .text());
    // Nobody would miss what a full disk cuts off; the rest need not be read.
    if (out.checkError()) {
      throw UserException.failed(
          Failures.OUTPUT_CUT + "; the export is not whole, " + count + " messages arrived before");
    }
    progress.at(++count);
  }
}
