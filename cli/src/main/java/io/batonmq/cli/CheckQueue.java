package io.batonmq.cli;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Uses a queue as a client would, for scripts that watch.
@Command(
    name = "queue",
    description = "Uses a queue as a client would; the exit code is 1 if a check fails.",
    sortOptions = false)
final class CheckQueue implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Silence silence;
  @Mixin private ConnectionOptions options;

  @Option(
      names = "--name",
      required = true,
      description = "The queue; ADDRESS::QUEUE where its address has another name.")
  private String name;

  @Option(names = "--up", description = "It can be looked at (default).")
  private boolean up;

  @Option(
      names = "--browse",
      paramLabel = "N",
      arity = "0..1",
      fallbackValue = "-1",
      description = "It shows N messages, or any number.")
  private @Nullable Integer browse;

  @Option(
      names = "--produce",
      paramLabel = "N",
      description = "It takes N messages, which stay there.")
  private @Nullable Integer produce;

  @Option(
      names = "--consume",
      paramLabel = "N",
      description = "It gives N messages, which are gone then.")
  private @Nullable Integer consume;

  @Option(
      names = "--timeout",
      defaultValue = "30000",
      description = "Milliseconds to wait for each (default: ${DEFAULT-VALUE}).")
  private long timeoutMillis;

  @Option(names = "--json", description = "What was found, as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if ((produce != null && produce < 1) || (consume != null && consume < 1) || timeoutMillis < 1) {
      throw UserException.usage("--produce, --consume and --timeout are at least 1");
    }
    if (browse != null && browse < -1) {
      throw UserException.usage("--browse is not below 0");
    }
    var out = spec.commandLine().getOut();
    var err = spec.commandLine().getErr();
    var clients = new Clients(options.access(silence.prompter(err)), err);
    Exit[] exit = {Exit.FAILED};
    clients.run(
        1,
        (connection, _) -> {
          try {
            exit[0] = checks(connection).run(out, json);
          } catch (JMSException | InterruptedException | RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    return exit[0].code();
  }

  /// Looks before anything is done: to attach to a name that is not there makes the queue, and a check
  /// changes nothing that it was not asked for.
  private Checks checks(Connection connection) throws JMSException {
    var checks = new Checks("QueueCheck");
    var quoted = "queue " + name;
    var missing = QueueLook.missing(connection, name);
    if (missing.isPresent()) {
      checks.add("Checking that " + quoted + " is there", missing::get);
      return checks;
    }
    if (up || (browse == null && produce == null && consume == null)) {
      checks.add("Checking that " + quoted + " is up", () -> browsed(connection, -1));
    }
    if (produce != null) {
      int wanted = produce;
      checks.add(
          "Checking that " + quoted + " takes " + wanted + " messages",
          () -> produced(connection, wanted));
    }
    if (browse != null) {
      int wanted = browse;
      checks.add(
          "Checking that " + quoted + (wanted < 0 ? " can be browsed" : " shows " + wanted),
          () -> browsed(connection, wanted));
    }
    if (consume != null) {
      int wanted = consume;
      checks.add(
          "Checking that " + quoted + " gives " + wanted + " messages",
          () -> consumed(connection, wanted));
    }
    return checks;
  }

  private Queue queue(Session session) throws JMSException {
    return session.createQueue(name);
  }

  private @Nullable String browsed(Connection connection, int wanted) throws JMSException {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var browser = session.createBrowser(queue(session))) {
      int seen = 0;
      var messages = browser.getEnumeration();
      while (seen < wanted && messages.hasMoreElements()) {
        messages.nextElement();
        seen++;
      }
      return seen >= wanted ? null : "it shows " + seen;
    }
  }

  private @Nullable String produced(Connection connection, int wanted) throws JMSException {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(queue(session))) {
      for (int i = 0; i < wanted; i++) {
        producer.send(session.createTextMessage("check queue " + i));
      }
      return null;
    }
  }

  private @Nullable String consumed(Connection connection, int wanted) throws JMSException {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var consumer = session.createConsumer(queue(session))) {
      for (int i = 0; i < wanted; i++) {
        if (consumer.receive(timeoutMillis) == null) {
          return "it gave " + i + " within " + timeoutMillis + " ms";
        }
      }
      return null;
    }
  }
}
