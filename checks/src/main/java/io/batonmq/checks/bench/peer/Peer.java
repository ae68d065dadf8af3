package io.batonmq.checks.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A kind of broker.
public interface Peer {
  /// The scenario of what only we have.
  String COMMAND = "command";

  /// What it is called in reports.
  String name();

  /// The client that its users have, as a class with a constructor that takes an address.
  String factory();

  /// The class path of that client.
  List<Path> clientPath();

  /// The address for one broker.
  String url(int port);

  /// The address for a pair.
  String failoverUrl(int primary, int backup);

  /// Whether it can be measured in a scenario.
  default boolean takesPart(String scenario) {
    return !scenario.equals(COMMAND);
  }

  /// Whether its client has the asynchronous sends of JMS 2.0.
  default boolean answersLater() {
    return true;
  }

  /// What a node that stands by prints when it does.
  String standbySays();

  /// Whether the primary gets the baton back when it returns, without an operator.
  default boolean failsBack() {
    return true;
  }

  /// Makes a broker of its own.
  Broker single(Path directory) throws IOException, InterruptedException;

  /// Makes the two nodes of a shared store, of which none runs.
  Pair pair(Path directory) throws IOException, InterruptedException;

  /// Two brokers over one store.
  record Pair(Broker primary, Broker backup) implements AutoCloseable {
    @Override
    public void close() {
      primary.close();
      backup.close();
    }
  }
}
