package io.batonmq.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// Ports of this machine for brokers that live for seconds.
public final class FreePorts {
  private FreePorts() {}

  /// Ports that are free now. All are held until the last is found, so that they differ.
  public static List<Integer> find(int count) throws IOException {
    var held = new ArrayList<ServerSocket>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getByName("localhost")));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (var socket : held) {
        socket.close();
      }
    }
  }
}
