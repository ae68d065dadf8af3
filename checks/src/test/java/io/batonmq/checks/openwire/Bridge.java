package io.batonmq.checks.openwire;

import io.batonmq.checks.harness.Ledger.Id;
import io.batonmq.checks.harness.Messages;
import jakarta.jms.JMSException;
import jakarta.jms.XASession;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQXAConnectionFactory;

/// An application that moves messages from a queue to another, some at a time in one branch of a distributed
/// transaction, and its transaction manager (X/Open CAE C193). The manager presumes abort: it writes down that a
/// transaction is committed when everybody has prepared and before it says so, and after any failure it asks who has
/// prepared what, commits what it has written down and rolls the rest back. A branch in which the connection was lost
/// is rolled back too: the client has said again what it sent in it, and not what it acknowledged.
final class Bridge implements Runnable {
  static final String NAME = "XA bridge";

  private static final int FORMAT = 0xba70;
  private static final int BATCH = 5;
  private static final int RECEIVE_MILLIS = 100;

  private final ActiveMQXAConnectionFactory factory;
  private final StockLoad load;
  private final Map<Branch, List<Id>> decided = new LinkedHashMap<>();
  private final Map<String, Integer> failures = new TreeMap<>();
  private long branches;
  private volatile boolean stop;

  Bridge(ActiveMQXAConnectionFactory factory, StockLoad load) {
    this.factory = factory;
    this.load = load;
  }

  private record Branch(long number) implements Xid {
    static Branch of(Xid xid) {
      return new Branch(ByteBuffer.wrap(xid.getGlobalTransactionId()).getLong());
    }

    @Override
    public int getFormatId() {
      return FORMAT;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    @Override
    public byte[] getBranchQualifier() {
      return new byte[] {1};
    }
  }

  /// Moves until it is told to stop. Whatever fails, it begins anew with another connection when all is settled.
  @Override
  public void run() {
    while (!stop) {
      try (var connection = factory.createXAConnection()) {
        connection.start();
        move(connection.createXASession(), Interruptions.of(connection));
      } catch (JMSException | XAException e) {
        failed(e);
      } catch (RuntimeException e) {
        load.seen.error(NAME + ": " + e);
        return;
      }
      settle();
    }
  }

  void stop() {
    stop = true;
  }

  synchronized Map<String, Integer> failures() {
    return Map.copyOf(failures);
  }

  private synchronized void failed(Exception e) {
    var what =
        e instanceof XAException xa
            ? "XAException code " + xa.errorCode + ": " + e.getMessage()
            : e.toString();
    failures.merge(what.replaceAll("[0-9a-f-]*\\d{4,}[0-9a-f:-]*", "…"), 1, Integer::sum);
  }

  private void settle() {
    boolean settled = false;
    while (!settled && !stop) {
      try {
        recover();
        settled = true;
      } catch (JMSException | XAException e) {
        failed(e);
      }
    }
  }

  private void move(XASession session, Interruptions interruptions)
      throws JMSException, XAException {
    var resource = session.getXAResource();
    var consumer = session.createConsumer(session.createQueue(StockLoad.XA_IN));
    var producer = session.createProducer(session.createQueue(StockLoad.XA_OUT));
    while (!stop) {
      var branch = new Branch(++branches);
      var ids = new ArrayList<Id>();
      int before = interruptions.count();
      resource.start(branch, XAResource.TMNOFLAGS);
      while (ids.size() < BATCH) {
        var message = consumer.receive(RECEIVE_MILLIS);
        if (message == null) {
          break;
        }
        var id = Messages.id(message);
        load.seen.delivered(id, NAME, message.getJMSRedelivered());
        ids.add(id);
        load.moved.sent(id);
        producer.send(Messages.of(session, id));
      }
      resource.end(branch, XAResource.TMSUCCESS);
      int vote = resource.prepare(branch);
      if (interruptions.count() != before) {
        throw new JMSException("the connection was lost in the branch");
      }
      decided.put(branch, ids);
      if (vote == XAResource.XA_OK) {
        resource.commit(branch, false);
      }
      over(branch);
    }
  }

  /// The branch is committed, as everybody knows.
  private void over(Branch branch) {
    var ids = decided.remove(branch);
    ids.forEach(load.seen::done);
    ids.forEach(load.moved::confirmed);
    if (!ids.isEmpty()) {
      load.stepped(NAME);
    }
  }

  /// Ends what was prepared and has not ended; while nothing is under way.
  void recover() throws JMSException, XAException {
    try (var connection = factory.createXAConnection()) {
      connection.start();
      var resource = connection.createXASession().getXAResource();
      var found =
          Arrays.stream(resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN))
              .filter(xid -> xid.getFormatId() == FORMAT)
              .map(Branch::of)
              .toList();
      for (var branch : found) {
        if (decided.containsKey(branch)) {
          resource.commit(branch, false);
        } else {
          resource.rollback(branch);
        }
      }
      // A branch of which the broker knows nothing more was committed, and its answer lost.
      List.copyOf(decided.keySet()).forEach(this::over);
    }
  }
}
