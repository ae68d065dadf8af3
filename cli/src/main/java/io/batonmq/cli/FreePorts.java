package io.batonmq.cli;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of this machine for brokers that live for seconds.
///
/// They are below those that systems give to the clients' ends of connections. Whoever tries to connect to a port
/// of that kind before its broker listens is given the same port for its own end sooner or later: it is
/// connected to itself, takes that for an answer, and the broker finds its port in use.
public final class FreePorts {
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 30_000;
  private static final int TRIES_MAX = 1_000;

  private FreePorts() {}

  /// Ports that are free now. All are held until the last is found, so that they differ.
  ///
  /// @throws IOException where there are not so many
  public static List<Integer> find(int count) throws IOException {
    var held = new ArrayList<ServerSocket>();
    try {
      for (int tries = 0; held.size() < count; tries++) {
        try {
          int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
          held.add(new ServerSocket(port, 1, InetAddress.getByName("localhost")));
        } catch (BindException e) {
          if (tries == TRIES_MAX) {
            throw e;
          }
        }
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (var socket : held) {
        socket.close();
      }
    }
  }
}
