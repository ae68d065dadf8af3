package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.config.AddressSettings.FullPolicy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of `policyEntry` and of `redeliveryPolicy`.
class ClassicPolicyTest {
  @TempDir Path base;

  @Test
  void theMostSpecialEntryDecidesAlone() {
    var config =
        policies(
            """
            <policyEntry queue=">" allConsumersExclusiveByDefault="true"/>
            <policyEntry queue="a.*" consumersBeforeDispatchStarts="2" timeBeforeDispatchStarts="500"/>
            <policyEntry queue="a.b" timeBeforeDispatchStarts="700"/>
            """);
    assertThat(config.settings("x").queues().exclusive()).contains(true);
    assertThat(config.settings("a.x").queues().exclusive()).contains(false);
    assertThat(config.settings("a.x").queues().consumersBeforeDispatch()).contains(2);
    assertThat(config.settings("a.x").queues().delayBeforeDispatch()).contains(500L);
    assertThat(config.settings("a.b").queues().consumersBeforeDispatch())
        .contains(Integer.MAX_VALUE);
    assertThat(config.settings("a.b").queues().delayBeforeDispatch()).contains(700L);
  }

  @Test
  void theDefaultEntryIsForTheOthers() {
    var config =
        ClassicFile.broker(
            base,
            """
            <destinationPolicy><policyMap>
              <defaultEntry><policyEntry allConsumersExclusiveByDefault="true"/></defaultEntry>
              <policyEntries><policyEntry queue="a.>"/></policyEntries>
            </policyMap></destinationPolicy>
            """);
    assertThat(config.settings("x").queues().exclusive()).contains(true);
    assertThat(config.settings("a.x").queues().exclusive()).contains(false);
  }

  @Test
  void deadMessagesGoWhereTheStrategySays() {
    var config =
        policies(
            """
            <policyEntry queue="own.>"><deadLetterStrategy>
              <individualDeadLetterStrategy queuePrefix="DLQ." useQueueForQueueMessages="true"/>
            </deadLetterStrategy></policyEntry>
            <policyEntry queue="shared.>"><deadLetterStrategy>
              <sharedDeadLetterStrategy processExpired="false">
                <deadLetterQueue><queue physicalName="Dead"/></deadLetterQueue>
              </sharedDeadLetterStrategy>
            </deadLetterStrategy></policyEntry>
            <policyEntry queue="none.>"><deadLetterStrategy><discarding/></deadLetterStrategy></policyEntry>
            """);
    var own = config.settings("own.a");
    assertThat(own.deadLetterAddress()).contains("DLQ");
    assertThat(own.times().deadLetterQueues().autoCreate()).contains(true);
    assertThat(own.times().deadLetterQueues().prefix()).contains("DLQ.");
    assertThat(own.times().expiryQueues().prefix()).contains("DLQ.");
    assertThat(config.settings("shared.a").deadLetterAddress()).contains("Dead");
    assertThat(config.settings("shared.a").expiryAddress()).contains("");
    assertThat(config.settings("none.a").deadLetterAddress()).contains("");
    assertThat(config.settings("other").deadLetterAddress()).contains("ActiveMQ.DLQ");
  }

  @Test
  void aLimitOfMemoryIsOneWhereTheCursorHasEverythingInMemory() {
    var config =
        policies(
            """
            <policyEntry queue="full" memoryLimit="1mb"><pendingQueuePolicy><vmQueueCursor/></pendingQueuePolicy></policyEntry>
            <policyEntry queue="open" memoryLimit="1mb" producerFlowControl="false"><pendingQueuePolicy><vmQueueCursor/></pendingQueuePolicy></policyEntry>
            <policyEntry queue="paged" memoryLimit="1mb"/>
            """);
    assertThat(config.settings("full").maxSizeBytes()).isEqualTo(1 << 20);
    assertThat(config.settings("full").fullPolicy()).isEqualTo(FullPolicy.BLOCK);
    assertThat(config.settings("open").maxSizeBytes()).isEqualTo(-1);
    assertThat(config.settings("paged").maxSizeBytes()).isEqualTo(-1);
  }

  @Test
  void sendsFailWhereTheUsageSaysSo() {
    var config =
        ClassicFile.broker(
            base,
            """
            <systemUsage><systemUsage sendFailIfNoSpace="true"/></systemUsage>
            <destinationPolicy><policyMap><policyEntries>
              <policyEntry queue="full" memoryLimit="1mb"><pendingQueuePolicy><vmQueueCursor/></pendingQueuePolicy></policyEntry>
            </policyEntries></policyMap></destinationPolicy>
            """);
    assertThat(config.settings("full").fullPolicy()).isEqualTo(FullPolicy.FAIL);
  }

  @Test
  void topicsKeepWhatThePolicySays() {
    var config =
        policies(
            """
            <policyEntry topic="last"><subscriptionRecoveryPolicy><lastImageSubscriptionRecoveryPolicy/></subscriptionRecoveryPolicy></policyEntry>
            <policyEntry topic="hundred"><subscriptionRecoveryPolicy><fixedCountSubscriptionRecoveryPolicy/></subscriptionRecoveryPolicy></policyEntry>
            <policyEntry topic="count"><subscriptionRecoveryPolicy><fixedCountSubscriptionRecoveryPolicy maximumSize="7"/></subscriptionRecoveryPolicy></policyEntry>
            <policyEntry topic="size"><subscriptionRecoveryPolicy><fixedSizedSubscriptionRecoveryPolicy/></subscriptionRecoveryPolicy></policyEntry>
            <policyEntry topic="time"><subscriptionRecoveryPolicy><timedSubscriptionRecoveryPolicy recoverDuration="500"/></subscriptionRecoveryPolicy></policyEntry>
            <policyEntry topic="none"><subscriptionRecoveryPolicy><noSubscriptionRecoveryPolicy/></subscriptionRecoveryPolicy></policyEntry>
            """);
    assertThat(config.settings("last").recovery()).isEqualTo(RecoverySettings.messages(1));
    assertThat(config.settings("hundred").recovery()).isEqualTo(RecoverySettings.messages(100));
    assertThat(config.settings("count").recovery()).isEqualTo(RecoverySettings.messages(7));
    assertThat(config.settings("size").recovery()).isEqualTo(RecoverySettings.bytes(6_553_600));
    assertThat(config.settings("time").recovery()).isEqualTo(RecoverySettings.millis(500));
    assertThat(config.settings("none").recovery()).isEqualTo(RecoverySettings.NONE);
    assertThat(config.settings("other").recovery()).isEqualTo(RecoverySettings.NONE);
  }

  @Test
  void unusedDestinationsGoAfterTheirTime() {
    var config =
        policies(
            "<policyEntry queue='>' gcInactiveDestinations='true'"
                + " inactiveTimeoutBeforeGC='30000'/>");
    assertThat(config.settings("a").autoDelete().queues()).contains(true);
    assertThat(config.settings("a").autoDelete().queuesDelay()).contains(30_000L);
    assertThat(config.settings("a").autoDelete().addresses()).contains(true);
    assertThat(policies("").settings("a").autoDelete().queues()).contains(false);
  }

  @Test
  void groupsHaveBucketsWhereTheFileSaysSo() {
    var config =
        policies(
            """
            <policyEntry queue="a"><messageGroupMapFactory><messageGroupHashBucketFactory bucketCount="16"/></messageGroupMapFactory></policyEntry>
            <policyEntry queue="b"><messageGroupMapFactory><simpleMessageGroupMapFactory/></messageGroupMapFactory></policyEntry>
            """);
    assertThat(config.settings("a").queues().groupBuckets()).contains(16);
    assertThat(config.settings("b").queues().groupBuckets()).contains(-1);
  }

  @Test
  void theBrokerTriesAgainWhereThePluginSaysSo() {
    var config =
        ClassicFile.broker(
            base,
            """
            <destinationPolicy><policyMap><policyEntries>
              <policyEntry queue=">" allConsumersExclusiveByDefault="true"/>
            </policyEntries></policyMap></destinationPolicy>
            <plugins><redeliveryPlugin><redeliveryPolicyMap><redeliveryPolicyMap>
              <redeliveryPolicyEntries>
                <redeliveryPolicy queue="often" maximumRedeliveries="20" redeliveryDelay="2000"/>
              </redeliveryPolicyEntries>
              <defaultEntry><redeliveryPolicy maximumRedeliveries="3" useExponentialBackOff="true"
                  initialRedeliveryDelay="100" backOffMultiplier="2" maximumRedeliveryDelay="5000"/></defaultEntry>
            </redeliveryPolicyMap></redeliveryPolicyMap></redeliveryPlugin></plugins>
            """);
    var often = config.settings("often");
    assertThat(often.maxDeliveryAttempts()).isEqualTo(21);
    assertThat(often.times().redeliveryDelay()).contains(Duration.ofSeconds(2));
    assertThat(often.queues().exclusive()).as("the entry for all queues").contains(true);
    var usual = config.settings("any");
    assertThat(usual.maxDeliveryAttempts()).isEqualTo(4);
    assertThat(usual.times().redeliveryDelay()).contains(Duration.ofMillis(100));
    assertThat(usual.times().redeliveryDelayMultiplier()).contains(2.0);
    assertThat(usual.times().maxRedeliveryDelay()).contains(5000);
  }

  @Test
  void twoEntriesThatSayOtherThingsOfOneNameAreRefused() {
    var result =
        read(
            "<policyEntry queue='>'/>\n"
                + "<policyEntry topic='>' allConsumersExclusiveByDefault='true'/>");
    assertThat(result.errors())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.line()).isEqualTo(3);
          assertThat(problem.message()).contains("than the entry in line 2");
        });
    assertThat(read("<policyEntry queue='>'/><policyEntry topic='>'/>").errors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "queuePrefetch='1'",
        "expireMessagesPeriod='0'",
        "useCache='false'",
        "persistJMSRedelivered='false'",
        "prioritizedMessages='false'"
      })
  void whatHasNoCounterpartAndLosesNothingIsAWarning(String attribute) {
    var result = read("<policyEntry queue='>' " + attribute + "/>");
    assertThat(result.errors()).isEmpty();
    assertThat(result.problems())
        .anySatisfy(problem ->
            assertThat(problem.toString())
                .contains("warning", attribute.substring(0, attribute.indexOf('='))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "persistJMSRedelivered='true'",
        "prioritizedMessages='true'",
        "advisoryWhenFull='false'"
      })
  void whatBatonDoesAnywayIsSilent(String attribute) {
    assertThat(read("<policyEntry queue='>' " + attribute + "/>").problems())
        .noneMatch(problem -> problem.element().endsWith("policyEntry"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"alwaysRetroactive='true'", "advisoryWhenFull='true'", "maxDestinations='5'"})
  void whatWouldBeMissedIsRefused(String attribute) {
    assertThat(read("<policyEntry queue='>' " + attribute + "/>").errors()).hasSize(1);
  }

  private BrokerConfig policies(String entries) {
    var result = read(entries);
    assertThat(result.errors()).isEmpty();
    return result.config().orElseThrow();
  }

  private ConfigResult read(String entries) {
    return ClassicFile.read(
        base,
        "<broker><destinationPolicy><policyMap><policyEntries>\n"
            + entries
            + "</policyEntries></policyMap></destinationPolicy></broker>");
  }
}
