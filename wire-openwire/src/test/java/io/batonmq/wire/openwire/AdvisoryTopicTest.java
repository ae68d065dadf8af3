package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import io.batonmq.session.Notice;
import org.junit.jupiter.api.Test;

/// Which advisories stand under which name, in brokers with either kind of wildcards.
class AdvisoryTopicTest {
  private static final Wildcards CLASSIC = new Wildcards(true, '.', '>', '*');
  private static final String CONSUMERS = "ActiveMQ.Advisory.Consumer.";

  private static Notice notice(RoutingType routing, String name) {
    return new Notice(
        Notice.Kind.CONSUMERS, routing, name, new Notice.Subject.Destination(name, false), 1, true);
  }

  @Test
  void patternsAreWrittenAsTheBrokerHasThem() {
    assertThat(AdvisoryTopic.of(CONSUMERS + "Queue.a.>", Wildcards.DEFAULTS))
        .containsExactly(
            new AdvisoryTopic(
                Notice.Kind.CONSUMERS, RoutingType.ANYCAST, "a.#", CONSUMERS + "Queue.a.#"));
    assertThat(AdvisoryTopic.of(CONSUMERS + "Queue.a.>", CLASSIC))
        .containsExactly(
            new AdvisoryTopic(
                Notice.Kind.CONSUMERS, RoutingType.ANYCAST, "a.>", CONSUMERS + "Queue.a.>"));
    for (Wildcards wildcards : new Wildcards[] {Wildcards.DEFAULTS, CLASSIC}) {
      assertThat(AdvisoryTopic.of(CONSUMERS + ">", wildcards)).hasSize(2);
      assertThat(AdvisoryTopic.of("ActiveMQ.Advisory.>", wildcards)).hasSize(9);
      assertThat(AdvisoryTopic.of("ActiveMQ.Advisory.Queue", wildcards)).hasSize(1);
      assertThat(AdvisoryTopic.of(CONSUMERS + "Queue.", wildcards)).isEmpty();
      assertThat(AdvisoryTopic.of("ActiveMQ.Advisory.SlowConsumer.Queue.a", wildcards)).isEmpty();
    }
  }

  @Test
  void onlyTheAdvisoriesThatClientsNeedAskForNoRight() {
    for (AdvisoryTopic topic : AdvisoryTopic.of("ActiveMQ.Advisory.>", Wildcards.DEFAULTS)) {
      assertThat(topic.right() == null).isEqualTo(topic.kind() == Notice.Kind.TEMPORARIES);
    }
  }

  @Test
  void aNoticeGoesUnderTheNameThatAClientAsksFor() {
    assertThat(AdvisoryTopic.name(notice(RoutingType.ANYCAST, "a"), CLASSIC))
        .isEqualTo(CONSUMERS + "Queue.a");
    assertThat(AdvisoryTopic.name(notice(RoutingType.MULTICAST, "a.#"), Wildcards.DEFAULTS))
        .isEqualTo(CONSUMERS + "Topic.a.>");
    assertThat(AdvisoryTopic.name(notice(RoutingType.ANYCAST, "temporary.ID:1"), CLASSIC))
        .isEqualTo(CONSUMERS + "Queue.ID:1");
    assertThat(AdvisoryTopic.of(CONSUMERS + "Queue.ID:1", CLASSIC).getFirst().pattern())
        .isEqualTo("temporary.ID:1");
  }
}
