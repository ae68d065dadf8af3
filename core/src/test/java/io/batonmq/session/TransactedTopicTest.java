package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A transaction sends to a subscription that lasts and to one that does not: what the second gets is in the log
/// for the first, and each gets a message once.
class TransactedTopicTest {
  private static final Xid X = new Xid(1, new byte[] {1}, new byte[] {1});

  // Nothing is kept in memory, so that whatever is delivered late is read from the log.
  private final TestBroker broker = new TestBroker(TestSettings.snapshots(1 << 30, 1));
  private final TestPeer peer = broker.connect();
  private final int lasting =
      subscribe(
          new Source(
              "news", new Source.Kind.Subscription("s", "c", false, true), false, null, false));
  private final int fleeting =
      subscribe(new Source("news", new Source.Kind.Volatile(), false, null, false));
  private final int producer = peer.producer("news", RoutingType.MULTICAST, null);

  private int subscribe(Source source) {
    int link = peer.consumer(source);
    peer.credit(link, 100);
    return link;
  }

  /// What recognises a resend.
  enum Sort {
    NAMED {
      @Override
      Message message(int i) {
        return TestPeer.message("m" + i, true, 4, 0, new Identity.Named("m" + i));
      }
    },
    SEQUENCED {
      @Override
      Message message(int i) {
        return TestPeer.message("m" + i, true, 4, 0, new Identity.Sequenced("p", i));
      }
    };

    abstract Message message(int i);
  }

  /// Each subscription has had exactly these, and then nothing of the log is held for any of them.
  private void bothHaveHad(String... bodies) {
    for (int link : new int[] {lasting, fleeting}) {
      assertThat(peer.bodies(link)).containsExactly(bodies);
      peer.settle(link, 0, bodies.length - 1, Disposition.ACCEPTED, 0);
    }
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  private void done(Step step) {
    assertThat(peer.end(X, step))
        .isInstanceOfSatisfying(Output.Ended.class, ended -> assertThat(ended.refusal()).isNull());
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void sentTwiceInItAMessageIsLoggedOnce(Sort sort) {
    long transaction = peer.begin();
    peer.send(producer, sort.message(1), transaction);
    int records = broker.log.records().size();
    assertThat(peer.accepted(peer.send(producer, sort.message(1), transaction))).isTrue();
    assertThat(broker.log.records()).hasSize(records);
    peer.send(producer, sort.message(2), transaction);
    peer.end(transaction, true);
    bothHaveHad("m1", "m2");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void sentInAnotherTransactionItIsNotAResendYet(Sort sort) {
    long first = peer.begin();
    long second = peer.begin();
    peer.send(producer, sort.message(1), first);
    peer.send(producer, sort.message(1), second);
    peer.end(first, false);
    peer.end(second, true);
    bothHaveHad("m1");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void whatIsKnownBeforeTheCommitComesFromNeitherSubscriptionAgain(Sort sort) {
    long first = peer.begin();
    long second = peer.begin();
    peer.send(producer, sort.message(1), first);
    peer.send(producer, sort.message(1), second);
    peer.send(producer, sort.message(2), second);
    peer.end(first, true);
    peer.end(second, true);
    bothHaveHad("m1", "m2");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void whatIsKnownBeforeTheBranchIsPreparedIsNotInIt(Sort sort) {
    long number = peer.begin(X);
    peer.send(producer, sort.message(1), number);
    peer.send(producer, sort.message(1), 0);
    done(Step.PREPARE);
    // The branch holds nothing, so that its place in the log may be gone from here on.
    peer.settle(lasting, 0, 0, Disposition.ACCEPTED, 0);
    peer.settle(fleeting, 0, 0, Disposition.ACCEPTED, 0);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    done(Step.COMMIT);
    bothHaveHad("m1");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void whatIsPromisedByAnotherBranchIsNotInIt(Sort sort) {
    peer.send(producer, sort.message(1), peer.begin(X));
    long second = peer.begin();
    peer.send(producer, sort.message(1), second);
    peer.send(producer, sort.message(2), second);
    done(Step.PREPARE);
    peer.end(second, true);
    done(Step.COMMIT);
    bothHaveHad("m2", "m1");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void whatABranchPromisesBothGet(Sort sort) {
    peer.send(producer, sort.message(1), peer.begin(X));
    done(Step.PREPARE);
    done(Step.COMMIT);
    bothHaveHad("m1");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void onePhaseIsLikeAnyCommit(Sort sort) {
    long number = peer.begin(X);
    peer.send(producer, sort.message(1), number);
    peer.send(producer, sort.message(1), 0);
    peer.send(producer, sort.message(2), number);
    done(Step.COMMIT_ONE_PHASE);
    bothHaveHad("m1", "m2");
  }
}
