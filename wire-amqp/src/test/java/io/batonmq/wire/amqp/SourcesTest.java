package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.CoreMatchers.notNullValue;
import static org.hamcrest.CoreMatchers.nullValue;

import io.batonmq.broker.Refusal;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Source;
import io.batonmq.session.Source.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnknownDescribedType;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnsignedLong;
import org.apache.qpid.protonj2.test.driver.matchers.messaging.SourceMatcher;
import org.hamcrest.Description;
import org.hamcrest.Matcher;
import org.hamcrest.TypeSafeMatcher;
import org.junit.jupiter.api.Test;

/// What a peer that wants to receive attaches to (AMQP 1.0 §2.6.3, §3.5.3).
class SourcesTest {
  private final ScriptedPeer scripted = new ScriptedPeer().connected().session();

  @Test
  void aRefusedLinkIsAttachedWithoutItsSourceThenDetached() {
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("x")
        .withHandle(1)
        .withSource()
        .withAddress("nowhere")
        .and()
        .withTarget()
        .and()
        .now();
    int link = scripted.command(Command.OpenConsumer.class).link();
    scripted.peer.expectAttach().ofSender().withSource(nullValue());
    scripted.peer.expectDetach().withClosed(true).withError("amqp:not-found", "there is none");
    scripted.broker(
        new Output.LinkRefused(link, new Refusal(Refusal.Reason.NOT_FOUND, "there is none")));
    scripted.done();
  }

  @Test
  void aBrowserAsksForCopies() {
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("x")
        .withHandle(1)
        .withSource()
        .withAddress("orders")
        .withCapabilities("queue")
        .withDistributionMode("copy")
        .and()
        .withTarget()
        .and()
        .now();
    assertThat(scripted.command(Command.OpenConsumer.class).source())
        .isEqualTo(new Source("orders", new Kind.Queue(), true, null, false));
  }

  @Test
  void aLinkWithoutASourceLooksForTheSubscriptionOfItsName() {
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("sub|global")
        .withHandle(1)
        .withNullSource()
        .withDesiredCapabilities("shared", "global")
        .withTarget()
        .and()
        .now();
    Command.OpenConsumer open = scripted.command(Command.OpenConsumer.class);
    assertThat(open.source())
        .isEqualTo(
            new Source("", new Kind.Subscription("sub", "", true, true), false, null, false));
    scripted.peer.expectAttach().withSource(notNullValue());
    scripted.broker(new Output.ConsumerOpened(open.link(), "news"));
    scripted.peer.remoteDetach().withHandle(1).withClosed(true).now();
    assertThat(scripted.command(Command.CloseLink.class).unsubscribe()).isTrue();
    scripted.done();
  }

  private Command.OpenConsumer attachWithFilters(String capability) {
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("x")
        .withHandle(1)
        .withSource()
        .withAddress("orders")
        .withCapabilities(capability)
        .withFilterMap("jms-selector", filter(Termini.SELECTOR.longValue(), "a = 1"))
        .withFilterMap("no-local", filter(Termini.NO_LOCAL.longValue(), List.of()))
        .withFilterMap("something", filter(77, "x"))
        .withFilterMap("selector", filter(Termini.SELECTOR.longValue(), "b = 1"))
        .and()
        .withTarget()
        .and()
        .now();
    return scripted.command(Command.OpenConsumer.class);
  }

  private static UnknownDescribedType filter(long code, Object value) {
    return new UnknownDescribedType(UnsignedLong.valueOf(code), value);
  }

  @Test
  void theAnswerHasTheFiltersThatAreInPlaceAndNoOthers() {
    Command.OpenConsumer open = attachWithFilters("topic");
    assertThat(open.source())
        .isEqualTo(new Source("orders", new Kind.Volatile(), false, "a = 1", true));
    scripted
        .peer
        .expectAttach()
        .ofSender()
        .withSource(new SourceMatcher().withFilter(keys("jms-selector", "no-local")));
    scripted.broker(new Output.ConsumerOpened(open.link(), "orders"));
    scripted.done();
  }

  @Test
  void noLocalIsNotInPlaceForAQueue() {
    Command.OpenConsumer open = attachWithFilters("queue");
    scripted
        .peer
        .expectAttach()
        .ofSender()
        .withSource(new SourceMatcher().withFilter(keys("jms-selector")));
    scripted.broker(new Output.ConsumerOpened(open.link(), "orders"));
    scripted.done();
  }

  private static Matcher<Map<?, ?>> keys(String... names) {
    return new TypeSafeMatcher<>() {
      @Override
      protected boolean matchesSafely(Map<?, ?> map) {
        Set<String> found = new TreeSet<>();
        map.keySet().forEach(key -> found.add(String.valueOf(key)));
        return found.equals(new TreeSet<>(List.of(names)));
      }

      @Override
      public void describeTo(Description description) {
        description.appendText("the keys " + List.of(names));
      }
    };
  }
}
