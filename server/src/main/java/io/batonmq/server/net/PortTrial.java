package io.batonmq.server.net;

import io.batonmq.server.config.Acceptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// Finds out whether this process could listen, by trying.
public final class PortTrial {
  private PortTrial() {}

  /// Listens on all of them for a moment, and answers those that are not to be had.
  public static List<CannotListenException> of(List<Acceptor> acceptors) throws IOException {
    List<CannotListenException> failures = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (Acceptor acceptor : acceptors) {
        InetSocketAddress address = address(acceptor.host(), acceptor.port());
        ServerSocket socket = new ServerSocket();
        held.add(socket);
        socket.setReuseAddress(true); // as the listener will: what is closing is not in the way
        try {
          socket.bind(address);
        } catch (IOException e) {
          failures.add(CannotListenException.of(acceptor.name(), acceptor.host(), address, e));
        }
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return failures;
  }

  /// Whether this machine has the address.
  public static boolean isHere(String host) {
    return CannotListenException.isHere(new InetSocketAddress(host, 0));
  }

  /// @param host empty for all addresses
  static InetSocketAddress address(String host, int port) {
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }
}
