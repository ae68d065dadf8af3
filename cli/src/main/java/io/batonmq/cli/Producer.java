package io.batonmq.cli;

import io.batonmq.cli.ClientOptions.Plan;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Sends messages, each confirmed before the next, or each transaction.
@Command(
    name = "producer",
    description =
        "Sends messages to a broker, each confirmed before the next; with --commit-interval each"
            + " transaction is.",
    abbreviateSynopsis = true,
    sortOptions = false)
final class Producer implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Silence silence;
  @Mixin private ClientOptions options;

  @Option(names = "--message", description = "The text of each message.")
  private @Nullable String message;

  @Option(names = "--message-size", description = "Each message has so many bytes.")
  private int messageSize;

  @Option(names = "--text-size", description = "Each message has a text of so many letters.")
  private int textSize;

  @Option(names = "--msgttl", description = "Milliseconds that a message lives; 0 is for ever.")
  private long ttlMillis;

  @Option(names = "--group", description = "The group of the messages.")
  private @Nullable String group;

  @Option(names = "--non-persistent", description = "Messages need not survive the broker.")
  private boolean nonPersistent;

  @Option(
      names = {"--object-size"},
      arity = "0..1",
      description = "no serialized objects are sent: use --message-size or --text-size",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] objectSize = {};

  @Option(
      names = {"--data"},
      arity = "0..1",
      description = "messages from a file are not built: use --message, or data imp for an export",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] dataFile = {};

  @Option(
      names = {"--properties"},
      arity = "0..1",
      description = "properties of messages are not set here",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] properties = {};

  @Override
  public Integer call() throws IOException, InterruptedException {
    var out = spec.commandLine().getOut();
    var plan = options.plan(silence.prompter(spec.commandLine().getErr()));
    var body = body();
    out.println("Connection brokerURL = " + plan.access().url().written());
    out.flush();
    var clients = new Clients(plan.access(), spec.commandLine().getErr());
    if (plan.commitInterval() == 0) {
      clients.confirmEach();
    }
    clients.run(
        plan.threads(),
        (connection, thread) ->
            new Sending(plan, body, thread, new Commits(clients::moves), out).run(connection));
    return Exit.OK.code();
  }

  private Body body() {
    int given = (message == null ? 0 : 1) + (messageSize == 0 ? 0 : 1) + (textSize == 0 ? 0 : 1);
    if (given > 1) {
      throw UserException.usage("--message, --message-size and --text-size cannot go together");
    }
    if (messageSize < 0 || textSize < 0 || ttlMillis < 0) {
      throw UserException.usage("--message-size, --text-size and --msgttl are not below 0");
    }
    if (message != null) {
      return new Body.Fixed(message);
    }
    if (messageSize > 0) {
      return new Body.Bytes(messageSize);
    }
    return textSize > 0 ? new Body.Letters(textSize) : new Body.Numbered();
  }

  /// One thread's messages.
  private final class Sending {
    private final Plan plan;
    private final Body body;
    private final int thread;
    private final String name;
    private final Commits commits;
    private final PrintWriter out;

    Sending(Plan plan, Body body, int thread, Commits commits, PrintWriter out) {
      this.plan = plan;
      this.body = body;
      this.thread = thread;
      this.commits = commits;
      this.name = "Producer " + plan.target() + ", thread=" + thread;
      this.out = out;
    }

    void run(Connection connection) throws JMSException, InterruptedException {
      try (var session = Clients.session(connection, plan.commitInterval());
          var producer = session.createProducer(plan.target().in(session))) {
        producer.setDeliveryMode(
            nonPersistent ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT);
        producer.setTimeToLive(ttlMillis);
        say("Started to calculate elapsed time ...");
        out.println();
        long start = System.nanoTime();
        long sent = 0;
        try {
          while (sent < plan.messageCount()) {
            sent = batch(session, producer, sent);
          }
        } finally {
          long millis = (System.nanoTime() - start) / 1_000_000;
          say("Produced: " + sent + " messages");
          say("Elapsed time in second : " + millis / 1000 + " s");
          say("Elapsed time in milli second : " + millis + " milli seconds");
        }
      }
    }

    /// Sends on from a number, as far as one commit goes, and answers how many are safe then. What was
    /// rolled back by a take-over is sent again.
    private long batch(Session session, MessageProducer producer, long from)
        throws JMSException, InterruptedException {
      int interval = plan.commitInterval();
      long to = Math.min(plan.messageCount(), from + Math.max(1, interval));
      for (long number = from; number < to; number++) {
        send(session, producer, number);
      }
      if (interval == 0 || commits.commit(session::commit)) {
        return to;
      }
      say("Rolled back, sending again from message " + from);
      return from;
    }

    private void send(Session session, MessageProducer producer, long number)
        throws JMSException, InterruptedException {
      var message = body.message(session, number);
      message.setStringProperty("ThreadSent", "thread=" + thread);
      message.setLongProperty("count", number);
      if (group != null) {
        message.setStringProperty("JMSXGroupID", group);
      }
      producer.send(message);
      if (plan.verbose()) {
        say("Sent: " + Body.line(message));
      }
      if (plan.sleepMillis() > 0) {
        Thread.sleep(plan.sleepMillis());
      }
    }

    private void say(String sentence) {
      out.println(name + " " + sentence);
      out.flush();
    }
  }
}
