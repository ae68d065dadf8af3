package io.batonmq.cli;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Looks at messages, and leaves them where they are.
@Command(
    name = "browser",
    description = "Looks at the messages of a queue, and leaves them there.",
    abbreviateSynopsis = true,
    sortOptions = false)
final class Browser implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Silence silence;
  @Mixin private ConnectionOptions options;

  @Option(
      names = "--destination",
      defaultValue = "queue://TEST",
      description = "queue://X, or X (default: ${DEFAULT-VALUE}).")
  private String destination;

  @Option(
      names = "--message-count",
      defaultValue = "1000",
      description = "At most so many messages (default: ${DEFAULT-VALUE}).")
  private long messageCount;

  @Option(names = "--filter", description = "Only messages that this selector fits.")
  private @Nullable String filter;

  @Option(names = "--verbose", description = "A line for each message.")
  private boolean verbose;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var out = spec.commandLine().getOut();
    var target = Target.parse(destination);
    if (target.topic()) {
      throw UserException.usage("a topic keeps nothing to look at: --destination queue://X");
    }
    if (messageCount < 1) {
      throw UserException.usage("--message-count is at least 1");
    }
    var access = options.access(silence.prompter(spec.commandLine().getErr()));
    out.println("Connection brokerURL = " + access.url().written());
    out.println("Consumer:: filter = " + filter);
    out.flush();
    new Clients(access, spec.commandLine().getErr())
        .run(1, (connection, _) -> browse(connection, target));
    return Exit.OK.code();
  }

  private void browse(Connection connection, Target target) throws JMSException {
    var out = spec.commandLine().getOut();
    var name = "Consumer " + target + ", thread=0 ";
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var browser = session.createBrowser((Queue) target.in(session), filter)) {
      out.println(name + "browsing " + messageCount + " messages");
      out.flush();
      long browsed = 0;
      var messages = browser.getEnumeration();
      while (browsed < messageCount && messages.hasMoreElements()) {
        var message = (Message) messages.nextElement();
        browsed++;
        if (verbose) {
          out.println(name + "browsing message: " + Body.line(message));
        }
      }
      out.println(name + "browsed: " + browsed + " messages");
      out.flush();
    }
  }
}
