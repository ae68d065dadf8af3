package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.log.ListLog;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
  private static final Principal CLERK = new Principal("clerk", Set.of("clerks"));
  private static final Principal GUEST = new Principal("guest", Set.of());

  private static AccessRules.Rule rule(String match, Permission... permissions) {
    Map<Permission, Set<String>> roles = new EnumMap<>(Permission.class);
    for (Permission permission : permissions) {
      roles.put(permission, Set.of("clerks"));
    }
    return new AccessRules.Rule(new AddressPattern(match), roles);
  }

  @Test
  void theMostSpecificRuleDecidesAlone() {
    AccessRules rules =
        new AccessRules(
            List.of(
                rule("#", Permission.SEND, Permission.CONSUME),
                rule("orders.#", Permission.CONSUME),
                rule("orders.new", Permission.SEND)));
    assertThat(rules.allows(CLERK, Permission.SEND, "anything")).isTrue();
    assertThat(rules.allows(CLERK, Permission.SEND, "orders.old")).isFalse();
    assertThat(rules.allows(CLERK, Permission.CONSUME, "orders.old")).isTrue();
    assertThat(rules.allows(CLERK, Permission.SEND, "orders.new")).isTrue();
    assertThat(rules.allows(CLERK, Permission.CONSUME, "orders.new")).isFalse();
    assertThat(rules.allows(GUEST, Permission.SEND, "anything")).isFalse();
  }

  @Test
  void whereNoRuleMatchesNothingIsAllowed() {
    AccessRules rules = new AccessRules(List.of(rule("a.*", Permission.SEND)));
    assertThat(rules.allows(CLERK, Permission.SEND, "b")).isFalse();
    assertThat(rules.allows(CLERK, Permission.SEND, "a.b.c")).isFalse();
    assertThat(AccessRules.OPEN.allows(GUEST, Permission.SEND, "b")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "a.b,a.b,true",
    "a.b,a.c,false",
    "a.*,a.b,true",
    "a.*,a,false",
    "a.*,a.b.c,false",
    "#,a.b.c,true",
    "a.#,a,true",
    "a.#,a.b.c,true",
    "a.#,b,false",
    "#.c,a.b.c,true",
    "#.c,c,true",
    "a.#.c,a.c,true",
    "a.#.c,a.x.y.c,true",
    "a.#.c,a.x.y,false",
    "*.b.#,a.b,true",
    "#.a.#.b,x.a.y.a.b,true",
    "a.#.b.#.c,a.b.x.c,true",
    "a.#.*,a,false"
  })
  void patterns(String pattern, String name, boolean matches) {
    assertThat(new AddressPattern(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  @Timeout(10)
  void aNameCannotMakeMatchingSlow() {
    AddressPattern nasty = new AddressPattern("#.a.#.a.#.a.#.a.#.a.#.a.#.a.#.a.#.b");
    String name = "a" + ".a".repeat(20_000);
    assertThat(nasty.matches(name)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "orders.new,",
    "orders.*,orders.secret",
    "orders.#,orders.secret",
    "#,orders.secret",
    "orders.*.#,orders.secret",
    "orders.*.eu,",
    "orders.secret.*,",
    "others.*,#",
  })
  void throughAPatternNobodySeesWhatTheyMayNotSee(String pattern, @Nullable String denial) {
    AccessRules rules =
        new AccessRules(
            List.of(
                rule("#", Permission.SEND),
                rule("orders.#", Permission.CONSUME),
                rule("orders.secret", Permission.SEND)));
    AddressPattern denied = rules.denial(CLERK, Permission.CONSUME, new AddressPattern(pattern));
    assertThat(denied == null ? null : denied.text()).isEqualTo(denial);
    assertThat(AccessRules.OPEN.denial(GUEST, Permission.CONSUME, new AddressPattern(pattern)))
        .isNull();
  }

  @Test
  void aPatternThatNoRuleIsForIsDenied() {
    AccessRules rules = new AccessRules(List.of(rule("a.b", Permission.CONSUME)));
    var pattern = new AddressPattern("a.*");
    assertThat(rules.denial(CLERK, Permission.CONSUME, pattern)).isEqualTo(pattern);
  }

  @Test
  void whoeverConsumesFromAPatternNeedsTheRightForAllOfIt() {
    AccessRules rules =
        new AccessRules(
            List.of(rule("#", Permission.values()), rule("orders.secret", Permission.SEND)));
    TestBroker broker = new TestBroker(new ListLog(), BrokerSettings.DEFAULTS, rules, 1);
    TestPeer clerk = broker.connect(CLERK);
    clerk.consumer("orders.*");
    assertThat(clerk.last(Output.LinkRefused.class).refusal())
        .isEqualTo(
            new Refusal(
                Reason.NOT_AUTHORIZED,
                "user clerk may not consume from orders.secret, which orders.* matches too"));
    assertThat(broker.sessions.queueStats()).isEmpty();
    clerk.consumer("others.*");
    assertThat(broker.sessions.queueStats()).hasSize(1);
  }

  @Test
  void whatIsNotAllowedIsRefusedAndNotMade() {
    AccessRules rules =
        new AccessRules(
            List.of(
                rule(
                    "orders",
                    Permission.SEND,
                    Permission.CREATE_ADDRESS,
                    Permission.CREATE_DURABLE_QUEUE),
                rule("news", Permission.CONSUME, Permission.CREATE_ADDRESS)));
    TestBroker broker = new TestBroker(new ListLog(), BrokerSettings.DEFAULTS, rules, 1);
    TestPeer guest = broker.connect(GUEST);
    guest.producer("orders");
    assertThat(guest.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_AUTHORIZED);
    assertThat(broker.sessions.queueStats()).isEmpty();

    TestPeer clerk = broker.connect(CLERK);
    int link = clerk.producer("orders");
    assertThat(clerk.accepted(clerk.send(link, "one"))).isTrue();
    clerk.consumer("orders");
    assertThat(clerk.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_AUTHORIZED);
    clerk.consumer(new Source("news", new Source.Kind.Volatile(), false, null, false));
    assertThat(clerk.last(Output.LinkRefused.class).refusal().text())
        .isEqualTo("user clerk may not create a subscription at news");
  }

  @Test
  void aMessageForAnAddressThatOneMayNotSendToIsRefused() {
    AccessRules rules =
        new AccessRules(
            List.of(
                rule(
                    "orders",
                    Permission.SEND,
                    Permission.CREATE_ADDRESS,
                    Permission.CREATE_DURABLE_QUEUE)));
    TestBroker broker = new TestBroker(new ListLog(), BrokerSettings.DEFAULTS, rules, 1);
    TestPeer clerk = broker.connect(CLERK);
    int link = clerk.producer(null, RoutingType.ANYCAST, null);
    broker.on(
        new Command.Send(clerk.connection, link, 1, "invoices", TestPeer.message("m"), 0, false));
    assertThat(clerk.refused(1)).isEqualTo(Reason.NOT_AUTHORIZED);
  }
}
