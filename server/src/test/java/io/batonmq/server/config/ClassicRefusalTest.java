package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot be honoured says so, with its place and with what to write instead. What stands in the broker starts
/// in line 2.
class ClassicRefusalTest {
  @TempDir Path base;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "<wombat/>|2:1: error: broker/wombat: is not known here",
        "<transportConnectors><transportConector"
            + " uri='tcp://h:1'/></transportConnectors>|did you mean transportConnector?",
        "<persistenceAdapter><jdbcPersistenceAdapter"
            + " dataSource='#db'/></persistenceAdapter>|2:21: error:"
            + " broker/persistenceAdapter/jdbcPersistenceAdapter: dataSource is not honoured: there"
            + " is no database store yet",
        "<persistenceAdapter><kahaDB><locker><lease-database-locker/></locker></kahaDB></persistenceAdapter>|must"
            + " not decide by a file",
        "<persistenceAdapter><replicatedLevelDB/></persistenceAdapter>|this dialect has no"
            + " replicated store yet",
        "<persistenceAdapter><kahaDB/><levelDB/></persistenceAdapter>|there is another store",
        "<services><masterConnector"
            + " remoteURI='tcp://localhost:62001'/></services>|masterConnector is not honoured:"
            + " this dialect has no replicated store yet: let both brokers share a directory",
        "<networkConnectors/>|networkConnectors is not honoured: messages do not move between"
            + " brokers",
        "<transportConnectors><transportConnector uri='ssl://h:1'/></transportConnectors>|needs an"
            + " <sslContext>",
        "<transportConnectors><transportConnector uri='h:1'/></transportConnectors>|is not a URI",
        "<transportConnectors><transportConnector/></transportConnectors>|needs the attribute uri",
        "<transportConnectors><transportConnector uri='tcp://h:1'/><transportConnector"
            + " uri='nio://h:1'/></transportConnectors>|has the name or port of the connector",
        "<destinations><queue physicalName='a.>'/></destinations>|only names can be created",
        "<destinationInterceptors><virtualDestinationInterceptor><virtualDestinations><virtualTopic"
            + " name='>'/></virtualDestinations></virtualDestinationInterceptor></destinationInterceptors>|virtualTopic:"
            + " name is not honoured: virtual topics are VirtualTopic.>",
        "<destinationInterceptors><mirroredQueue/></destinationInterceptors>|queues are not"
            + " mirrored",
        "<plugins><bean class='x.Y'/></plugins>|no class is loaded by name",
        "<plugins><jaasCertificateAuthenticationPlugin/></plugins>|says by its login, not by its"
            + " certificate",
        "<plugins><jaasAuthenticationPlugin configuration='x'/></plugins>|login.config is not"
            + " there",
        "<plugins><authorizationPlugin/></plugins>|needs a plug-in beside it",
        "<plugins><statisticsBrokerPlugin/></plugins>|there is no such plug-in",
        "<destinationPolicy><policyMap><policyEntries><policyEntry"
            + " topic='>'><subscriptionRecoveryPolicy><queryBasedSubscriptionRecoveryPolicy/></subscriptionRecoveryPolicy></policyEntry></policyEntries></policyMap></destinationPolicy>|a"
            + " topic keeps messages by their number",
        "<destinationPolicy><policyMap><policyEntries><policyEntry"
            + " topic='>'><subscriptionRecoveryPolicy><fixedCountSubscriptionRecoveryPolicy"
            + " maximumSize='10001'/></subscriptionRecoveryPolicy></policyEntry></policyEntries></policyMap></destinationPolicy>|a"
            + " whole number from 1 to 10000",
        "<destinationPolicy><policyMap><policyEntries><policyEntry"
            + " topic='>'><subscriptionRecoveryPolicy><lastImageSubscriptionRecoveryPolicy/><timedSubscriptionRecoveryPolicy/></subscriptionRecoveryPolicy></policyEntry></policyEntries></policyMap></destinationPolicy>|keep"
            + " one of them",
        "<destinationPolicy><policyMap><policyEntries><policyEntry/></policyEntries></policyMap></destinationPolicy>|needs"
            + " queue=",
        "<systemUsage><systemUsage sendFailIfNoSpaceAfterTimeout='5'/></systemUsage>|a send waits,"
            + " or fails at once",
        "<sslContext/>|has no <sslContext keyStore",
      })
  void refusedWithItsPlace(String content, String message) {
    var result = ClassicFile.read(base, "<broker>\n" + content + "</broker>");
    assertThat(result.config()).isEmpty();
    assertThat(result.errors())
        .anySatisfy(problem -> assertThat(problem.toString()).contains(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "masterConnectorURI='tcp://m:1'|this dialect has no replicated store yet",
        "waitForSlave='true'|this dialect has no replicated store yet",
        "shutdownOnMasterFailure='true'|this dialect has no replicated store yet",
        "shutdownOnSlaveFailure='true'|this dialect has no replicated store yet",
        "brokerName='${nobody.knows}'|${nobody.knows} is not known: give it with -Dnobody.knows=",
        "brokerName='${open'|${ without }",
        "brokerName='ENC(abc)'|is encrypted",
        "useVirtualTopics='false'|always gather what is sent to VirtualTopic.t",
        "useMirroredQueues='true'|queues are not mirrored",
        "borkerName='x'|did you mean brokerName?",
        "persistent='maybe'|is not true or false",
      })
  void attributesOfTheBrokerToo(String attribute, String message) {
    var result = ClassicFile.read(base, "<broker " + attribute + "/>");
    assertThat(result.config()).isEmpty();
    assertThat(result.errors())
        .singleElement()
        .satisfies(problem -> {
          assertThat(
                  problem.message()
                      + problem.didYouMean().map(x -> "did you mean " + x + "?").orElse(""))
              .contains(message);
          assertThat(problem.line()).isEqualTo(1);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shutdownOnMasterFailure='false'",
        "waitForSlave='false'",
        "useVirtualTopics='true'",
        "persistent='true'",
        "masterConnectorURI=''"
      })
  void whatAsksForNothingIsSilent(String attribute) {
    var result =
        ClassicFile.read(
            base,
            "<broker "
                + attribute
                + "><transportConnectors><transportConnector"
                + " uri='amqp://h:1'/></transportConnectors></broker>");
    assertThat(result.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"useJmx='true'", "persistent='false'", "startAsync='true'"})
  void whatHarmsNobodyIsAWarning(String attribute) {
    var result = ClassicFile.read(base, "<broker " + attribute + "/>");
    assertThat(result.config()).isPresent();
    assertThat(result.problems())
        .anySatisfy(problem ->
            assertThat(problem.toString())
                .contains("warning", attribute.substring(0, attribute.indexOf('='))));
  }

  @Test
  void placeholdersThatLeadInACircleEnd() {
    var result =
        ClassicFile.read(base, "<broker brokerName='${a}'/>", Map.of("a", "${b}", "b", "x${a}"));
    assertThat(result.errors())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("leads back to itself"));
  }

  @Test
  void placeholdersDoNotGrowWithoutEnd() {
    var properties = new HashMap<String, String>();
    properties.put("a0", "0123456789".repeat(10));
    for (int i = 1; i < 10; i++) {
      properties.put("a" + i, ("${a" + (i - 1) + "}").repeat(10));
    }
    var result = ClassicFile.read(base, "<broker brokerName='${a9}'/>", properties);
    assertThat(result.errors())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("is longer than"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shared-file-system-kahadb",
        "shared-file-system-leveldb",
        "shared-file-system-amq"
      })
  void theSharedFileSystemPageStarts(String seed) throws IOException {
    var config = ClassicFile.broker(base, ClassicFile.seed(seed));
    assertThat(config.directories().journal())
        .isEqualTo(Path.of("/sharedFileSystem/sharedBrokerData"));
    assertThat(config.ha()).isInstanceOf(HaPolicy.SharedStore.class);
  }

  @Test
  void thePureMasterSlavePageIsRefusedUntilThereIsAReplicatedStore() throws IOException {
    var slave = ClassicFile.read(base, ClassicFile.seed("pure-master-slave"));
    assertThat(slave.errors())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.line()).isEqualTo(1);
          assertThat(problem.message())
              .startsWith(
                  "masterConnectorURI is not honoured: this dialect has no replicated store yet");
        });
    var connector = ClassicFile.read(base, ClassicFile.seed("pure-master-slave-connector"));
    assertThat(connector.errors())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.line()).isEqualTo(3);
          assertThat(problem.element()).isEqualTo("broker/services/masterConnector");
        });
  }
}
