package io.batonmq.cli;

import io.batonmq.broker.BoundQueue;
import io.batonmq.broker.BrokerState;
import io.batonmq.log.DamagedException;
import io.batonmq.log.VersionException;
import io.batonmq.queue.Reference;
import io.batonmq.seam.StorageException;
import io.batonmq.server.admin.Json;
import io.batonmq.server.platform.DiskStorage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
  /// How a line ends whose last field is an empty text, from its last quote on.
  private static final String END = "\"}";

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
            queue
                .messages()
                .forEach(
                    reference -> print(queue, reference, bodies, store.state(), out, progress));
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
      BrokerState state,
      PrintWriter out,
      Progress progress) {
    var message = bodies.at(reference.position());
    var line =
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
            .with("bytes", "")
            .text();
    // A large message is never held whole.
    out.print(line.substring(0, line.length() - END.length()));
    try (var base64 = Base64.getEncoder().wrap(new Ascii(out))) {
      base64.write(message.bytes());
      var tail = message.tail();
      if (tail != null) {
        for (long position : state.fragments(tail)) {
          base64.write(bodies.fragment(position));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println(END);
    // Nobody would miss what a full disk cuts off; the rest need not be read.
    if (out.checkError()) {
      throw UserException.failed(
          Failures.OUTPUT_CUT + "; the export is not whole, " + count + " messages arrived before");
    }
    progress.at(++count);
  }

  /// Writes characters, given as bytes.
  private static final class Ascii extends OutputStream {
    private final PrintWriter to;

    Ascii(PrintWriter to) {
      this.to = to;
    }

    @Override
    public void write(int octet) {
      to.write(octet);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      to.write(new String(bytes, from, length, StandardCharsets.US_ASCII));
    }
  }
}
