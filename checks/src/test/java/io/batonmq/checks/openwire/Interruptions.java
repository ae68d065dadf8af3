package io.batonmq.checks.openwire;

import jakarta.jms.Connection;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.transport.TransportListener;

/// How often a client with failover has lost its connection.
final class Interruptions implements TransportListener {
  private final AtomicInteger count = new AtomicInteger();

  private Interruptions() {}

  static Interruptions of(Connection connection) {
    var interruptions = new Interruptions();
    ((ActiveMQConnection) connection).addTransportListener(interruptions);
    return interruptions;
  }

  int count() {
    return count.get();
  }

  @Override
  public void transportInterupted() {
    count.incrementAndGet();
  }

  @Override
  public void transportResumed() {}

  @Override
  public void onCommand(Object command) {}

  @Override
  public void onException(IOException error) {}
}
