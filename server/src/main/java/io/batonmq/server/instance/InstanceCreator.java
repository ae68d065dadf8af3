package io.batonmq.server.instance;

import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.instance.CreateOptions.Ports;
import io.batonmq.server.instance.CreateOutcome.Created;
import io.batonmq.server.instance.CreateOutcome.InUse;
import io.batonmq.server.instance.CreateOutcome.Missing;
import io.batonmq.server.instance.CreateOutcome.Question;
import io.batonmq.server.instance.CreateOutcome.Refused;
import io.batonmq.server.security.LoginPolicy;
import io.batonmq.server.security.SecretFile;
import io.batonmq.server.security.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Makes an instance. Decides first, writes then: whatever is refused leaves nothing behind.
public final class InstanceCreator {
  private static final int PORT_MAX = 65535;
  private static final Pattern QUEUE = Pattern.compile("[^:]+(:(anycast|multicast))?");
  private static final Pattern MEMORY = Pattern.compile("[1-9]\\d{0,8}[KMGkmg]");

  private InstanceCreator() {}

  /// Makes the instance `dir`.
  ///
  /// @param home the distribution (or checkout) that its launcher starts
  /// @throws IOException if the disk refuses
  public static CreateOutcome create(CreateOptions options, Path dir, Path home)
      throws IOException {
    var instance = new Instance(dir);
    var refusal = refusal(options);
    if (refusal.isPresent()) {
      return new Refused(refusal.get());
    }
    if (!options.force() && isInUse(instance.dir())) {
      return new InUse(instance.dir() + " is in use: choose another folder, or use --force");
    }
    var questions = questions(options);
    if (!questions.isEmpty()) {
      return new Missing(questions);
    }
    var name = options.name().orElseGet(() -> String.valueOf(instance.dir().getFileName()));
    var brokerXml = BrokerXml.text(name, options);
    var objection = objection(options, brokerXml, instance);
    if (objection.isPresent()) {
      return new Refused(objection.get());
    }
    write(options, brokerXml, instance, home);
    return new Created(instance);
  }

  private static Optional<String> refusal(CreateOptions options) {
    var ports = options.ports();
    if (!isPort(ports.main())) {
      return Optional.of(
          "--default-port " + ports.main() + " is not a port; they go from 0 to " + PORT_MAX);
    }
    if (!isPort(ports.httpPort())) {
      return Optional.of(
          "--http-port " + ports.httpPort() + " is not a port; they go from 0 to " + PORT_MAX);
    }
    int highest = Math.max(ports.main(), ports.httpPort()) + ports.offset();
    int lowest = Math.min(ports.main(), ports.httpPort()) + ports.offset();
    if (lowest < 0 || highest > PORT_MAX) {
      return Optional.of("--port-offset leads beyond the ports from 0 to " + PORT_MAX);
    }
    if (options.cluster().isPresent() && ports.host().equals(Ports.ALL_ADDRESSES)) {
      return Optional.of("--clustered needs --host: the name under which others reach this node");
    }
    if (options.sharedStore().isPresent() && options.cluster().isEmpty()) {
      return Optional.of("--shared-store needs --clustered");
    }
    for (var queue : options.content().queues()) {
      if (!QUEUE.matcher(queue).matches()) {
        return Optional.of(
            "--queues: \"" + queue + "\" is none of NAME, NAME:anycast and NAME:multicast");
      }
    }
    if (options.javaOptions().contains("\n")) {
      return Optional.of("--java-options is one line");
    }
    if (!MEMORY.matcher(options.javaMemory()).matches()) {
      return Optional.of("--java-memory is a size such as 512M or 2G");
    }
    return Optional.empty();
  }

  private static boolean isPort(int port) {
    return 0 <= port && port <= PORT_MAX;
  }

  /// Whether a folder has anything in it, or is none.
  static boolean isInUse(Path dir) throws IOException {
    if (Files.notExists(dir)) {
      return false;
    }
    if (!Files.isDirectory(dir)) {
      return true;
    }
    try (var entries = Files.list(dir)) {
      return entries.findAny().isPresent();
    }
  }

  private static Set<Question> questions(CreateOptions options) {
    var questions = EnumSet.noneOf(Question.class);
    var access = options.access();
    ask(questions, Question.USER, access.user());
    ask(questions, Question.PASSWORD, access.password());
    options
        .cluster()
        .ifPresent(cluster -> {
          ask(questions, Question.CLUSTER_USER, cluster.user());
          ask(questions, Question.CLUSTER_PASSWORD, cluster.password());
        });
    return questions;
  }

  private static void ask(Set<Question> questions, Question question, Optional<String> answer) {
    if (answer.filter(text -> !text.isEmpty()).isEmpty()) {
      questions.add(question);
    }
  }

  /// What will be said at start against what is about to be written: asked before, so that an option that
  /// makes no sense is refused here.
  private static Optional<String> objection(
      CreateOptions options, String brokerXml, Instance instance) throws IOException {
    var access = options.access();
    try {
      Users.check(
          access.user().orElseThrow(), access.password().orElseThrow(), Set.of(access.role()));
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    var draft = Files.createTempFile("broker", ".xml");
    try {
      Files.writeString(draft, brokerXml);
      var errors = ConfigReader.read(draft, instance.dir()).errors();
      return errors.stream()
          .map(error -> lastName(error.element()) + ": " + error.message())
          .reduce((some, more) -> some + "; " + more);
    } finally {
      Files.delete(draft);
    }
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static void write(CreateOptions options, String brokerXml, Instance instance, Path home)
      throws IOException {
    for (var dir : List.of(instance.bin(), instance.etc(), instance.log(), instance.tmp())) {
      Files.createDirectories(dir);
    }
    Files.createDirectories(instance.dir().resolve(options.data()));
    var access = options.access();
    SecretFile.write(instance.brokerXml(), brokerXml);
    Users.create(instance.users(), instance.roles())
        .add(access.user().orElseThrow(), access.password().orElseThrow(), Set.of(access.role()));
    var login = new LoginPolicy(access.allowAnonymous(), access.role());
    Files.writeString(instance.login(), login.text());
    var ports = options.ports();
    var admin =
        new AdminEndpoint(ports.httpHost(), ports.httpPort() + ports.offset(), access.role());
    Files.writeString(instance.admin(), admin.text());
    Files.writeString(
        instance.profile(), Launcher.profile(home, options.javaMemory(), options.javaOptions()));
    for (var name : Launcher.NAMES) {
      Launcher.write(instance.bin().resolve(name));
    }
  }
}
