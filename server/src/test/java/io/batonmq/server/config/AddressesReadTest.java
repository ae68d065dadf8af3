package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the file says of addresses: their queues, what is diverted from them, and how their names are read.
class AddressesReadTest {
  private static final QueueOptions SILENT =
      new QueueOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          new QueueOptions.Keeping(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty()));

  @TempDir Path instance;

  @Test
  void addressesAndTheirQueuesAreRead() {
    var config =
        config(
            """
            <addresses>
              <address name="news">
                <multicast>
                  <queue name="archive"><durable>true</durable></queue>
                  <queue name="red"><filter string="colour = 'red' AND n &lt; 3"/></queue>
                </multicast>
                <anycast/>
              </address>
            </addresses>
            """);
    assertThat(config.addresses())
        .containsExactly(
            new AddressConfig(
                "news",
                Set.of(RoutingType.ANYCAST, RoutingType.MULTICAST),
                java.util.List.of(
                    new AddressConfig.Queue(
                        "archive", RoutingType.MULTICAST, true, Optional.empty(), SILENT),
                    new AddressConfig.Queue(
                        "red",
                        RoutingType.MULTICAST,
                        true,
                        Optional.of("colour = 'red' AND n < 3"),
                        SILENT))));
  }

  @Test
  void queuesSayWhoGetsTheirMessages() {
    var config =
        config(
            """
            <addresses>
              <address name="a">
                <anycast>
                  <queue name="q" max-consumers="3" exclusive="true" group-buckets="0"
                      group-rebalance="true" group-rebalance-pause-dispatch="true"
                      group-first-key="JMSXGroupFirstForConsumer" consumers-before-dispatch="2"
                      delay-before-dispatch="3000000000" ring-size="100" last-value="true"
                      last-value-key="price" non-destructive="true"
                      purge-on-no-consumers="true"/>
                </anycast>
              </address>
            </addresses>
            <address-settings>
              <address-setting match="#">
                <default-max-consumers>5</default-max-consumers>
                <default-exclusive-queue>true</default-exclusive-queue>
                <default-group-buckets>1024</default-group-buckets>
                <default-group-rebalance>true</default-group-rebalance>
                <default-group-rebalance-pause-dispatch>true</default-group-rebalance-pause-dispatch>
                <default-group-first-key>first</default-group-first-key>
                <default-consumers-before-dispatch>4</default-consumers-before-dispatch>
                <default-delay-before-dispatch>-1</default-delay-before-dispatch>
                <default-ring-size>7</default-ring-size>
                <last-value-queue>true</last-value-queue>
                <default-last-value-key>stock</default-last-value-key>
                <default-non-destructive>true</default-non-destructive>
                <default-purge-on-no-consumers>true</default-purge-on-no-consumers>
              </address-setting>
              <address-setting match="b">
                <default-exclusive-queue>false</default-exclusive-queue>
              </address-setting>
            </address-settings>
            """);
    assertThat(config.addresses().getFirst().queues().getFirst().options())
        .isEqualTo(
            new QueueOptions(
                Optional.of(3),
                Optional.of(true),
                Optional.of(0),
                Optional.of(true),
                Optional.of(true),
                Optional.of("JMSXGroupFirstForConsumer"),
                Optional.of(2),
                Optional.of(3_000_000_000L),
                new QueueOptions.Keeping(
                    Optional.of(100L),
                    Optional.of(true),
                    Optional.of("price"),
                    Optional.of(true),
                    Optional.of(true))));
    assertThat(config.settings("b").queues())
        .isEqualTo(
            new QueueOptions(
                Optional.of(5),
                Optional.of(false),
                Optional.of(1024),
                Optional.of(true),
                Optional.of(true),
                Optional.of("first"),
                Optional.of(4),
                Optional.of(-1L),
                new QueueOptions.Keeping(
                    Optional.of(7L),
                    Optional.of(true),
                    Optional.of("stock"),
                    Optional.of(true),
                    Optional.of(true))));
  }

  @Test
  void addressesSayWhatGoesByItself() {
    var config =
        config(
            """
            <address-queue-scan-period>500</address-queue-scan-period>
            <address-settings>
              <address-setting match="#">
                <auto-delete-queues-delay>3000000000</auto-delete-queues-delay>
                <auto-delete-addresses>false</auto-delete-addresses>
                <auto-delete-addresses-delay>7</auto-delete-addresses-delay>
                <auto-delete-addresses-skip-usage-check>true</auto-delete-addresses-skip-usage-check>
              </address-setting>
              <address-setting match="a">
                <auto-delete-queues>false</auto-delete-queues>
                <auto-delete-created-queues>true</auto-delete-created-queues>
                <auto-delete-queues-message-count>-1</auto-delete-queues-message-count>
                <auto-delete-queues-skip-usage-check>true</auto-delete-queues-skip-usage-check>
              </address-setting>
            </address-settings>
            """);
    assertThat(config.queueScanPeriod()).isEqualTo(500);
    assertThat(config.settings("a").autoDelete())
        .isEqualTo(
            new AutoDeleteSettings(
                Optional.of(false),
                Optional.of(true),
                Optional.of(3_000_000_000L),
                Optional.of(-1L),
                Optional.of(true),
                Optional.of(false),
                Optional.of(7L),
                Optional.of(true)));
    assertThat(config.settings("b").autoDelete().queuesMessageCount()).contains(0L);
    assertThat(config("").queueScanPeriod()).isEqualTo(30_000);
  }

  @Test
  void addressesSayWhatIsTooMuchAndWhoIsTooSlow() {
    var config =
        config(
            """
            <populate-validated-user>true</populate-validated-user>
            <address-settings>
              <address-setting match="#">
                <send-to-dla-on-no-route>true</send-to-dla-on-no-route>
                <max-size-messages>7</max-size-messages>
                <slow-consumer-threshold>3</slow-consumer-threshold>
                <slow-consumer-policy>kill</slow-consumer-policy>
              </address-setting>
              <address-setting match="a">
                <slow-consumer-check-period>60</slow-consumer-check-period>
                <slow-consumer-threshold-measurement-unit>MESSAGES_PER_HOUR</slow-consumer-threshold-measurement-unit>
                <send-to-dla-on-no-route>false</send-to-dla-on-no-route>
              </address-setting>
            </address-settings>
            """);
    var settings = config.settings("a");
    assertThat(config.populateValidatedUser()).isTrue();
    assertThat(settings.maxSizeMessages()).isEqualTo(7);
    assertThat(settings.sendToDlaOnNoRoute()).isFalse();
    assertThat(config.settings("b").sendToDlaOnNoRoute()).isTrue();
    assertThat(settings.slowConsumers())
        .isEqualTo(
            new SlowConsumerSettings(
                Optional.of(3L),
                Optional.of(SlowConsumerSettings.Unit.MESSAGES_PER_HOUR),
                Optional.of(60L),
                Optional.of(SlowConsumerSettings.Policy.KILL)));
    assertThat(config("").populateValidatedUser()).isFalse();
    assertThat(config("").settings("a").maxSizeMessages()).isEqualTo(-1);
    assertThat(config("").settings("a").slowConsumers()).isEqualTo(SlowConsumerSettings.DEFAULT);
  }

  @Test
  void divertsAreRead() {
    var config =
        config(
            """
            <diverts>
              <divert name="all">
                <routing-name>r</routing-name>
                <address>orders.#</address>
                <forwarding-address>audit</forwarding-address>
                <filter string="n &gt; 1"/>
                <routing-type>multicast</routing-type>
                <exclusive>true</exclusive>
              </divert>
              <divert name="usual"><address>a</address><forwarding-address>b</forwarding-address></divert>
            </diverts>
            """);
    assertThat(config.diverts())
        .containsExactly(
            new DivertConfig(
                "all",
                new AddressPattern("orders.#"),
                "audit",
                "r",
                true,
                Optional.of("n > 1"),
                DivertConfig.Kind.MULTICAST),
            new DivertConfig(
                "usual",
                new AddressPattern("a"),
                "b",
                "usual",
                false,
                Optional.empty(),
                DivertConfig.Kind.STRIP));
  }

  @Test
  void namesAreReadAsTheFileSays() {
    var config =
        config(
            """
            <wildcard-addresses>
              <routing-enabled>false</routing-enabled>
              <delimiter>/</delimiter>
              <any-words>></any-words>
              <single-word>+</single-word>
            </wildcard-addresses>
            <address-settings>
              <address-setting match="a/+"><expiry-address>one</expiry-address></address-setting>
              <address-setting match="a/>"><expiry-address>any</expiry-address></address-setting>
              <address-setting match="a.*"><expiry-address>dot</expiry-address></address-setting>
            </address-settings>
            <security-settings>
              <security-setting match="a/+"><permission type="send" roles="amq"/></security-setting>
            </security-settings>
            """);
    assertThat(config.wildcards()).isEqualTo(new Wildcards(false, '/', '>', '+'));
    assertThat(config.settings("a/b").expiryAddress()).contains("one");
    assertThat(config.settings("a/b/c").expiryAddress()).contains("any");
    assertThat(config.settings("a.b").expiryAddress()).isEmpty();
    assertThat(config.roles("a/b", Permission.SEND)).containsExactly("amq");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<wild-card-routing-enabled>false</wild-card-routing-enabled>",
        "<wildcard-addresses><enabled>false</enabled></wildcard-addresses>",
        "<wild-card-routing-enabled>false</wild-card-routing-enabled><wildcard-addresses/>"
      })
  void theOlderWordsForWildcardsAreRead(String core) {
    assertThat(config("").wildcards()).isEqualTo(Wildcards.DEFAULTS);
    assertThat(config(core).wildcards().routing()).isFalse();
  }

  private BrokerConfig config(String core) {
    return CoreFile.config(instance, core);
  }
}
