package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.RoutingType;
import io.batonmq.server.config.AddressSettings.FullPolicy;
import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.config.HaPolicy.SharedStore;
import io.batonmq.server.config.HaPolicy.Single;
import io.batonmq.server.config.Problem.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
  @TempDir Path instance;

  @Test
  void anEmptyCoreMeansTheDefaults() {
    var config = config("<name>a</name>");
    assertThat(config.name()).isEqualTo("a");
    assertThat(config.journal()).isEqualTo(new Journal(10 << 20, true));
    assertThat(config.limits()).isEqualTo(new Limits(90, -1));
    assertThat(config.ha()).isEqualTo(new Single());
    assertThat(config.securityEnabled()).isTrue();
    assertThat(config.directories().journal()).isEqualTo(real().resolve("data/journal"));
    assertThat(config.settings("any")).isEqualTo(AddressSettings.DEFAULT);
    assertThat(config.roles("any", Permission.SEND)).isEmpty();
  }

  @Test
  void aNodeWithoutANameIsCalledLikeItsDirectory() {
    assertThat(config("").name()).isEqualTo(real().getFileName().toString());
  }

  @Test
  void pathsStartAtTheInstance() {
    var config =
        config(
            """
            <journal-directory>../sharedstore/data/journal</journal-directory>
            <paging-directory>/mnt/store/paging</paging-directory>
            """);
    assertThat(config.directories().journal())
        .isEqualTo(real().getParent().resolve("sharedstore/data/journal"));
    assertThat(config.directories().paging()).isEqualTo(Path.of("/mnt/store/paging"));
  }

  @ParameterizedTest
  @CsvSource({
    "10485760,10485760",
    "100K,102400",
    "10M,10485760",
    "10MiB,10485760",
    "10mb,10485760",
    "1G,1073741824",
    "64 K,65536"
  })
  void sizesMayHaveUnits(String text, long bytes) {
    var config = config("<journal-file-size>" + text + "</journal-file-size>");
    assertThat(config.journal().fileSize()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "master,PRIMARY",
    "primary,PRIMARY",
    "slave,BACKUP",
    "backup,BACKUP",
  })
  void bothGenerationsOfNamesAreRead(String tag, Role role) {
    var config =
        config(CLUSTER + "<ha-policy><shared-store><" + tag + "/></shared-store></ha-policy>");
    var expected = new SharedStore(role, false, role == Role.BACKUP, Duration.ofSeconds(10));
    assertThat(config.ha()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"live-only", "primary-only"})
  void aloneIsAPolicyToo(String tag) {
    assertThat(config("<ha-policy><" + tag + "/></ha-policy>").ha()).isEqualTo(new Single());
  }

  @Test
  void sharedStoreSettingsAreRead() {
    var config =
        config(
            CLUSTER
                + """
                <ha-policy><shared-store><backup>
                  <failover-on-shutdown>true</failover-on-shutdown>
                  <allow-failback>false</allow-failback>
                  <failover-stall-timeout>3000</failover-stall-timeout>
                </backup></shared-store></ha-policy>
                """);
    assertThat(config.ha())
        .isEqualTo(new SharedStore(Role.BACKUP, true, false, Duration.ofSeconds(3)));
    assertThat(config.cluster().announced()).contains(new Connector("a", "one", 61616));
    assertThat(config.cluster().peers()).containsExactly(new Connector("b", "two", 61617));
    assertThat(config.cluster().credentials())
        .contains(new Cluster.Credentials("admin", "hidden"))
        .get()
        .asString()
        .doesNotContain("hidden");
  }

  @Test
  void anAcceptorSpeaksWhatBothSpeak() {
    var result =
        read(
            """
            <acceptors>
              <acceptor name="all">tcp://0.0.0.0:61616</acceptor>
              <acceptor name="some">tcp://[::1]:5673?protocols=AMQP,STOMP;tcpSendBufferSize=7&amp;amqpCredits=1000</acceptor>
              <acceptor name="stomp">tcp://0.0.0.0:61613?protocols=STOMP</acceptor>
            </acceptors>
            """);
    var acceptors = result.config().orElseThrow().acceptors();
    assertThat(acceptors).extracting(Acceptor::name).containsExactly("all", "some");
    assertThat(acceptors).extracting(Acceptor::port).containsExactly(61616, 5673);
    assertThat(acceptors)
        .extracting(Acceptor::protocols)
        .containsExactly(Set.of(Protocol.AMQP, Protocol.OPENWIRE), Set.of(Protocol.AMQP));
    assertThat(acceptors.get(1).options())
        .isEqualTo(new Acceptor.Options(7, 1 << 20, true, -1, 1000, 300));
    assertThat(result.problems())
        .extracting(Problem::severity, Problem::line, Problem::message)
        .containsExactly(
            tuple(
                Severity.WARNING,
                5,
                "protocols: STOMP not spoken by Baton: AMQP, OPENWIRE clients only"),
            tuple(Severity.WARNING, 6, "is not opened: Baton speaks AMQP, OPENWIRE only"));
  }

  @Test
  void whatAnArtemisInstallationAcceptsIsAccepted() {
    var result =
        read(
            """
            <acceptors>
              <acceptor name="artemis">tcp://0.0.0.0:61616?tcpSendBufferSize=1048576;tcpReceiveBufferSize=1048576;amqpMinLargeMessageSize=102400;protocols=CORE,AMQP,STOMP,HORNETQ,MQTT,OPENWIRE;useEpoll=true;amqpCredits=1000;amqpLowCredits=300;amqpDuplicateDetection=true;supportAdvisory=false;suppressInternalManagementObjects=false</acceptor>
              <acceptor name="amqp">tcp://0.0.0.0:5672?protocols=AMQP;useEpoll=true;amqpDuplicateDetection=true</acceptor>
            </acceptors>
            <persistence-enabled>true</persistence-enabled>
            <journal-type>NIO</journal-type>
            <journal-buffer-timeout>4000</journal-buffer-timeout>
            <max-redelivery-records>1</max-redelivery-records>
            <critical-analyzer>true</critical-analyzer>
            <critical-analyzer-policy>HALT</critical-analyzer-policy>
            <disk-scan-period>5000</disk-scan-period>
            """);
    assertThat(result.errors()).isEmpty();
    assertThat(result.config().orElseThrow().acceptors()).hasSize(2);
    assertThat(result.problems())
        .filteredOn(problem -> problem.element().equals("configuration/core/journal-type"))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.severity()).isEqualTo(Severity.WARNING);
          assertThat(problem.line()).isEqualTo(8);
          assertThat(problem.message()).contains("no effect");
        });
  }

  @Test
  void theSpecialSettingStandsOverTheGeneral() {
    var config =
        config(
            """
            <address-settings>
              <address-setting match="orders.eu">
                <max-delivery-attempts>-1</max-delivery-attempts>
                <max-size-bytes>10M</max-size-bytes>
                <address-full-policy>FAIL</address-full-policy>
              </address-setting>
              <address-setting match="#">
                <dead-letter-address>DLQ</dead-letter-address>
                <max-delivery-attempts>3</max-delivery-attempts>
                <expiry-delay>5000</expiry-delay>
                <min-expiry-delay>10</min-expiry-delay>
                <max-expiry-delay>20</max-expiry-delay>
                <no-expiry>true</no-expiry>
                <auto-create-dead-letter-resources>true</auto-create-dead-letter-resources>
                <dead-letter-queue-prefix>dead.</dead-letter-queue-prefix>
                <dead-letter-queue-suffix></dead-letter-queue-suffix>
                <auto-create-expiry-resources>true</auto-create-expiry-resources>
                <expiry-queue-prefix>old.</expiry-queue-prefix>
                <expiry-queue-suffix>.queue</expiry-queue-suffix>
                <auto-delete-queues>false</auto-delete-queues>
              </address-setting>
              <address-setting match="orders.#">
                <dead-letter-address>DLQ.orders</dead-letter-address>
                <redelivery-delay>250</redelivery-delay>
                <redelivery-delay-multiplier>1.5</redelivery-delay-multiplier>
                <max-redelivery-delay>9000</max-redelivery-delay>
                <redelivery-collision-avoidance-factor>0.15</redelivery-collision-avoidance-factor>
                <expiry-delay>-1</expiry-delay>
                <dead-letter-queue-suffix>.dead</dead-letter-queue-suffix>
                <default-queue-routing-type>anycast</default-queue-routing-type>
              </address-setting>
            </address-settings>
            """);
    var eu = config.settings("orders.eu");
    assertThat(eu.maxDeliveryAttempts()).isEqualTo(-1);
    assertThat(eu.maxSizeBytes()).isEqualTo(10 << 20);
    assertThat(eu.fullPolicy()).isEqualTo(FullPolicy.FAIL);
    assertThat(eu.deadLetterAddress()).contains("DLQ.orders");
    assertThat(eu.times().redeliveryDelay()).contains(Duration.ofMillis(250));
    assertThat(eu.times().redeliveryDelayMultiplier()).contains(1.5);
    assertThat(eu.times().redeliveryCollisionAvoidanceFactor()).contains(0.15);
    assertThat(eu.times().maxRedeliveryDelay()).contains(9_000);
    assertThat(eu.times().expiryDelay()).contains(-1);
    assertThat(eu.times().minExpiryDelay()).contains(10);
    assertThat(eu.times().maxExpiryDelay()).contains(20);
    assertThat(eu.times().noExpiry()).contains(true);
    assertThat(eu.times().deadLetterQueues().autoCreate()).contains(true);
    assertThat(eu.times().deadLetterQueues().prefix()).contains("dead.");
    assertThat(eu.times().deadLetterQueues().suffix()).contains(".dead");
    assertThat(eu.times().expiryQueues().autoCreate()).contains(true);
    assertThat(eu.times().expiryQueues().prefix()).contains("old.");
    assertThat(eu.times().expiryQueues().suffix()).contains(".queue");
    assertThat(config.settings("bills").times().expiryDelay()).contains(5_000);
    assertThat(config.settings("bills").times().deadLetterQueues().suffix()).contains("");
    assertThat(eu.defaultQueueRoutingType()).isEqualTo(RoutingType.ANYCAST);
    assertThat(eu.autoDelete().queues()).contains(false);
    assertThat(config.settings("orders.us").maxDeliveryAttempts()).isEqualTo(3);
    assertThat(config.settings("bills").deadLetterAddress()).contains("DLQ");
  }

  @Test
  void theMostSpecialSecuritySettingCountsAlone() {
    var config =
        config(
            """
            <security-settings>
              <security-setting match="#">
                <permission type="send" roles="amq, guests"/>
                <permission type="consume" roles="amq"/>
              </security-setting>
              <security-setting match="bank.*"><permission type="send" roles="tellers"/></security-setting>
            </security-settings>
            """);
    assertThat(config.roles("x", Permission.SEND)).containsExactlyInAnyOrder("amq", "guests");
    assertThat(config.roles("bank.till", Permission.SEND)).containsExactly("tellers");
    assertThat(config.roles("bank.till", Permission.CONSUME)).isEmpty();
  }

  @Test
  void theOtherThreeDirectoriesAreAcceptedWithALine() {
    var result =
        read(
            """
            <paging-directory>p</paging-directory>
            <journal-directory>j</journal-directory>
            <bindings-directory>b</bindings-directory>
            """);
    assertThat(result.problems())
        .filteredOn(problem -> problem.severity() == Severity.INFO)
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.toString())
                .contains(
                    "broker.xml:3:1: info: configuration/core/paging-directory:"
                        + " paging-directory, bindings-directory: not used"));
  }

  @Test
  void namespacesAndCommentsMakeNoDifference() throws IOException {
    var file = instance.resolve("spaces.xml");
    Files.writeString(
        file,
        """
        \uFEFF<?xml version="1.0" encoding="UTF-8"?>\r
        <!-- a comment -->\r
        <c:configuration xmlns:c="urn:activemq" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\r
            xsi:schemaLocation="urn:activemq schema">\r
          <k:core xmlns:k="urn:activemq:core"><k:name>M\u00fcller<!-- x --> &amp; <![CDATA[<Co>]]></k:name></k:core>\r
        </c:configuration>\r
        """);
    var result = ConfigReader.read(file, instance);
    assertThat(result.errors()).isEmpty();
    assertThat(result.config().orElseThrow().name()).isEqualTo("M\u00fcller & <Co>");
  }

  private static final String CLUSTER =
      """
      <connectors>
        <connector name="a">tcp://one:61616</connector>
        <connector name="b">tcp://two:61617</connector>
      </connectors>
      <cluster-user>admin</cluster-user>
      <cluster-password>hidden</cluster-password>
      <cluster-connections>
        <cluster-connection name="pair">
          <connector-ref>a</connector-ref>
          <static-connectors><connector-ref>b</connector-ref></static-connectors>
        </cluster-connection>
      </cluster-connections>
      """;

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.api.Assertions.tuple(values);
  }

  private Path real() {
    try {
      return instance.toRealPath();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private BrokerConfig config(String core) {
    return CoreFile.config(instance, core);
  }

  private ConfigResult read(String core) {
    return CoreFile.read(instance, core);
  }
}
