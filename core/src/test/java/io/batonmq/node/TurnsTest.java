package io.batonmq.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.seam.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final List<Long> turns = new ArrayList<>();
  private final AtomicInteger wakes = new AtomicInteger();
  private Runnable inside = () -> {};
  private long deadline = Long.MAX_VALUE;

  private final Turns owner =
      new Turns(
          new Turns.Work() {
            @Override
            public boolean turn(Now now) {
              turns.add(now.nanos());
              Runnable once = inside;
              inside = () -> {};
              once.run();
              return false;
            }

            @Override
            public long deadlineNanos() {
              return deadline;
            }
          },
          wakes::incrementAndGet);

  private static Now at(long nanos) {
    return new Now(nanos, 0);
  }

  @Test
  void aTurnIsTakenByWhoeverComes() {
    owner.borrow(at(1));
    assertThat(owner.own(at(2))).isFalse();
    assertThat(turns).containsExactly(1L, 2L);
    assertThat(wakes).hasValue(0);
  }

  @Test
  void whoComesDuringATurnIsSentAwayAndTheLaneLooksAfterIt() {
    inside = () -> owner.borrow(at(2));
    owner.borrow(at(1));
    assertThat(turns).containsExactly(1L);
    assertThat(wakes).hasValue(1);
  }

  @Test
  void theLaneGoesOnWhenSomebodyWasSentAwayFromItsTurn() {
    inside = () -> owner.borrow(at(2));
    assertThat(owner.own(at(1))).isTrue();
  }

  @Test
  void theLaneThatIsSentAwayWaitsToBeWoken() {
    inside =
        () -> {
          assertThat(owner.own(at(2))).isFalse();
          assertThat(owner.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        };
    deadline = 7;
    owner.borrow(at(1));
    assertThat(wakes).hasValue(1);
    assertThat(owner.own(at(3))).isFalse();
    assertThat(owner.deadlineNanos()).isEqualTo(7);
  }

  @Test
  void anEarlierDeadlineIsToldToTheLane() {
    assertThat(owner.own(at(1))).isFalse();
    deadline = 5;
    owner.borrow(at(2));
    assertThat(wakes).hasValue(1);
    deadline = 9;
    owner.borrow(at(3));
    assertThat(wakes).hasValue(1);
  }

  @Test
  void timeDoesNotRunBackwards() {
    owner.borrow(at(5));
    owner.borrow(at(4));
    assertThat(turns).containsExactly(5L, 5L);
  }

  @Test
  void afterATurnThatFailedNobodyGoesOn() {
    inside =
        () -> {
          throw new IllegalArgumentException("a bug");
        };
    assertThatThrownBy(() -> owner.borrow(at(1))).hasMessage("a bug");
    assertThat(wakes).hasValue(1);
    owner.borrow(at(2));
    assertThatThrownBy(() -> owner.own(at(3))).hasRootCauseMessage("a bug");
    assertThat(turns).containsExactly(1L);
  }

  /// Two threads bring, and the lane sleeps unless it is woken: all that was brought is seen, by one turn
  /// at a time.
  @Test
  void nothingIsOverlooked() throws InterruptedException {
    int each = 20_000;
    AtomicLong brought = new AtomicLong();
    AtomicLong seen = new AtomicLong();
    AtomicInteger in = new AtomicInteger();
    AtomicInteger signals = new AtomicInteger();
    Turns shared =
        new Turns(
            new Turns.Work() {
              @Override
              public boolean turn(Now now) {
                assertThat(in.incrementAndGet()).isEqualTo(1);
                long there = brought.get();
                boolean any = seen.getAndSet(there) != there;
                in.decrementAndGet();
                return any;
              }

              @Override
              public long deadlineNanos() {
                return Long.MAX_VALUE;
              }
            },
            signals::incrementAndGet);
    CountDownLatch over = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            for (int n = 0; n < each; n++) {
              brought.incrementAndGet();
              shared.borrow(at(n));
            }
            over.countDown();
          });
    }
    int answered = 0;
    while (over.getCount() > 0 || answered != signals.get()) {
      int called = signals.get();
      if (called != answered) {
        answered = called;
        while (shared.own(at(0))) {
          // until there is nothing to do
        }
      }
      Thread.onSpinWait();
    }
    assertThat(seen).hasValue(2L * each);
  }
}
