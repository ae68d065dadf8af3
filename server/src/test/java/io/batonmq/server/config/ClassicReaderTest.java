package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.batonmq.message.RoutingType;
import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.config.HaPolicy.SharedStore;
import io.batonmq.server.config.Problem.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicReaderTest {
  @TempDir Path folder;
  private Path base;

  @BeforeEach
  void realFolder() throws IOException {
    base = folder.toRealPath();
  }

  @Test
  void anEmptyBrokerMeansTheDefaultsOfClassic() {
    var config = ClassicFile.broker(base, "");
    assertThat(config.name()).isEqualTo("localhost");
    assertThat(config.directories().journal())
        .isEqualTo(base.resolve("activemq-data/localhost/KahaDB"));
    assertThat(config.ha())
        .isEqualTo(new SharedStore(Role.BACKUP, true, false, Duration.ofSeconds(10)));
    assertThat(config.securityEnabled()).isFalse();
    assertThat(config.storeUse()).isEqualTo(StoreUse.DEFAULT);
    assertThat(config.wildcards()).isEqualTo(ClassicValues.WILDCARDS);
    assertThat(config.queueScanPeriod()).isZero();
    assertThat(config.settings("any").deadLetterAddress()).contains("ActiveMQ.DLQ");
    assertThat(config.settings("any").expiryAddress()).contains("ActiveMQ.DLQ");
    assertThat(config.settings("any").maxDeliveryAttempts()).isEqualTo(-1);
    assertThat(config.settings("any").defaultAddressRoutingType()).isEqualTo(RoutingType.ANYCAST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<broker brokerName='b'/>",
        "<broker brokerName='b' xmlns='http://activemq.apache.org/schema/core'/>",
        "<beans><broker brokerName='b'/></beans>",
        "<beans xmlns='http://www.springframework.org/schema/beans'"
            + " xmlns:amq='http://activemq.apache.org/schema/core'><amq:broker"
            + " brokerName='b'/></beans>"
      })
  void aBrokerStandsAloneOrInBeansWithAndWithoutANamespace(String xml) {
    var result = ClassicFile.read(base, xml);
    assertThat(result.errors()).isEmpty();
    assertThat(result.config().orElseThrow().name()).isEqualTo("b");
  }

  @ParameterizedTest
  @CsvSource({
    "kahaDB,directory,KahaDB",
    "levelDB,directory,LevelDB",
    "amqPersistenceAdapter,directory,AmqPersistenceAdapter",
    "mKahaDB,directory,MKahaDB",
    "journaledJDBC,dataDirectory,journal",
    "jdbcPersistenceAdapter,dataDirectory,journal",
  })
  void eachStoreIsBatonsOwnLogInItsDirectory(String store, String attribute, String usual) {
    var named =
        ClassicFile.read(
            base,
            "<broker><persistenceAdapter>\n<%s %s='/shared/data'/></persistenceAdapter></broker>"
                .formatted(store, attribute));
    assertThat(named.config().orElseThrow().directories().journal())
        .isEqualTo(Path.of("/shared/data"));
    assertThat(warnings(named))
        .anySatisfy(line -> assertThat(line).contains(":2:1: warning: ", "Baton's own log"));
    var unnamed =
        ClassicFile.broker(base, "<persistenceAdapter><" + store + "/></persistenceAdapter>");
    assertThat(unnamed.directories().journal())
        .isEqualTo(base.resolve("activemq-data/localhost").resolve(usual));
  }

  @Test
  void whatIsSaidOfTheStoreAndItsLockIsRead() {
    var config =
        ClassicFile.broker(
            base,
            """
            <persistenceAdapter>
              <kahaDB directory="${activemq.data}/kahadb" journalMaxFileLength="1mb"
                  journalDiskSyncStrategy="never" lockKeepAlivePeriod="5000" useLock="true">
                <locker><shared-file-locker lockAcquireSleepInterval="500" failIfLocked="true"/></locker>
              </kahaDB>
            </persistenceAdapter>
            """);
    assertThat(config.directories().journal()).isEqualTo(base.resolve("data/kahadb"));
    assertThat(config.journal()).isEqualTo(new Journal(1 << 20, false));
    assertThat(config.storeUse()).isEqualTo(new StoreUse(false, true, false));
  }

  @Test
  void whatIsSaidOfTheBrokerIsRead() {
    var config =
        ClassicFile.read(
                base,
                """
                <broker brokerName="a" dataDirectory="data" deleteAllMessagesOnStartup="true"
                    restartAllowed="true" populateJMSXUserID="true" useJmx="false"
                    schedulePeriodForDestinationPurge="10000"/>
                """)
            .config()
            .orElseThrow();
    assertThat(config.name()).isEqualTo("a");
    assertThat(config.directories().journal()).isEqualTo(base.resolve("data/a/KahaDB"));
    assertThat(config.storeUse()).isEqualTo(new StoreUse(true, false, true));
    assertThat(config.populateValidatedUser()).isTrue();
    assertThat(config.queueScanPeriod()).isEqualTo(10_000);
  }

  @Test
  void connectorsAreAcceptorsIfBatonSpeaksWhatTheyAreFor() {
    var result =
        ClassicFile.read(
            base,
            """
            <broker><transportConnectors>
              <transportConnector name="openwire" uri="tcp://0.0.0.0:61616?maximumConnections=1000&amp;wireFormat.maxFrameSize=104857600"/>
              <transportConnector name="amqp" uri="amqp://0.0.0.0:5672?transport.soTimeout=5"/>
              <transportConnector uri="auto+nio://one:61617"/>
              <transportConnector name="stomp" uri="stomp://0.0.0.0:61613"/>
              <transportConnector name="mqtt" uri="mqtt+nio://0.0.0.0:1883"/>
              <transportConnector name="ws" uri="ws://0.0.0.0:61614"/>
            </transportConnectors></broker>
            """);
    assertThat(result.errors()).isEmpty();
    var config = result.config().orElseThrow();
    assertThat(config.acceptors())
        .extracting(Acceptor::name, Acceptor::host, Acceptor::port)
        .containsExactly(
            tuple("openwire", "0.0.0.0", 61616),
            tuple("amqp", "0.0.0.0", 5672),
            tuple("auto+nio://one:61617", "one", 61617));
    assertThat(config.acceptors().get(1).protocols()).isEqualTo(Set.of(Protocol.AMQP));
    assertThat(config.acceptors().getFirst().protocols()).contains(Protocol.AMQP);
    assertThat(config.cluster().announced()).map(Connector::host).contains("one");
    assertThat(warnings(result)).filteredOn(line -> line.contains("is not opened")).hasSize(3);
  }

  @Test
  void usageIsTheLimitOfMemory() {
    var config =
        ClassicFile.broker(
            base,
            """
            <systemUsage><systemUsage>
              <memoryUsage><memoryUsage limit="64 mb"/></memoryUsage>
              <storeUsage><storeUsage limit="100 gb"/></storeUsage>
              <tempUsage><tempUsage limit="50 gb"/></tempUsage>
            </systemUsage></systemUsage>
            """);
    assertThat(config.limits()).isEqualTo(new Limits(90, 64 << 20));
    var percent =
        ClassicFile.broker(
            base,
            "<systemUsage><systemUsage><memoryUsage><memoryUsage percentOfJvmHeap='70'/>"
                + "</memoryUsage></systemUsage></systemUsage>");
    assertThat(percent.limits().globalMaxSize())
        .isEqualTo(Runtime.getRuntime().maxMemory() / 100 * 70);
  }

  @Test
  void destinationsAndCompositesAreMade() {
    var config =
        ClassicFile.broker(
            base,
            """
            <destinations>
              <queue physicalName="FOO.BAR"/>
              <topic physicalName="SOME.TOPIC"/>
            </destinations>
            <destinationInterceptors><virtualDestinationInterceptor><virtualDestinations>
              <compositeQueue name="MY.QUEUE" forwardOnly="false"><forwardTo>
                <queue physicalName="FOO"/>
                <topic physicalName="BAR"/>
                <filteredDestination selector="odd = 'yes'" queue="ODD"/>
              </forwardTo></compositeQueue>
              <virtualTopic name="VirtualTopic.&gt;" prefix="Consumer.*." selectorAware="false"/>
              <compositeTopic name="MY.TOPIC"><forwardTo><queue physicalName="T"/></forwardTo></compositeTopic>
            </virtualDestinations></virtualDestinationInterceptor></destinationInterceptors>
            """);
    assertThat(config.addresses())
        .extracting(AddressConfig::name)
        .containsExactly("FOO.BAR", "SOME.TOPIC");
    assertThat(config.addresses().getFirst().queues()).hasSize(1);
    assertThat(config.addresses().getLast().routingTypes()).containsExactly(RoutingType.MULTICAST);
    assertThat(config.diverts())
        .extracting(DivertConfig::forwardingAddress, DivertConfig::exclusive, DivertConfig::kind)
        .containsExactly(
            tuple("FOO", false, DivertConfig.Kind.ANYCAST),
            tuple("BAR", false, DivertConfig.Kind.MULTICAST),
            tuple("ODD", false, DivertConfig.Kind.ANYCAST),
            tuple("T", true, DivertConfig.Kind.ANYCAST));
    assertThat(config.diverts().get(2).filter()).contains("odd = 'yes'");
  }

  @Test
  void placeholdersComeFromFilesThenFromTheProcessThenFromTheFolder() throws IOException {
    Files.createDirectories(ClassicFile.conf(base));
    Files.writeString(
        ClassicFile.conf(base).resolve("credentials.properties"),
        "broker.name=of.the.file\nstore=${activemq.base}/store/${broker.name}\n");
    var result =
        ClassicFile.read(
            base,
            """
            <beans>
              <bean class="org.springframework.beans.factory.config.PropertyPlaceholderConfigurer">
                <property name="locations"><value>file:${activemq.conf}/credentials.properties</value></property>
              </bean>
              <broker brokerName="${broker.name}" dataDirectory="${told}/${none:usual}">
                <persistenceAdapter><kahaDB directory="${store}"/></persistenceAdapter>
              </broker>
            </beans>
            """,
            Map.of("told", "/by/process", "broker.name", "of.the.process"));
    assertThat(result.errors()).isEmpty();
    var config = result.config().orElseThrow();
    assertThat(config.name()).isEqualTo("of.the.file");
    assertThat(config.directories().journal()).isEqualTo(base.resolve("store/of.the.file"));
    assertThat(config.directories().paging()).isEqualTo(Path.of("/by/process/usual/of.the.file"));
  }

  /// What stands in other beans is not replaced: nobody asks for it.
  @Test
  void beansThatDoNothingAreWarnedOf() {
    var result =
        ClassicFile.read(
            base,
            """
            <beans>
              <bean id="logQuery" class="io.fabric8.insight.log.log4j.Log4jLogQuery">${nobody.knows}</bean>
              <import resource="jetty.xml"/>
              <broker/>
            </beans>
            """);
    assertThat(result.errors()).isEmpty();
    assertThat(warnings(result))
        .anySatisfy(line -> assertThat(line).contains(":2:3: ", "makes no objects of classes"))
        .anySatisfy(line -> assertThat(line).contains(":3:3: ", "not imported"));
  }

  private static List<String> warnings(ConfigResult result) {
    return result.problems().stream()
        .filter(problem -> problem.severity() == Severity.WARNING)
        .map(Problem::toString)
        .toList();
  }
}
