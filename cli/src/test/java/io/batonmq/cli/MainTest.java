package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.ha.ExitCode;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.security.Users;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @Test
  void aSlipOfTheFingerIsAnsweredWithWhatWasMeant() {
    var slip = Command.run("producer", "--mesage-count", "3");
    assertThat(slip.exit()).isEqualTo(2);
    assertThat(slip.err()).contains("--mesage-count").contains("--message-count");
    var word = Command.run("statsu");
    assertThat(word.exit()).isEqualTo(2);
    assertThat(word.err()).contains("baton status");
    assertThat(slip.out() + word.out()).isEmpty();
  }

  @Test
  void aWordThatNeedsAnotherListsThem() {
    assertThat(Command.run("queue").err()).contains("stat    Prints");
    assertThat(Command.run().err()).contains("create").contains("switchover");
    assertThat(Command.run().exit()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create",
        "run",
        "stop",
        "status",
        "switchover",
        "producer",
        "consumer",
        "browser",
        "transfer",
        "queue",
        "address",
        "user",
        "mask",
        "check",
        "completion"
      })
  void everyWordExplainsItself(String word) {
    var help = Command.run(word, "--help");
    assertThat(help.exit()).isZero();
    assertThat(help.out()).startsWith("Usage: baton " + word);
    assertThat(Command.run("help", word).out()).isEqualTo(help.out());
    assertThat(Command.run(word, "--version").out()).startsWith("Baton ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "stop",
        "status",
        "switchover",
        "queue stat",
        "check config",
        "status --url http://localhost:1 --instance .",
        "status --url tcp://localhost:61616 --user a --password b",
        "queue stat --field NAME",
        "queue stat --field NAME --operation LESS_THAN --value 3",
        "queue stat --queueName a --field NAME --operation EQUALS --value 3",
        "queue stat --instance . --json --maxColumnSize 3",
        "producer --message a --text-size 3",
        "producer --text-size -1",
        "producer --threads 0",
        "producer --destination file://x",
        "producer --destination queue://",
        "producer --message-count x",
        "consumer --durable",
        "consumer --durable --destination topic://T",
        "consumer --destination topic://T --clientID c --subscriptionName s",
        "consumer --receive-timeout 0",
        "create",
        "browser --destination topic://T",
        "browser --message-count 0",
        "transfer --source-queue a",
        "transfer --source-topic a --target-queue b",
        "transfer --source-queue a --source-topic b --target-queue c",
        "transfer --source-queue a --target-queue b --commit-interval 0",
        "transfer --source-topic t --shared-durable-subscription s --target-queue b --copy"
            + " --message-count 5 --commit-interval 2",
        "transfer --source-topic t --durable-consumer s --target-queue b",
        "transfer --source-topic t --durable-consumer s --shared-durable-subscription s"
            + " --target-queue b",
        "transfer --source-queue a --target-queue a --copy",
        "transfer --source-queue a --target-queue b --target-protocol core",
        "producer --protocol core",
        "queue create --name q --max-consumers 0",
        "create x --silent --password=",
        "create x --silent --password p --user= --clustered --cluster-user= --cluster-password=",
        "create x --silent --password p --clustered --cluster-user a --cluster-password",
        "queue create",
        "queue create --name q --anycast --multicast",
        "queue create --name q --ring-size 0",
        "queue delete",
        "queue purge --name q",
        "queue stat --loop",
        "address create --name a",
        "address delete",
        "user add",
        "user list",
        "user reset --user a --password b --plaintext",
        "mask x --password-codec y",
        "check node --diskUsage 101",
        "check node --peers -1",
        "data imp",
        "data imp FILE --url failover:(tcp://a:1,tcp://b:2)",
        "check queue",
        "check queue --name q --produce 0",
        "create x --silent --password p --replicated",
        "create x --silent --password p --paging --blocking",
        "create x --silent --password p --backup",
        "create x --silent --password p --default-port 70000",
        "create x --silent --password p --http-port -1",
        "create x --silent --password p --port-offset 60000",
        "create x --silent --password p --java-memory lots",
        "create x --silent --password p --global-max-size lots",
        "create x --allow-anonymous --require-login"
      })
  void wordsThatMakeNoSenseAreToldAndNothingIsTried(String words) {
    var told = Command.run((Object[]) words.split(" "));
    assertThat(told.exit()).as(told.toString()).isEqualTo(Exit.USAGE.code());
    assertThat(told.err()).startsWith("baton: ").contains("Try: baton").doesNotContain("\tat ");
    assertThat(told.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          create x --silent --replicated --backup | --replicated and --arbiter need each other
          create --jdbc x                         | --jdbc: there is no database store yet
          create --use-client-auth x              | --use-client-auth: the admin listener has no TLS
          create x --ping 10.0.0.1                | --ping: no network check decides
          queue stat --clustered                  | --clustered: a pair has one active node
          producer --object-size 3                | --object-size: no serialized objects
          producer --data f                       | --data: messages from a file are not built
          producer --properties x                 | --properties: properties of messages
          consumer --data f                       | --data: messages are not written
          perf client --durable                   | --durable: perf has no durable subscriptions
          perf client --commit-interval 3         | --commit-interval: perf sends and receives
          perf client --shared-connections 3      | --shared-connections: each client of perf
          run --properties f                      | --properties: settings are in etc/broker.xml
          data print --safe                       | --safe: bodies are never printed
          data print --reclaimed                  | --reclaimed: what was reclaimed
          data print --max-pages 3                | --max-pages: there are no pages
          browser --protocol CORE                 | --protocol CORE: this client speaks amqp alone
          data recover                            | data recover is no command of Baton: data verify
          data compact --journal x                | data compact is no command of Baton: space comes
          check cluster                           | check node --primary --backup
          queue update --name q                   | queue update is no command of Baton: queues do
          address update                          | address update is no command of Baton
          connect --url tcp://a:1                 | connect is no command of Baton: each command
          shell                                   | baton completion
          upgrade ../x                            | create --force
          perf-journal                            | docs/bench.md
          lock list                               | status shows who has the baton
          """)
  void whatOtherBrokersKnowIsRefusedByNameWithWhatToUse(String words, String reason) {
    var told = Command.run((Object[]) words.split(" "));
    assertThat(told.exit()).as(told.toString()).isEqualTo(Exit.USAGE.code());
    assertThat(told.err()).startsWith("baton: ").contains(reason).doesNotContain("\tat ");
    assertThat(told.out()).isEmpty();
  }

  @Test
  void theOneProtocolMayBeNamed() {
    var told = Command.run("producer", "--protocol", "AMQP", "--url", "tcp://localhost:1");
    assertThat(told.err()).contains("nobody listens at tcp://localhost:1");
  }

  @Test
  void noPasswordOfAnAddressIsPrinted() {
    for (var url :
        List.of(
            "tcp://localhost:1?jms.password=geheim",
            "tcp://me:geheim@localhost:1",
            "http://u:geheim@h")) {
      var told = Command.run("producer", "--url", url, "--message-count", 1);
      assertThat(told.exit()).isNotZero();
      assertThat(told.toString()).contains("***").doesNotContain("geheim");
    }
    var told =
        Command.run("status", "--url", "http://u:geheim@localhost:1", "--user=a", "--password=b");
    assertThat(told.exit()).isEqualTo(Exit.USAGE.code());
    assertThat(told.toString()).doesNotContain("geheim");
  }

  /// What a script reads holds no question, and a password may begin and end with blanks.
  @Test
  void questionsArePartOfNoOutputAndPasswordsAreTakenAsTheyAre(@TempDir Path folder)
      throws IOException {
    var instance = folder.resolve("one");
    var in = System.in;
    System.setIn(new ByteArrayInputStream(" admin \n blank \n".getBytes(StandardCharsets.UTF_8)));
    try {
      var created = Command.run("create", instance);
      assertThat(created.exit()).as(created.toString()).isZero();
      assertThat(created.out()).startsWith("Created the instance");
      assertThat(created.err()).contains("--user, ").contains("--password, ");
    } finally {
      System.setIn(in);
    }
    var made = new Instance(instance);
    var users = Users.open(made.users(), made.roles());
    assertThat(users.login("admin", " blank ")).isPresent();
    assertThat(users.login("admin", "blank")).isEmpty();
  }

  @Test
  void anImportFromTheStandardInputReadsNoPasswordFromIt() {
    var told = Command.run("data", "imp", "-", "--user", "a", "--url", "tcp://localhost:1");
    assertThat(told.exit()).isEqualTo(Exit.USAGE.code());
    assertThat(told.err()).startsWith("baton: --user needs --password");
  }

  @Test
  void filesOfALoadAreOpenedBeforeIt(@TempDir Path folder) {
    var file = folder.resolve("none/at all");
    var told = Command.run("perf", "client", "--url=tcp://localhost:1", "--json", file);
    assertThat(told.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(told.err()).startsWith("baton: --json: ").doesNotContain("nobody listens");
  }

  @Test
  void aHostThatNobodyKnowsIsNotSaidToBeStopped(@TempDir Path folder) throws IOException {
    var status =
        Command.run("status", "--url=http://no.such.host.invalid:1", "--user=a", "--password=b");
    assertThat(status.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(status.err()).contains("the host is not known");
    var file = Files.createFile(folder.resolve("export"));
    var told = Command.run("data", "imp", file, "--url", "tcp://no.such.host.invalid:1");
    assertThat(told.err()).contains("the host is not known");
  }

  /// A broker elsewhere would get what is meant for that of the instance.
  @Test
  void anInstanceThatDoesNotSayWhereItsBrokerIsIsNotGuessed(@TempDir Path folder)
      throws IOException {
    var instance = folder.resolve("one");
    assertThat(Command.run("create", instance, "--silent", "--password", "p").exit()).isZero();
    assertThat(ConnectionOptions.listens(new Instance(instance))).contains("tcp://localhost:61616");
    Files.writeString(instance.resolve("etc/broker.xml"), "<configuration");
    assertThatThrownBy(() -> ConnectionOptions.listens(new Instance(instance)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("broker.xml has errors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify", "print", "exp"})
  void aStoreIsAskedForByWhatTheCommandTakes(String word) {
    var told = Command.run("data", word);
    assertThat(told.exit()).as(told.toString()).isEqualTo(Exit.USAGE.code());
    assertThat(told.err()).contains("data " + word + " needs DIR").doesNotContain("--instance");
  }

  /// A login on a busy machine takes longer than a person waits without a word; it is not looked for.
  @Test
  void aSlowBrokerAtOneAddressIsNotSaidToBeMissing() throws IOException {
    try (var slow = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var url = "tcp://127.0.0.1:" + slow.getLocalPort() + "?jms.connectTimeout=4000";
      var told = Command.run("producer", "--url", url, "--message-count", 1);
      assertThat(told.exit()).isEqualTo(Exit.FAILED.code());
      assertThat(told.err()).startsWith("baton: ").doesNotContain("still trying");
    }
  }

  @Test
  void nobodyAtTheAddressIsASentence() {
    var told = Command.run("producer", "--url", "tcp://localhost:1", "--message-count", 1);
    assertThat(told.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(told.err())
        .isEqualTo("baton: nobody listens at tcp://localhost:1; is the broker running?\n");
  }

  @ParameterizedTest
  @CsvSource({
    "admin.properties, port = x,            port: \"x\" is not a whole number",
    "login.properties, allow-anonymous = x, allow-anonymous: \"x\" is not true or false"
  })
  void aCheckOfTheConfigurationReadsWhatRunReads(
      String file, String line, String wrong, @TempDir Path folder) throws IOException {
    var instance = folder.resolve("one");
    assertThat(Command.run("create", instance, "--silent", "--password", "p").exit()).isZero();
    assertThat(Command.run("check", "config", "--instance", instance).exit()).isZero();
    Files.writeString(instance.resolve("etc").resolve(file), line);
    var checked = Command.run("check", "config", "--instance", instance);
    assertThat(checked.exit()).as(checked.toString()).isEqualTo(Exit.FAILED.code());
    assertThat(checked.out()).contains(file + ": " + wrong).contains("1 errors");
    assertThat(Command.run("check", "config", "--json", "--instance", instance).out())
        .contains("\"usable\": false", file);
  }

  @Test
  void outputThatNobodyTakesIsAFailure() {
    var err = new StringWriter();
    int code = Main.run(new PrintWriter(new FullDisk(0), true), new PrintWriter(err), "version");
    assertThat(code).isEqualTo(Exit.FAILED.code());
    assertThat(err.toString()).startsWith("baton: what was printed did not all arrive");
  }

  @Test
  void everyExitCodeIsDocumentedUnderItsName() throws IOException {
    var page = Files.readString(Path.of("../docs/exit-codes.md"));
    for (var exit : Exit.values()) {
      assertThat(page).contains("| %d | `%s` |".formatted(exit.code(), exit));
    }
    for (var code : ExitCode.values()) {
      assertThat(page).contains("| %d | `%s` |".formatted(code.code(), code));
    }
  }
}
