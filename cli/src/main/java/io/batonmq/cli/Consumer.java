package io.batonmq.cli;

import io.batonmq.cli.ClientOptions.Plan;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Receives messages and acknowledges them.
@Command(
    name = "consumer",
    description = "Receives messages from a broker.",
    abbreviateSynopsis = true,
    sortOptions = false)
final class Consumer implements Callable<Integer> {
  private static final String SUBSCRIPTION = "Consumer";

  @Spec private CommandSpec spec;
  @Mixin private Silence silence;
  @Mixin private ClientOptions options;

  @Option(
      names = "--durable",
      description = "A subscription that outlives this command; of a topic.")
  private boolean durable;

  @Option(
      names = {"--subscriptionName", "--subscription-name"},
      description = "Its name (default: " + SUBSCRIPTION + "); of the second thread NAME-1.")
  private @Nullable String subscription;

  @Option(names = "--break-on-null", description = "End when no message came in time.")
  private boolean breakOnNull;

  @Option(
      names = "--receive-timeout",
      defaultValue = "3000",
      description = "Milliseconds to wait for a message (default: ${DEFAULT-VALUE}).")
  private long receiveMillis;

  @Option(names = "--filter", description = "Only messages that this selector fits.")
  private @Nullable String filter;

  @Option(
      names = {"--data"},
      arity = "0..1",
      description = "messages are not written to a file: use data exp",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] dataFile = {};

  @Override
  public Integer call() throws IOException, InterruptedException {
    var out = spec.commandLine().getOut();
    var plan = options.plan(silence.prompter(spec.commandLine().getErr()));
    if (durable && !plan.target().topic()) {
      throw UserException.usage("--durable is about a topic: --destination topic://X");
    }
    if (durable && plan.access().clientId().isEmpty()) {
      throw UserException.usage("--durable needs --clientID, by which the broker knows it again");
    }
    if (!durable && subscription != null) {
      throw UserException.usage(
          "--subscriptionName is the name of what --durable makes: give both");
    }
    if (receiveMillis < 1) {
      throw UserException.usage("--receive-timeout is at least 1");
    }
    out.println("Connection brokerURL = " + plan.access().url().written());
    out.println("Consumer:: filter = " + filter);
    out.flush();
    var clients = new Clients(plan.access(), spec.commandLine().getErr());
    clients.run(
        plan.threads(),
        (connection, thread) ->
            new Receiving(plan, thread, new Commits(clients::moves), out).run(connection));
    return Exit.OK.code();
  }

  /// One thread's messages.
  private final class Receiving {
    private final Plan plan;
    private final int thread;
    private final String name;
    private final Commits commits;
    private final PrintWriter out;

    /// So far; with transactions also what is not committed.
    private long received;

    /// Of those, what is committed.
    private long safe;

    Receiving(Plan plan, int thread, Commits commits, PrintWriter out) {
      this.plan = plan;
      this.thread = thread;
      this.commits = commits;
      this.name = "Consumer " + plan.target() + ", thread=" + thread;
      this.out = out;
    }

    void run(Connection connection) throws JMSException, InterruptedException {
      try (var session = Clients.session(connection, plan.commitInterval());
          var consumer = consumer(session)) {
        say("wait until " + plan.messageCount() + " messages are consumed");
        long start = System.nanoTime();
        try {
          consume(session, consumer);
        } finally {
          long millis = (System.nanoTime() - start) / 1_000_000;
          say("Consumed: " + received + " messages");
          say("Elapsed time in second : " + millis / 1000 + " s");
          say("Elapsed time in milli second : " + millis + " milli seconds");
          say("Consumer thread finished");
        }
      }
    }

    private MessageConsumer consumer(Session session) throws JMSException {
      var destination = plan.target().in(session);
      if (durable && destination instanceof Topic topic) {
        var name = subscription != null ? subscription : SUBSCRIPTION;
        return session.createDurableConsumer(
            topic, thread == 0 ? name : name + "-" + thread, filter, false);
      }
      return session.createConsumer(destination, filter);
    }

    private void consume(Session session, MessageConsumer consumer)
        throws JMSException, InterruptedException {
      while (received < plan.messageCount()) {
        var message = consumer.receive(receiveMillis);
        if (message == null) {
          if (breakOnNull) {
            break;
          }
          continue;
        }
        received++;
        tell(message);
        if (plan.commitInterval() > 0 && received % plan.commitInterval() == 0) {
          commit(session);
        }
        if (plan.sleepMillis() > 0) {
          Thread.sleep(plan.sleepMillis());
        }
      }
      if (plan.commitInterval() > 0 && received > safe) {
        commit(session);
      }
    }

    /// What was rolled back by a take-over comes again.
    private void commit(Session session) throws JMSException {
      long taken = received;
      received = safe;
      if (commits.commit(session::commit)) {
        safe = received = taken;
      } else {
        say("Rolled back, receiving again from message " + safe);
      }
    }

    private void tell(Message message) throws JMSException {
      if (plan.verbose()) {
        say(
            "Received "
                + Body.line(message)
                + (message.getJMSRedelivered() ? " (redelivered)" : ""));
      }
    }

    private void say(String sentence) {
      out.println(name + " " + sentence);
      out.flush();
    }
  }
}
