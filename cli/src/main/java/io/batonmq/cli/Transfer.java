package io.batonmq.cli;

import io.batonmq.session.Source.Kind;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Moves messages from one broker, or queue, to another. The target commits before the source: what is
/// broken off in between is at both, never at none.
@Command(
    name = "transfer",
    description = {
      "Moves messages from a queue to another, of the same broker or of another one.",
      "Each batch is committed at the target first: if this is broken off in between, that batch is"
          + " at both ends, never at none."
    },
    abbreviateSynopsis = true,
    sortOptions = false)
final class Transfer implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Silence silence;

  @Option(
      names = "--source-url",
      defaultValue = BrokerUrl.DEFAULT,
      description = "Where the messages are (default: ${DEFAULT-VALUE}).")
  private String sourceUrl;

  @Option(names = "--source-user", description = "The user there; none is anonymous.")
  private @Nullable String sourceUser;

  @Option(names = "--source-password", description = "Its password; asked for if missing.")
  private @Nullable String sourcePassword;

  @Option(names = "--source-client-id", description = "The name of the client there.")
  private @Nullable String sourceClientId;

  @ArgGroup(multiplicity = "1")
  private Source source;

  static final class Source {
    @Option(
        names = "--source-queue",
        description =
            "The queue that they are taken from, which has to be there; ADDRESS::QUEUE where its"
                + " address has another name.")
    private @Nullable String queue;

    @Option(
        names = "--source-topic",
        description =
            "A topic, of which a subscription is taken: --shared-durable-subscription or"
                + " --durable-consumer.")
    private @Nullable String topic;
  }

  @ArgGroup private @Nullable Subscription subscription;

  static final class Subscription {
    @Option(
        names = "--shared-durable-subscription",
        paramLabel = "NAME",
        description =
            "The shared durable subscription to take from; with --source-topic, and with"
                + " --source-client-id where it is that of a client.")
    private @Nullable String shared;

    @Option(
        names = "--durable-consumer",
        paramLabel = "NAME",
        description =
            "The durable subscription of one client to take from; with --source-topic and"
                + " --source-client-id.")
    private @Nullable String own;
  }

  @Option(
      names = "--filter",
      description = {
        "Only messages that this selector fits.",
        "With --source-topic, at another broker than Baton: the selector that the subscription has,"
            + " or it is lost there with its messages."
      })
  private @Nullable String filter;

  @Option(
      names = "--target-url",
      defaultValue = BrokerUrl.DEFAULT,
      description = "Where they shall be (default: ${DEFAULT-VALUE}).")
  private String targetUrl;

  @Option(names = "--target-user", description = "The user there; none is anonymous.")
  private @Nullable String targetUser;

  @Option(names = "--target-password", description = "Its password; asked for if missing.")
  private @Nullable String targetPassword;

  @ArgGroup(multiplicity = "1")
  private Goal target;

  static final class Goal {
    @Option(names = "--target-queue", description = "The queue that they go to.")
    private @Nullable String queue;

    @Option(names = "--target-topic", description = "The topic that they go to.")
    private @Nullable String topic;
  }

  @Option(
      names = "--message-count",
      defaultValue = "-1",
      description = "How many; -1 is all there are (default: ${DEFAULT-VALUE}).")
  private long messageCount;

  @Option(
      names = "--commit-interval",
      defaultValue = "1000",
      description = "Messages of a batch (default: ${DEFAULT-VALUE}).")
  private int commitInterval;

  @Option(
      names = "--receive-timeout",
      defaultValue = "5000",
      description =
          "Milliseconds to wait for one before it is the end (default: ${DEFAULT-VALUE}).")
  private long receiveMillis;

  @Option(
      names = "--copy",
      description = {
        "The messages stay at the source as well: those that a browser of the queue sees.",
        "A subscription is copied in one batch, which --commit-interval has to be large enough for."
      })
  private boolean copy;

  @Option(names = "--source-protocol", description = "amqp; there is no other.")
  private @Nullable String sourceProtocol;

  @Option(names = "--target-protocol", description = "amqp; there is no other.")
  private @Nullable String targetProtocol;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (commitInterval < 1 || receiveMillis < 1 || messageCount < -1) {
      throw UserException.usage(
          "--commit-interval and --receive-timeout are at least 1, --message-count at least -1");
    }
    var from = target(source.queue, source.topic);
    var to = target(target.queue, target.topic);
    if (from.topic() == (subscription == null)) {
      throw UserException.usage(
          "--source-topic goes with --shared-durable-subscription or --durable-consumer: a topic"
              + " keeps messages for its subscriptions only");
    }
    if (subscription != null && subscription.own != null && sourceClientId == null) {
      throw UserException.usage(
          "--durable-consumer needs --source-client-id, by which the broker knows it");
    }
    if (copy && from.topic() && commitInterval < messageCount) {
      throw UserException.usage(
          "--copy takes one batch of a subscription: raise --commit-interval");
    }
    ConnectionOptions.checkProtocol("--source-protocol", sourceProtocol);
    ConnectionOptions.checkProtocol("--target-protocol", targetProtocol);
    var out = spec.commandLine().getOut();
    var err = spec.commandLine().getErr();
    var prompter = silence.prompter(err);
    var origin =
        access("--source", sourceUrl, sourceUser, sourcePassword, sourceClientId, prompter);
    var sources = new Clients(origin, err, "--source-");
    var goal = access("--target", targetUrl, targetUser, targetPassword, null, prompter);
    var targets = new Clients(goal, err, "--target-");
    if (copy && from.equals(to) && origin.url().uri().equals(goal.url().uri())) {
      throw UserException.usage("--copy of a queue into itself would not end");
    }
    if (to.topic()) {
      err.println(
          "The topic "
              + to.name()
              + " keeps messages for its subscriptions only: where it has none, they are gone.");
    }
    long[] moved = {0};
    sources.run(
        1,
        (taking, _) -> {
          var place = found(origin, taking, from);
          targets.run(
              1,
              (giving, _) ->
                  moved[0] =
                      copy && !from.topic()
                          ? copied(taking, place, giving, to)
                          : transfer(taking, place, giving, to));
        });
    out.printf("Transferred %d messages from %s to %s%n", moved[0], from, to);
    return Exit.OK.code();
  }

  private static Target target(@Nullable String queue, @Nullable String topic) {
    return queue != null
        ? Target.parse("queue://" + queue)
        : Target.parse("topic://" + (topic == null ? "" : topic));
  }

  private static BrokerAccess access(
      String side,
      String url,
      @Nullable String user,
      @Nullable String password,
      @Nullable String clientId,
      Prompter prompter)
      throws IOException {
    return new BrokerAccess(
        BrokerUrl.parse(url),
        Optional.ofNullable(user),
        ConnectionOptions.secret(user, password, side + "-user", side + "-password", prompter),
        Optional.ofNullable(clientId));
  }

  /// What the messages are taken from. To take from a queue or a subscription that is not there would make
  /// it. And a broker takes a subscription with another selector for another one and throws away what the
  /// one before has kept: so it is the queue of a subscription that is taken from, where that is known.
  private Target found(BrokerAccess source, Connection taking, Target from) throws JMSException {
    if (!isBaton(source)) {
      return from;
    }
    if (subscription == null) {
      var missing = QueueLook.missing(taking, from.name());
      if (missing.isPresent()) {
        throw UserException.failed(missing.get());
      }
      return from;
    }
    boolean shared = subscription.own == null;
    var name = String.valueOf(shared ? subscription.shared : subscription.own);
    var client = sourceClientId == null ? "" : sourceClientId;
    var kept = new Kind.Subscription(name, client, shared, true);
    var queue = new Target(false, from.name() + "::" + kept.queue());
    if (QueueLook.missing(taking, queue.name()).isPresent()) {
      throw UserException.failed(
          "there is no subscription "
              + name
              + (client.isEmpty() ? "" : " of " + client)
              + " at the topic "
              + from.name());
    }
    return queue;
  }

  /// To another broker `address::queue` may be a name like any other, and looking make it. Several
  /// addresses are taken for a pair of this one.
  private static boolean isBaton(BrokerAccess access) {
    if (access.url().failsOver() || !access.url().uri().startsWith("amqp:")) {
      return true;
    }
    try (var client = new RawClient(access)) {
      return client.product().equalsIgnoreCase("baton");
    } catch (IOException e) {
      return false;
    }
  }

  /// A browser takes nothing, so that a queue of any depth is copied in batches.
  private long copied(Connection looking, Target from, Connection giving, Target to)
      throws JMSException {
    var progress = new Progress(spec.commandLine().getErr(), "messages");
    try (var looks = looking.createSession(Session.AUTO_ACKNOWLEDGE);
        var gives = giving.createSession(Session.SESSION_TRANSACTED);
        var browser = looks.createBrowser((Queue) from.in(looks), filter);
        var producer = gives.createProducer(to.in(gives))) {
      long copied = 0;
      var messages = browser.getEnumeration();
      while (copied != messageCount && messages.hasMoreElements()) {
        pass((Message) messages.nextElement(), producer);
        copied++;
        if (copied % commitInterval == 0) {
          gives.commit();
          progress.at(copied);
        }
      }
      gives.commit();
      return copied;
    }
  }

  private long transfer(Connection taking, Target from, Connection giving, Target to)
      throws JMSException {
    var progress = new Progress(spec.commandLine().getErr(), "messages");
    try (var takes = taking.createSession(Session.SESSION_TRANSACTED);
        var gives = giving.createSession(Session.SESSION_TRANSACTED);
        var consumer = consumer(takes, from);
        var producer = gives.createProducer(to.in(gives))) {
      long moved = 0;
      boolean more = true;
      while (more && moved != messageCount) {
        long batch =
            messageCount < 0 ? commitInterval : Math.min(commitInterval, messageCount - moved);
        long got = batch(consumer, producer, batch);
        if (copy && messageCount < 0 && got == batch) {
          throw UserException.failed(
              "the subscription has "
                  + got
                  + " messages or more, and --copy takes one batch of it: nothing was copied; raise"
                  + " --commit-interval, or say how many with --message-count");
        }
        gives.commit();
        if (copy) {
          takes.rollback();
          return got;
        }
        takes.commit();
        moved += got;
        more = got == batch;
        progress.at(moved);
      }
      return moved;
    }
  }

  private MessageConsumer consumer(Session session, Target from) throws JMSException {
    var destination = from.in(session);
    if (subscription == null || !(destination instanceof Topic topic)) {
      return session.createConsumer(destination, filter);
    }
    return subscription.own != null
        ? session.createDurableConsumer(topic, subscription.own, filter, false)
        : session.createSharedDurableConsumer(topic, subscription.shared, filter);
  }

  /// Passes on what comes in time, at most `batch` messages.
  private long batch(MessageConsumer consumer, MessageProducer producer, long batch)
      throws JMSException {
    long got = 0;
    while (got < batch) {
      Message message = consumer.receive(receiveMillis);
      if (message == null) {
        break;
      }
      pass(message, producer);
      got++;
    }
    return got;
  }

  private static void pass(Message message, MessageProducer producer) throws JMSException {
    long expiration = message.getJMSExpiration();
    long left = expiration == 0 ? 0 : Math.max(1, expiration - System.currentTimeMillis());
    boolean durable = message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT;
    producer.send(
        message,
        durable ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
        message.getJMSPriority(),
        left);
  }
}
