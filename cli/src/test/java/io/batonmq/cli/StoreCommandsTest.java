package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is on the disk, while a broker runs and after it was killed.
class StoreCommandsTest {
  @TempDir private Path folder;

  @Test
  void aStoreIsPrintedAndExportedBesideItsBrokerAndWithoutIt() throws Exception {
    try (var broker = new RealBroker(folder.resolve("one"), "--allow-kill")) {
      client(broker, "producer", "--destination", "orders", "--message-count", 3);
      client(broker, "consumer", "--destination", "orders", "--message-count", 1);
      var printed = new String[1];
      assertThat(
              Waiting.until(
                  () -> {
                    printed[0] = store("data", "print").out();
                    return printed[0].contains("orders ANYCAST: 2 messages");
                  },
                  java.time.Duration.ofSeconds(20)))
          .as(() -> printed[0])
          .isTrue();
      assertThat(printed[0])
          .contains("address ", "Enqueued[sequence=", "Acknowledged[queue=", "Activated[epoch=1")
          .doesNotContain("test message");
      assertThat(store("data", "print", "--skip-records").out()).doesNotContain("Enqueued");
      assertThat(store("data", "print", "--skip-queues").out()).doesNotContain("address ");
      var lines = store("data", "exp", "--queue", "orders").out().lines().toList();
      assertThat(lines).hasSize(2);
      assertThat(lines.getFirst()).startsWith("{\"queue\":\"orders\",\"address\":\"orders\"");
      assertThat(lines).allSatisfy(line -> assertThat(body(line)).contains("test message: "));
      assertThat(Command.run("data", "exp", folder.resolve("one"), "--queue", "none").err())
          .isEqualTo("baton: there is no queue none\n");
      var err = new StringWriter();
      var full = new PrintWriter(new FullDisk(lines.getFirst().length() + 1), true);
      var store = folder.resolve("one").toString();
      assertThat(Main.run(full, new PrintWriter(err), "data", "exp", store))
          .isEqualTo(Exit.FAILED.code());
      assertThat(err.toString()).contains("the export is not whole, 1 messages arrived before");

      var killed = Command.run("kill", "--instance", broker.instance());
      assertThat(killed.exit()).as(killed.err()).isZero();
      assertThat(broker.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(broker.process().exitValue()).isEqualTo(137);
      assertThat(store("data", "exp").out().lines()).hasSize(2);
      assertThat(store("data", "verify").out()).contains("sound: ");
      assertThat(store("data", "verify", "--json").out()).contains("\"sound\": true");
    }
  }

  @Test
  void whatWasExportedComesBackAndOnlyOnce() throws Exception {
    try (var broker = new RealBroker(folder.resolve("one"))) {
      node(broker, "queue", "create", "--name", "q", "--address", "a", "--auto-create-address");
      client(broker, "producer", "--destination", "a::q", "--message-count", 3);
      client(broker, "producer", "--destination", "orders", "--message-count", 2);
      var file = folder.resolve("exported");
      assertThat(
              Waiting.until(
                  () -> {
                    Files.writeString(file, store("data", "exp").out());
                    return Files.readAllLines(file).size() == 5;
                  },
                  java.time.Duration.ofSeconds(20)))
          .as(() -> file + " holds all")
          .isTrue();
      assertThat(imported(broker, file)).startsWith("0 messages sent, 5 were there already");

      node(broker, "queue", "purge", "--name", "q");
      assertThat(imported(broker, file)).startsWith("3 messages sent, 2 were there already");
      assertThat(imported(broker, file)).startsWith("0 messages sent, 5 were there already");

      var consumed =
          client(broker, "consumer", "--destination", "a::q", "--message-count", 3, "--verbose");
      assertThat(consumed.out())
          .contains("test message: 0")
          .contains("test message: 1")
          .contains("test message: 2");
      assertThat(imported(broker, file, "--queue", "orders"))
          .startsWith("0 messages sent, 2 were there already");
    }
  }

  /// A message that is delayed or out with a consumer is there, and no browser sees it.
  @Test
  void whatCannotBeSeenIsNotDoubledAndWhatNeedNotSurviveStaysSo() throws Exception {
    try (var broker = new RealBroker(folder.resolve("one"))) {
      client(broker, "producer", "--message-count", 2);
      var file = folder.resolve("exported");
      assertThat(
              Waiting.until(
                  () -> {
                    Files.writeString(file, store("data", "exp").out());
                    return Files.readAllLines(file).size() == 2;
                  },
                  java.time.Duration.ofSeconds(20)))
          .isTrue();
      node(broker, "queue", "purge", "--name", "TEST");
      var lines = Files.readAllLines(file);
      assertThat(lines).allMatch(line -> line.contains("\"durable\":true"));
      lines.set(1, lines.get(1).replace("\"durable\":true", "\"durable\":false"));
      Files.write(file, lines);
      assertThat(imported(broker, file, "--instance", broker.instance().toString()))
          .startsWith("2 messages sent");
      var access =
          new BrokerAccess(
              BrokerUrl.parse(broker.url()),
              Optional.of("admin"),
              Optional.of("secret"),
              Optional.empty());
      var modes = new ArrayList<Integer>();
      new Clients(access, new PrintWriter(new StringWriter()))
          .run(
              1,
              (connection, _) -> {
                try (var session = connection.createSession();
                    var browser = session.createBrowser(session.createQueue("TEST"));
                    var producer = session.createProducer(session.createQueue("TEST"))) {
                  var messages = browser.getEnumeration();
                  while (messages.hasMoreElements()) {
                    modes.add(((Message) messages.nextElement()).getJMSDeliveryMode());
                  }
                  producer.setDeliveryDelay(3_600_000);
                  producer.send(session.createTextMessage("later"));
                }
              });
      assertThat(modes).containsExactly(DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT);
      var refused =
          Command.run(importing(broker, file, "--instance", broker.instance().toString()));
      assertThat(refused.exit()).as(refused.toString()).isEqualTo(Exit.FAILED.code());
      assertThat(refused.err()).contains("the queue TEST has 1 delayed messages and 0 out");
      Files.write(file, new byte[] {(byte) 0xff, '\n'});
      assertThat(Command.run(importing(broker, file)).err())
          .contains("line 1 is not what data exp prints: it is not in UTF-8");
    }
  }

  @Test
  void whatIsNoExportIsSaidWithItsLine() throws Exception {
    try (var broker = new RealBroker(folder.resolve("one"))) {
      var file = Files.writeString(folder.resolve("no export"), "{\"queue\":\"a\"}\n");
      var wrong = Command.run(importing(broker, file));
      assertThat(wrong.exit()).isEqualTo(Exit.FAILED.code());
      assertThat(wrong.err()).contains("line 1 is not what data exp prints");
      var stranger =
          Command.run(
              "data", "imp", file, "--url", broker.url(), "--user", "admin", "--password", "no");
      assertThat(stranger.err()).contains("does not accept this user and password");
      assertThat(Command.run("data", "imp", file, "--url", broker.url()).err())
          .contains("asks who you are: give --user and --password");
      assertThat(Command.run("data", "imp", file, "--url", "tcp://localhost:1").err())
          .isEqualTo("baton: nobody listens at tcp://localhost:1; is the broker running?\n");
    }
  }

  private static Object[] importing(RealBroker broker, Path file, String... more) {
    var words = new ArrayList<Object>(List.of("data", "imp", file));
    words.addAll(List.of("--url", broker.url(), "--user", "admin", "--password", "secret"));
    words.addAll(List.of(more));
    return words.toArray();
  }

  private static String imported(RealBroker broker, Path file, String... more) {
    var command = Command.run(importing(broker, file, more));
    assertThat(command.exit()).as(command.toString()).isZero();
    return command.out();
  }

  private static void node(RealBroker broker, Object... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--instance", broker.instance()));
    var command = Command.run(all.toArray());
    assertThat(command.exit()).as(command.toString()).isZero();
  }

  @Test
  void aNodeDiesOnlyWithLeave() throws Exception {
    try (var broker = new RealBroker(folder.resolve("one"))) {
      var refused = Command.run("kill", "--instance", broker.instance());
      assertThat(refused.exit()).isEqualTo(Exit.FAILED.code());
      assertThat(refused.err()).contains("was not started with run --allow-kill");
      assertThat(broker.process().isAlive()).isTrue();
    }
  }

  @Test
  void whatIsNoStoreIsSaid() {
    assertThat(Command.run("data", "print", folder).err())
        .isEqualTo("baton: " + folder + " holds no log\n");
  }

  private static String body(String line) {
    int at = line.indexOf("\"bytes\":\"") + 9;
    return new String(
        Base64.getDecoder().decode(line.substring(at, line.indexOf('"', at))),
        StandardCharsets.ISO_8859_1);
  }

  private Command store(Object... words) {
    var all = new ArrayList<>(List.of(words));
    all.add(folder.resolve("one"));
    var command = Command.run(all.toArray());
    assertThat(command.exit()).as(command.toString()).isZero();
    return command;
  }

  private static Command client(RealBroker broker, Object... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--url", broker.url(), "--user", "admin", "--password", "secret"));
    var command = Command.run(all.toArray());
    assertThat(command.exit()).as(command.toString()).isZero();
    return command;
  }
}
