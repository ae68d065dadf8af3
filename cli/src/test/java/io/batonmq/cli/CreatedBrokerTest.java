package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.admin.Json;
import io.batonmq.server.instance.Instance;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `create` was asked for, seen in the broker that the script of the instance starts.
@Timeout(180)
class CreatedBrokerTest {
  private static final int MAIN_PORT = 61616;
  private static final int AMQP_PORT = 5672;
  private static final int HTTP_PORT = 8161;

  @TempDir private static Path folder;
  private static Path home;

  /// A distribution as `./baton dist` lays it out, but that its one library names the class path of this
  /// test.
  @BeforeAll
  static void distribute() throws IOException {
    home = folder.resolve("a distribution");
    var scripts = Path.of("..", "scripts");
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Files.copy(scripts.resolve("dist-baton"), home.resolve("bin/baton"));
    assertThat(home.resolve("bin/baton").toFile().setExecutable(true)).isTrue();
    Files.copy(scripts.resolve("launch.sh"), home.resolve("lib/launch.sh"));
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    var jar = home.resolve("lib/baton.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
  }

  /// A command by the script of the instance.
  private static ProcessBuilder script(Path instance, Object... words) {
    var line = new ArrayList<>(List.of(instance.resolve("bin/artemis").toString()));
    Arrays.stream(words).map(Object::toString).forEach(line::add);
    var command = new ProcessBuilder(line).redirectErrorStream(true);
    command.environment().put("BATON_HOME", home.toString());
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return command;
  }

  private static String answer(Path instance, Object... words) throws Exception {
    var process = script(instance, words).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /// A `--port-offset` that leads from the default ports to free ones.
  private static int offset() {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(1, 3_900))
        .limit(1_000)
        .filter(offset ->
            IntStream.of(MAIN_PORT, AMQP_PORT, HTTP_PORT).allMatch(port -> isFree(port + offset)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static Command create(Path instance, int offset, Object... more) {
    Object[] words = {
      "create",
      instance,
      "--silent",
      "--host=127.0.0.1",
      "--port-offset=" + offset,
      "--java-options=-XX:TieredStopAtLevel=1 -Dwho=me"
    };
    return Command.runWith(words, more).good();
  }

  private static Command send(String destination, Object... more) {
    Object[] words = {"producer", "--destination", destination, "--message-count=1"};
    return Command.runWith(words, more);
  }

  @Test
  void theBrokerIsTheOneThatWasAskedFor() throws Exception {
    var instance = folder.resolve("asked");
    int offset = offset();
    create(
        instance,
        offset,
        "--name=chief",
        "--user=boss",
        "--password=p",
        "--role=chiefs",
        "--allow-anonymous",
        "--http-host=127.0.0.1",
        "--data=../elsewhere",
        "--java-memory=210M",
        "--queues=orders,news:multicast",
        "--addresses=talk",
        "--no-autocreate");
    var url = "tcp://127.0.0.1:" + (MAIN_PORT + offset);
    try (var broker = new RealBroker(instance, MAIN_PORT + offset, script(instance, "run"))) {
      broker.awaitActive();
      assertThat(broker.process().info().arguments().orElseThrow())
          .contains("-Xmx210M", "-Dwho=me", "-XX:TieredStopAtLevel=1");
      assertThat(broker.node("status", "--json").good().fields())
          .containsEntry("node", new Json.Text("chief"))
          .containsEntry("configured", new Json.Text("single"));
      assertThat(folder.resolve("elsewhere/journal")).isDirectory();
      assertThat(instance.resolve("data")).doesNotExist();

      // Each port lets them in, the anonymous with the role of the first user.
      send("orders", "--url", url).good();
      send("orders", "--url=tcp://127.0.0.1:" + (AMQP_PORT + offset)).good();
      send("orders", "--url", url, "--user=boss", "--password=p").good();
      assertThat(broker.count("orders")).isEqualTo(3);
      Object[] remote = {
        "--url=http://127.0.0.1:" + (HTTP_PORT + offset), "--user=boss", "--password=p"
      };
      assertThat(Command.runWith(new Object[] {"address", "show", "--name=talk"}, remote).out())
          .contains("{ANYCAST,MULTICAST}");
      assertThat(broker.queue("news").orElseThrow().routingType()).isEqualTo("MULTICAST");
      send("topic://news", "--url", url).good();
      assertThat(broker.count("news")).isEqualTo(1);
      send("unheard-of", "--url", url).failed("there is no address unheard-of");

      // The script says which instance it is about, and where its broker is.
      assertThat(answer(instance, "consumer", "--destination=orders", "--message-count=3"))
          .contains("Consumed: 3 messages");
      assertThat(broker.count("orders")).isZero();
      assertThat(answer(instance, "stop")).contains(" stopped after ");
      assertThat(broker.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(broker.process().exitValue()).isZero();
    }
  }

  @Test
  void filesThatAreReplacedLeaveTheData() throws Exception {
    var instance = folder.resolve("replaced");
    create(instance, offset(), "--password=old", "--no-amqp-acceptor");
    try (var broker = run(instance)) {
      send("kept", "--url", broker.url()).failed("asks who you are");
      send("kept", "--url", broker.url(), "--user=admin", "--password=old").good();
      broker.node("stop").good();
    }
    create(
        instance,
        offset(),
        "--password=new",
        "--no-amqp-acceptor",
        "--no-fsync",
        "--blocking",
        "--global-max-size=1M",
        "--force");
    try (var broker = run(instance)) {
      send("kept", "--url", broker.url(), "--user=admin", "--password=old")
          .failed("does not accept this user and password");
      assertThat(broker.count("kept")).isEqualTo(1);
      Object[] user = {"--url", broker.url(), "--user=admin", "--password=new"};
      send("kept", user).good();
      assertThat(broker.count("kept")).isEqualTo(2);

      // Who comes while an address is full waits until there is room.
      Object[] fill = {
        "producer", "--destination=wide", "--message-size=100000", "--message-count=11"
      };
      Command.runWith(fill, user).good();
      user[1] = broker.url() + "?jms.sendTimeout=500";
      send("wide", user).failed("waiting for credit");
      user[1] = broker.url();
      assertThat(broker.count("wide")).isEqualTo(11);
      Object[] drain = {"consumer", "--destination=wide", "--message-count=11"};
      Command.runWith(drain, user).good();
      send("wide", user).good();
    }
  }

  private static RealBroker run(Path instance) throws Exception {
    var listens = ConnectionOptions.listens(new Instance(instance));
    var url = listens.orElseThrow();
    int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    return new RealBroker(instance, port, script(instance, "run")).awaitActive();
  }
}
