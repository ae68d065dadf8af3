package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.AdminException;
import io.batonmq.server.admin.QueueStat;
import io.batonmq.server.admin.RunFile;
import io.batonmq.session.Management;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.qpid.jms.JmsConnectionFactory;

/// A broker in a process of its own, as `create` and `run` make it.
final class RealBroker implements AutoCloseable {
  /// Generous: a busy machine starts a process in ten seconds. Nothing waits longer than it has to.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String USER = "admin";
  private static final String PASSWORD = "secret";

  private final Path instance;
  private final int port;
  private final Process process;

  /// One by itself, which serves when this returns.
  RealBroker(Path instance, String... runOptions) throws IOException, InterruptedException {
    this(instance, free(), List.of(), runOptions);
    awaitActive();
  }

  /// One that was made with more options; what it becomes is to be awaited.
  RealBroker(Path instance, int port, List<?> createOptions, String... runOptions)
      throws IOException {
    this(instance, port, line(instance, port, createOptions, runOptions));
  }

  /// An instance that is there, started by a command of its own.
  RealBroker(Path instance, int port, ProcessBuilder command) throws IOException {
    this.instance = instance;
    this.port = port;
    process =
        command
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(instance.resolve("log/console.log").toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  private static ProcessBuilder line(
      Path instance, int port, List<?> createOptions, String... runOptions) throws IOException {
    Object[] create = {
      "create",
      instance,
      "--silent",
      "--password",
      PASSWORD,
      "--host",
      "127.0.0.1",
      "--default-port",
      port,
      "--no-amqp-acceptor",
      "--http-port",
      free()
    };
    Command.runWith(create, createOptions.toArray()).good();
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx192m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "--instance",
                instance.toString()));
    command.addAll(List.of(runOptions));
    return new ProcessBuilder(command);
  }

  /// Waits until it serves.
  RealBroker awaitActive() throws IOException, InterruptedException {
    return await(() -> active() && listens());
  }

  /// Waits until it follows another node.
  RealBroker awaitStandby() throws IOException, InterruptedException {
    return await(() -> role().equals("standby"));
  }

  private RealBroker await(Waiting.Look look) throws IOException, InterruptedException {
    if (!Waiting.until(() -> !process.isAlive() || look.seen(), PATIENCE) || !process.isAlive()) {
      close();
      throw new AssertionError(Files.readString(instance.resolve("log/console.log")));
    }
    return this;
  }

  /// A node is active a moment before its port is open.
  private boolean listens() {
    try (var socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean active() throws IOException {
    try {
      if (!role().equals("active")) {
        return false;
      }
      // It has the baton a moment before it does what it is asked.
      admin().manage(new Management.PurgeQueue("DLQ"));
      return true;
    } catch (AdminException e) {
      return false;
    }
  }

  /// The word for its role; `none` as long as it does not answer.
  private String role() throws IOException {
    // The file of a process that was killed stays.
    if (run().filter(it -> it.pid() == process.pid()).isEmpty()) {
      return "none";
    }
    try {
      return admin().status().role();
    } catch (AdminException e) {
      return "none";
    }
  }

  private Optional<RunFile> run() throws IOException {
    return RunFile.read(RunFile.in(instance));
  }

  /// A port that was free a moment ago, below the range from which systems take ports for outgoing
  /// connections.
  static int free() throws IOException {
    while (true) {
      try (var socket = new ServerSocket(ThreadLocalRandom.current().nextInt(15_000, 30_000))) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Somebody has it: another one.
      }
    }
  }

  String url() {
    return "tcp://127.0.0.1:" + port;
  }

  Path instance() {
    return instance;
  }

  Process process() {
    return process;
  }

  AdminClient admin() throws IOException {
    return AdminClient.of(run().orElseThrow());
  }

  /// A command of a client of this broker.
  Command client(Object... words) {
    return Command.runWith(words, "--url", url(), "--user", USER, "--password", PASSWORD);
  }

  /// A command about this node, from its instance.
  Command node(Object... words) {
    return Command.runWith(words, "--instance", instance);
  }

  /// A command about this node, from elsewhere, as a user.
  Command remote(String password, Object... words) throws IOException {
    return Command.runWith(
        words, "--url", admin().url(), "--user", USER, "--password", password, "--silent");
  }

  /// The figures of a queue, if it is there.
  Optional<QueueStat> queue(String name) throws IOException {
    return admin().queues().stream().filter(queue -> queue.name().equals(name)).findFirst();
  }

  /// How many messages are in a queue; -1 if it is not there.
  long count(String queue) throws IOException {
    return queue(queue).map(QueueStat::messageCount).orElse(-1L);
  }

  /// A connection of a client that is no command, started.
  Connection connect(String clientId) throws JMSException {
    var factory = new JmsConnectionFactory(USER, PASSWORD, "amqp://127.0.0.1:" + port);
    if (!clientId.isEmpty()) {
      factory.setClientID(clientId);
    }
    Connection connection = factory.createConnection();
    connection.start();
    return connection;
  }

  /// What is in a queue, in order; it stays there.
  List<Message> messages(String queue) throws JMSException {
    try (var connection = connect("");
        var session = connection.createSession();
        var browser = session.createBrowser(session.createQueue(queue))) {
      var messages = new ArrayList<Message>();
      for (var all = browser.getEnumeration(); all.hasMoreElements(); ) {
        messages.add((Message) all.nextElement());
      }
      return messages;
    }
  }

  /// The texts of [#messages].
  List<String> texts(String queue) throws JMSException {
    var texts = new ArrayList<String>();
    for (var message : messages(queue)) {
      texts.add(message.getBody(String.class));
    }
    return texts;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
