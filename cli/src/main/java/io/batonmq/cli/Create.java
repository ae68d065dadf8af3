package io.batonmq.cli;

import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.instance.CreateOptions;
import io.batonmq.server.instance.CreateOptions.Access;
import io.batonmq.server.instance.CreateOptions.Cluster;
import io.batonmq.server.instance.CreateOptions.Content;
import io.batonmq.server.instance.CreateOptions.Ports;
import io.batonmq.server.instance.CreateOptions.Replicated;
import io.batonmq.server.instance.CreateOptions.SharedStore;
import io.batonmq.server.instance.CreateOutcome;
import io.batonmq.server.instance.CreateOutcome.Question;
import io.batonmq.server.instance.InstanceCreator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes an instance: the folder of one broker.
@Command(
    name = "create",
    description =
        "Makes an instance: the folder of one broker, with its scripts and configuration.",
    abbreviateSynopsis = true,
    sortOptions = false)
final class Create implements Callable<Integer> {
  private static final String DEFAULT = " (default: ${DEFAULT-VALUE})";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder to make.")
  private Path dir;

  @Option(names = "--name", description = "The name of the broker (default: that of the folder).")
  private @Nullable String name;

  @Option(
      names = "--user",
      description = "The name of its first user; asked for where it is missing (--silent: admin).")
  private @Nullable String user;

  @Option(names = "--password", description = "Its password; asked for where it is missing.")
  private @Nullable String password;

  @Option(names = "--role", defaultValue = Access.ROLE, description = "Its role" + DEFAULT + ".")
  private String role;

  @ArgGroup private @Nullable Login login;

  static final class Login {
    @Option(names = "--allow-anonymous", description = "Clients need not say who they are.")
    private boolean anonymous;

    @Option(names = "--require-login", description = "Clients have to say who they are (default).")
    private boolean required;
  }

  @Option(
      names = "--silent",
      description = "Ask nothing: what has no default and was not given is an error.")
  private boolean silent;

  @Option(names = "--force", description = "Replace the files of an instance; its data stays.")
  private boolean force;

  @Option(
      names = "--host",
      defaultValue = Ports.ALL_ADDRESSES,
      description =
          "The address to listen at; in a cluster the name by which others reach it"
              + DEFAULT
              + ".")
  private String host;

  @Option(
      names = "--default-port",
      defaultValue = "61616",
      description = "The port for all protocols" + DEFAULT + ".")
  private int port;

  @Option(
      names = "--port-offset",
      defaultValue = "0",
      description = "Added to every port" + DEFAULT + ".")
  private int portOffset;

  @Option(names = "--no-amqp-acceptor", description = "No port of its own for AMQP (5672).")
  private boolean noAmqp;

  @Option(
      names = "--http-host",
      defaultValue = "localhost",
      description = "Where the admin listener is" + DEFAULT + ".")
  private String httpHost;

  @Option(names = "--http-port", defaultValue = "8161", description = "Its port" + DEFAULT + ".")
  private int httpPort;

  @Option(
      names = "--data",
      defaultValue = CreateOptions.DATA,
      description = "The folder of the data, from the instance" + DEFAULT + ".")
  private String data;

  @Option(
      names = "--no-fsync",
      description = "Do not wait for the disk: a crash of the machine may lose confirmed messages.")
  private boolean noFsync;

  @Option(
      names = "--java-memory",
      defaultValue = CreateOptions.JAVA_MEMORY,
      description = "The heap of the broker" + DEFAULT + ".")
  private String javaMemory;

  @Option(names = "--clustered", description = "The broker is one of several.")
  private boolean clustered;

  @Option(names = "--cluster-user", description = "The name by which nodes know each other.")
  private @Nullable String clusterUser;

  @Option(
      names = "--cluster-password",
      arity = "0..1",
      fallbackValue = "",
      description = "The password of that name; asked for where it is missing.")
  private @Nullable String clusterPassword;

  @Option(
      names = {"--static-cluster", "--staticCluster"},
      split = ",",
      paramLabel = "URL",
      description = "Where the other nodes are; implies --clustered.")
  private List<String> peers = List.of();

  @Option(
      names = "--shared-store",
      description = "One of a pair over one folder; implies --clustered.")
  private boolean sharedStore;

  @Option(
      names = "--replicated",
      description = "One of a pair with a folder each; implies --clustered, needs --arbiter.")
  private boolean replicated;

  @Option(
      names = "--arbiter",
      paramLabel = "DIR",
      description = "A folder that all nodes of a replicated pair reach.")
  private @Nullable String arbiter;

  @Option(
      names = {"--backup", "--slave"},
      description = "It stands by and takes over (default: it is the primary).")
  private boolean backup;

  @Option(
      names = "--failover-on-shutdown",
      description = "Another takes over even when it is stopped in order.")
  private boolean failoverOnShutdown;

  @Option(
      names = "--queues",
      split = ",",
      paramLabel = "QUEUE",
      description = "Queues that are there from the start: a,b:multicast,c:anycast.")
  private List<String> queues = List.of();

  @Option(
      names = "--addresses",
      split = ",",
      paramLabel = "ADDRESS",
      description = "Addresses that are there from the start, for anycast and multicast.")
  private List<String> addresses = List.of();

  @Option(
      names = "--autocreate",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Make addresses and queues when they are used (default).")
  private boolean autoCreate;

  @Option(
      names = "--autodelete",
      description =
          "Delete addresses and queues that were made by their use when nobody uses them any more.")
  private boolean autoDelete;

  @ArgGroup private @Nullable Full full;

  static final class Full {
    @Option(names = "--paging", description = "Producers of a full address go on (default).")
    private boolean paging;

    @Option(
        names = "--blocking",
        description =
            "Producers of a full address wait; it is full where a queue has --global-max-size bytes"
                + " of messages.")
    private boolean blocking;
  }

  @Option(
      names = "--global-max-size",
      description = "Memory for messages, such as 100M (default: half of the heap).")
  private @Nullable String globalMaxSize;

  @Option(names = "--java-options", description = "More options for the JVM of the broker.")
  private String javaOptions = "";

  @Mixin private ForeignOptions foreign;

  @Override
  public Integer call() throws IOException {
    var out = spec.commandLine().getOut();
    foreign.look().ifPresent(out::println);
    if (!sharedStore && !replicated && backup) {
      throw UserException.usage("--backup needs --shared-store or --replicated");
    }
    if (!sharedStore && failoverOnShutdown) {
      throw UserException.usage("--failover-on-shutdown needs --shared-store");
    }
    if (sharedStore && replicated) {
      throw UserException.usage("--shared-store and --replicated exclude each other");
    }
    if (replicated != (arbiter != null)) {
      throw UserException.usage(
          "--replicated and --arbiter need each other: a folder that all nodes of the pair reach");
    }
    var answers = new EnumMap<Question, String>(Question.class);
    if (silent) {
      answers.put(Question.USER, "admin");
    }
    var outcome = create(answers);
    if (outcome instanceof CreateOutcome.Missing(var questions)) {
      if (silent) {
        throw UserException.usage(
            questions.stream().sorted().map(Question::option).collect(Collectors.joining(" and "))
                + " must be given with --silent");
      }
      ask(questions.stream().sorted().toList(), answers);
      outcome = create(answers);
    }
    switch (outcome) {
      case CreateOutcome.Created(var instance) ->
          out.printf(
              """
              Created the instance %s

              You can now start the broker by executing:

                 "%s" run
              """,
              instance.dir(), instance.bin().resolve("baton"));
      case CreateOutcome.InUse(var reason) -> throw UserException.failed(reason);
      case CreateOutcome.Refused(var reason) -> throw UserException.usage(reason);
      case CreateOutcome.Missing(var questions) ->
          throw new IllegalStateException("still missing " + questions);
    }
    return Exit.OK.code();
  }

  private CreateOutcome create(Map<Question, String> answers) throws IOException {
    return InstanceCreator.create(
        options(answers), dir, Path.of(System.getProperty("baton.home", "")));
  }

  private void ask(List<Question> questions, Map<Question, String> answers) throws IOException {
    var prompter = new Prompter(spec.commandLine().getErr());
    for (var question : questions) {
      var secret = question == Question.PASSWORD || question == Question.CLUSTER_PASSWORD;
      var answer = prompter.ask(sentence(question), secret);
      answers.put(
          question,
          answer.orElseThrow(() -> UserException.usage(question.option() + " has no default")));
    }
  }

  private static String sentence(Question question) {
    return switch (question) {
      case USER -> "--user, the name of the first user:";
      case PASSWORD -> "--password, the password of the first user:";
      case CLUSTER_USER -> "--cluster-user, the name by which the nodes know each other:";
      case CLUSTER_PASSWORD -> "--cluster-password, the password of that name:";
    };
  }

  private CreateOptions options(Map<Question, String> answers) {
    return new CreateOptions(
        Optional.ofNullable(name),
        new Access(
            answer(user, Question.USER, answers),
            answer(password, Question.PASSWORD, answers),
            role,
            login != null && login.anonymous && !login.required),
        new Ports(host, port, portOffset, !noAmqp, httpHost, httpPort),
        data,
        !noFsync,
        javaMemory,
        clustered || sharedStore || replicated || !peers.isEmpty()
            ? Optional.of(
                new Cluster(
                    answer(clusterUser, Question.CLUSTER_USER, answers),
                    answer(clusterPassword, Question.CLUSTER_PASSWORD, answers),
                    peers))
            : Optional.empty(),
        sharedStore
            ? Optional.of(new SharedStore(backup ? Role.BACKUP : Role.PRIMARY, failoverOnShutdown))
            : Optional.empty(),
        Optional.ofNullable(arbiter)
            .map(folder -> new Replicated(backup ? Role.BACKUP : Role.PRIMARY, folder)),
        new Content(
            queues,
            addresses,
            autoCreate,
            autoDelete,
            full != null && full.blocking && !full.paging,
            Optional.ofNullable(globalMaxSize)),
        javaOptions,
        force);
  }

  private static Optional<String> answer(
      @Nullable String given, Question question, Map<Question, String> answers) {
    return Optional.ofNullable(given)
        .filter(text -> !text.isEmpty())
        .or(() -> Optional.ofNullable(answers.get(question)));
  }
}
