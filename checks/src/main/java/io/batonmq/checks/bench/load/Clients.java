package io.batonmq.checks.bench.load;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Connections of one load, each of its own, closed together.
final class Clients implements AutoCloseable {
  private final ConnectionFactory factory;
  private final List<Connection> connections = new ArrayList<>();
  private final byte[] body;

  Clients(Arguments arguments) throws ReflectiveOperationException {
    factory =
        Class.forName(arguments.text("factory"))
            .asSubclass(ConnectionFactory.class)
            .getConstructor(String.class)
            .newInstance(arguments.text("url"));
    // Bytes that do not compress: a store that compresses should not look better than it is.
    body = new byte[arguments.number("bytes", 1024)];
    new SplittableRandom(1).nextBytes(body);
  }

  synchronized Connection connect() throws JMSException {
    Connection connection = factory.createConnection();
    connections.add(connection);
    connection.start();
    return connection;
  }

  Session session() throws JMSException {
    return connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  Session transacted() throws JMSException {
    return connect().createSession(true, Session.SESSION_TRANSACTED);
  }

  BytesMessage message(Session session) throws JMSException {
    BytesMessage message = session.createBytesMessage();
    message.writeBytes(body);
    return message;
  }

  @Override
  public synchronized void close() {
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (JMSException _) {
        // The broker may be gone; what counts was counted.
      }
    }
  }
}
