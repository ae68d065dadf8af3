package io.batonmq.checks.bench.peer;

import java.nio.file.Path;
import java.util.List;

/// A broker that is reached by AMQP, with Qpid JMS.
abstract class AmqpPeer implements Peer {
  private static final String LOGIN = "?jms.username=admin&jms.password=admin";

  private final List<Path> clientPath;

  AmqpPeer(List<Path> clientPath) {
    this.clientPath = clientPath;
  }

  @Override
  public String factory() {
    return "org.apache.qpid.jms.JmsConnectionFactory";
  }

  @Override
  public List<Path> clientPath() {
    return clientPath;
  }

  @Override
  public String url(int port) {
    return "amqp://127.0.0.1:" + port + LOGIN;
  }

  @Override
  public String failoverUrl(int primary, int backup) {
    return "failover:(amqp://127.0.0.1:%d,amqp://127.0.0.1:%d)".formatted(primary, backup) + LOGIN;
  }
}
