package io.batonmq.checks.hostile;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// The bytes that a real client sends from its first to its last, as a man in the middle sees them.
final class Conversation {
  private Conversation() {}

  /// A client logs in, sends three messages and receives them.
  static byte[] record(Broker broker) throws Exception {
    var seen = new ByteArrayOutputStream();
    try (var door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var middle = Thread.ofPlatform().daemon().start(() -> serve(door, broker.port(), seen));
      var url =
          broker
              .url("&amqp.saslMechanisms=PLAIN")
              .replace(":" + broker.port(), ":" + door.getLocalPort());
      try (var client = Client.to(url)) {
        for (int i = 0; i < 3; i++) {
          client.send("recorded", "message " + i);
        }
        client.receive("recorded", 3);
      }
      middle.join();
    }
    return seen.toByteArray();
  }

  private static void serve(ServerSocket door, int port, ByteArrayOutputStream seen) {
    try (var client = door.accept();
        var broker = new Socket(InetAddress.getLoopbackAddress(), port)) {
      var back =
          Thread.ofPlatform()
              .daemon()
              .start(() -> copy(broker, client, OutputStream.nullOutputStream()));
      copy(client, broker, seen);
      broker.shutdownOutput();
      back.join();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Socket from, Socket to, OutputStream seen) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      var bytes = new byte[8192];
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        seen.write(bytes, 0, n);
        out.write(bytes, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // one side is gone, and with it the conversation
    }
  }
}
