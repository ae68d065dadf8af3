package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CommitsTest {
  private static final Commits.Step ROLLED_BACK =
      () -> {
        throw new TransactionRolledBackException("no room");
      };

  private final AtomicLong moves = new AtomicLong();
  private final Commits commits = new Commits(moves::get);

  @Test
  void whatABrokerRefusesIsNotTriedAgain() {
    assertThatThrownBy(() -> commits.commit(ROLLED_BACK)).hasMessage("no room");
  }

  @Test
  void whatAMoveRolledBackIsTriedOncePerMove() throws JMSException {
    moves.incrementAndGet();
    assertThat(commits.commit(ROLLED_BACK)).isFalse();
    assertThatThrownBy(() -> commits.commit(ROLLED_BACK)).hasMessage("no room");
  }

  /// The next transaction begins inside a commit: a move before that returns has taken it along.
  @Test
  void aMoveDuringACommitCountsForTheNext() throws JMSException {
    assertThat(commits.commit(moves::incrementAndGet)).isTrue();
    assertThat(commits.commit(ROLLED_BACK)).isFalse();
  }
}
