package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Effects;
import io.batonmq.log.SnapshotContent;
import io.batonmq.session.AccessRules;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.QueueStat;
import io.batonmq.session.Sessions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.junit.jupiter.api.Test;

/// A peer whose connection was lost with the answer to its discharge asks again, of the broker itself: on a
/// new connection, and on the node that took over.
class RepeatedDischargeTest {

  private ListAppender log = new ListAppender();
  private Sessions sessions = serve(new BrokerState(), 1);
  private ScriptedPeer scripted = new ScriptedPeer();
  private final List<Output> heard = new ArrayList<>();

  private Sessions serve(BrokerState state, long epoch) {
    Sessions serving =
        new Sessions(
            state, log, BrokerSettings.DEFAULTS, AccessRules.OPEN, Map.of(), new NoEffects());
    serving.activate(epoch, new ScriptedPeer().now());
    return serving;
  }

  private static final class NoEffects implements Effects {
    @Override
    public void load(long position) {}

    @Override
    public void snapshot(SnapshotContent content) {}

    @Override
    public void reclaim(long position, long[] liveExtents, int extentShift) {}
  }

  /// A connection of `user`, with a coordinator.
  private void connects(String user) {
    scripted = new ScriptedPeer().connected().session();
    sessions.on(
        new Command.Connect(7, new Principal(user, Set.of()), "client", false, "here", heard::add),
        scripted.now());
    sessions.committed(log.committed(), scripted.now());
    heard.clear();
    scripted.peer.expectAttach().ofReceiver().withHandle(0);
    scripted.peer.expectFlow();
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("txn")
        .withHandle(9)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withCoordinator()
        .withCapabilities("amqp:local-transactions")
        .and()
        .now();
    scripted.done();
  }

  private void isLost() {
    sessions.on(new Command.Disconnect(7, false), scripted.now());
  }

  private void takesOver(int records) {
    BrokerState state = log.follow(records);
    log = log.cut(records);
    sessions = serve(state, state.epoch() + 1);
  }

  /// What the peer has asked goes to the broker, and what that says to the peer.
  private void talk() {
    hand();
    Output[] said = heard.toArray(Output[]::new);
    heard.clear();
    scripted.broker(said);
    scripted.done();
  }

  private void hand() {
    List<Command> commands = List.copyOf(scripted.commands);
    scripted.commands.clear();
    for (Command command : commands) {
      sessions.on(command, scripted.now());
    }
    sessions.committed(log.committed(), scripted.now());
  }

  private byte[] declares() {
    scripted
        .peer
        .remoteDeclare()
        .withHandle(9)
        .withDeliveryId(0)
        .withDeliveryTag(new byte[] {0})
        .now();
    hand();
    long number = ((Output.Begun) heard.getFirst()).transaction();
    byte[] id = ByteBuffer.allocate(8).putLong(number).array();
    scripted.peer.expectDisposition().withFirst(0).withSettled(true).withState().declared(id);
    scripted.peer.expectFlow();
    talk();
    return id;
  }

  private void sends(byte[] id) {
    scripted.peer.expectAttach().ofReceiver();
    scripted.peer.expectFlow();
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("sender")
        .withHandle(10)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withTarget()
        .withAddress("orders")
        .withCapabilities("queue")
        .and()
        .now();
    talk();
    scripted.peer.expectDisposition().withFirst(1).withSettled(true);
    scripted
        .peer
        .remoteTransfer()
        .withHandle(10)
        .withDeliveryId(1)
        .withDeliveryTag(new byte[] {1})
        .withState()
        .transactional()
        .withTxnId(id)
        .and()
        .withHeader()
        .withDurability(true)
        .and()
        .withBody()
        .withData(new byte[5])
        .and()
        .now();
    talk();
  }

  private void discharges(byte[] id, int delivery) {
    scripted
        .peer
        .remoteDischarge()
        .withTxnId(id)
        .withFail(false)
        .withHandle(9)
        .withDeliveryId(delivery)
        .withDeliveryTag(new byte[] {(byte) delivery})
        .now();
  }

  private void isToldThatItIsCommitted(byte[] id) {
    scripted.peer.expectDisposition().withSettled(true).withState(Accepted.getInstance());
    scripted.peer.expectFlow();
    discharges(id, 0);
    talk();
  }

  private void isToldThatItIsRolledBack(byte[] id) {
    scripted
        .peer
        .expectDisposition()
        .withSettled(true)
        .withState()
        .rejected(
            "amqp:transaction:rollback", "the transaction is not open here: it was rolled back");
    scripted.peer.expectFlow();
    discharges(id, 0);
    talk();
  }

  private int depth() {
    return sessions.queueStats().stream()
        .filter(stat -> stat.name().equals("orders"))
        .mapToInt(QueueStat::messageCount)
        .sum();
  }

  @Test
  void aCommitThatTookEffectIsAcceptedOnANewConnection() {
    connects("alice");
    byte[] id = declares();
    sends(id);
    discharges(id, 2);
    hand();
    isLost();
    connects("alice");
    isToldThatItIsCommitted(id);
    assertThat(depth()).isEqualTo(1);
  }

  @Test
  void theNodeThatTookOverAnswersWhatItsLogSays() {
    connects("alice");
    byte[] id = declares();
    sends(id);
    int before = log.records();
    discharges(id, 2);
    hand();
    int after = log.records();
    assertThat(after).isGreaterThan(before);
    ListAppender whole = log;

    takesOver(after);
    connects("alice");
    isToldThatItIsCommitted(id);
    assertThat(depth()).isEqualTo(1);

    log = whole;
    takesOver(before);
    connects("alice");
    isToldThatItIsRolledBack(id);
    assertThat(depth()).isZero();
  }

  @Test
  void anotherUserIsToldNothing() {
    connects("alice");
    byte[] id = declares();
    sends(id);
    discharges(id, 2);
    hand();
    isLost();
    connects("mallory");
    isToldThatItIsRolledBack(id);
    assertThat(depth()).isEqualTo(1);
  }
}
