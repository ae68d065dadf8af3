package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.Json;
import io.batonmq.server.admin.JsonException;
import io.batonmq.server.admin.QueueStat;
import io.batonmq.server.instance.Instance;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.DeliveryAnnotations;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Sends what `data exp` printed.
@Command(
    name = "imp",
    description = {
      "Sends the messages that data exp printed to the queues that they were in, byte for byte.",
      "A message that is in its queue already is not sent again, so that an import that broke off"
          + " can be run once more: what has left the queue since comes again. Durability, priority"
          + " and expiry are kept, counts of deliveries are not; what has expired meanwhile is left"
          + " out, and the broker leaves out what has a _AMQ_DUPL_ID that it knows.",
      "A queue with the name of its address is made where it is missing; others have to be there.",
      "Messages that are delayed or out with consumers cannot be seen in a queue and would come"
          + " twice: a queue that has such is refused where --instance names the node. Without it"
          + " stop the consumers first."
    },
    sortOptions = false)
final class DataImport implements Callable<Integer> {
  private static final int HEADER_BYTES_MAX = 64;
  private static final String STANDARD_INPUT = "-";

  @Spec private CommandSpec spec;
  @Mixin private Silence silence;
  @Mixin private ConnectionOptions options;

  @Parameters(paramLabel = "FILE", description = "What data exp printed; - is the standard input.")
  private String file;

  @Option(names = "--queue", description = "Only the messages of this queue.")
  private @Nullable String only;

  @Option(
      names = "--instance",
      paramLabel = "DIR",
      description =
          "The instance whose broker it is; without --url that whose script this is. Its node says"
              + " which queues have messages that cannot be seen.")
  private @Nullable Path dir;

  private final DecoderImpl decoder = new DecoderImpl();
  private final EncoderImpl encoder = new EncoderImpl(decoder);
  private final Map<String, Goal> goals = new HashMap<>();
  private List<QueueStat> stats = List.of();
  private long sent;
  private long there;
  private long expired;

  /// A queue to which messages go.
  ///
  /// @param there fingerprints of the messages that it had, each as often as it has it
  private record Goal(Sender sender, Map<ByteBuffer, Integer> there) {}

  public DataImport() {
    AMQPDefinedTypes.registerAllTypes(decoder, encoder);
  }

  @Override
  public Integer call() throws IOException {
    var out = spec.commandLine().getOut();
    var err = spec.commandLine().getErr();
    var progress = new Progress(err, "messages");
    // A password is no line of an export, and none of its lines is a password.
    var prompter = file.equals(STANDARD_INPUT) ? new Prompter(err, true) : silence.prompter(err);
    var instance =
        dir == null && options.hasUrl() ? Optional.<Instance>empty() : Instances.find(dir);
    if (instance.isPresent()) {
      stats = Node.of(instance.get()).ask(AdminClient::queues);
    }
    try (var client = new RawClient(options.access(prompter, instance));
        var lines = open()) {
      if (instance.isEmpty()) {
        err.println(
            "What is delayed or out with consumers is not looked at and would come twice:"
                + " --instance names the node to ask.");
      }
      long number = 0;
      for (String line = line(lines, number); line != null; line = line(lines, number)) {
        number++;
        take(client, read(line, number));
        progress.at(number);
      }
      client.finish();
    }
    out.printf("%d messages sent, %d were there already, %d had expired%n", sent, there, expired);
    return Exit.OK.code();
  }

  private @Nullable String line(BufferedReader lines, long number) throws IOException {
    try {
      return lines.readLine();
    } catch (CharacterCodingException e) {
      throw notExported(number + 1, "it is not in UTF-8");
    }
  }

  private BufferedReader open() throws IOException {
    try {
      return file.equals(STANDARD_INPUT)
          ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
          : Files.newBufferedReader(Path.of(file));
    } catch (NoSuchFileException _) {
      throw UserException.failed("there is no file " + file);
    }
  }

  /// One line of the file.
  private record Exported(
      String queue,
      String address,
      boolean durable,
      int priority,
      long expiryMillis,
      byte[] bytes) {
    /// How the queue is named to a broker.
    String name() {
      return queue.equals(address) ? queue : address + "::" + queue;
    }
  }

  private Exported read(String line, long number) {
    try {
      if (!(Json.parse(line) instanceof Json.Fields(var fields))
          || !(fields.get("queue") instanceof Json.Text(var queue))
          || !(fields.get("address") instanceof Json.Text(var address))
          || !(fields.get("priority") instanceof Json.Whole(var priority))
          || !(fields.get("expiryMillis") instanceof Json.Whole(var expiry))
          || !(fields.get("format") instanceof Json.Text(var format))
          || !(fields.get("bytes") instanceof Json.Text(var bytes))) {
        throw notExported(number, "fields are missing");
      }
      if (!format.equals("AMQP")) {
        throw notExported(number, "its format is " + format);
      }
      return new Exported(
          queue,
          address,
          !(fields.get("durable") instanceof Json.Flag(var durable)) || durable,
          (int) priority,
          expiry,
          Base64.getDecoder().decode(bytes));
    } catch (JsonException | IllegalArgumentException e) {
      throw notExported(number, String.valueOf(e.getMessage()));
    }
  }

  private UserException notExported(long number, String reason) {
    return UserException.failed(
        "%s, line %d is not what data exp prints: %s; %d messages were sent before"
            .formatted(file, number, reason, sent));
  }

  private void take(RawClient client, Exported message) throws IOException {
    if (only != null && !only.equals(message.queue)) {
      return;
    }
    Goal goal = goals.get(message.name());
    if (goal == null) {
      refuseUnseen(message.queue);
      goal = goal(client, message.name());
      goals.put(message.name(), goal);
    }
    var print = fingerprint(ByteBuffer.wrap(message.bytes));
    Integer has = goal.there.get(print);
    if (has != null && has > 0) {
      goal.there.put(print, has - 1);
      there++;
      return;
    }
    long left = message.expiryMillis == 0 ? 0 : message.expiryMillis - System.currentTimeMillis();
    if (left < 0 || (left == 0 && message.expiryMillis != 0)) {
      expired++;
      return;
    }
    client.send(goal.sender, withHeader(message, left));
    sent++;
  }

  private void refuseUnseen(String queue) {
    for (var stat : stats) {
      if (stat.name().equals(queue) && stat.scheduledCount() + stat.deliveringCount() > 0) {
        throw UserException.failed(
            "the queue %s has %d delayed messages and %d out with consumers, which cannot be seen and would come twice: stop the consumers, or wait; %d messages were sent before"
                .formatted(queue, stat.scheduledCount(), stat.deliveringCount(), sent));
      }
    }
  }

  private Goal goal(RawClient client, String name) throws IOException {
    var sender = client.sender(name);
    Map<ByteBuffer, Integer> there = new HashMap<>();
    client.browse(name, message -> there.merge(fingerprint(bare(message)), 1, Integer::sum));
    return new Goal(sender, there);
  }

  /// The header is taken off when a message arrives, and made anew when it leaves.
  private ByteBuffer withHeader(Exported message, long ttl) {
    var header = new Header();
    header.setDurable(message.durable);
    header.setPriority(UnsignedByte.valueOf((byte) message.priority));
    if (ttl > 0) {
      header.setTtl(UnsignedInteger.valueOf(Math.min(ttl, 0xffff_ffffL)));
    }
    var bytes = ByteBuffer.allocate(HEADER_BYTES_MAX + message.bytes.length);
    encoder.setByteBuffer(bytes);
    encoder.writeObject(header);
    bytes.put(message.bytes);
    return bytes.flip();
  }

  /// What a broker keeps of a message: all but what it makes for each delivery.
  private ByteBuffer bare(ByteBuffer message) {
    decoder.setByteBuffer(message);
    int begin = message.position();
    Object section = decoder.readObject();
    while (section instanceof Header || section instanceof DeliveryAnnotations) {
      begin = message.position();
      section = message.hasRemaining() ? decoder.readObject() : "";
    }
    return message.position(begin);
  }

  private static ByteBuffer fingerprint(ByteBuffer bytes) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return ByteBuffer.wrap(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
