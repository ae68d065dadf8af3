package io.batonmq.checks.openwire;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// Stands between clients and a broker and keeps every frame that passes, in the order in which they pass, in a file
/// that `RecordedTest` of `wire-openwire` reads:
///
/// ```
/// gzip( { u8 connection, from 1 on | u8 1 for the client's, 2 for the broker's | i32 length | length bytes } ... )
/// ```
final class RecordingProxy implements AutoCloseable {
  private static final int CLIENT = 1;
  private static final int BROKER = 2;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int broker;
  private final DataOutputStream file;
  private final List<Socket> sockets = new ArrayList<>();
  private int connections;
  private boolean holding;
  private int held;
  private boolean closed;

  /// @param broker its port
  RecordingProxy(int broker, Path file) throws IOException {
    this.broker = broker;
    this.file = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)));
    Thread.ofPlatform().daemon().name("recording").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// What the broker says goes nowhere from now on.
  synchronized void hold() {
    holding = true;
    held = 0;
  }

  /// How many of its answers have gone nowhere.
  synchronized int held() {
    return held;
  }

  /// Ends all connections, and lets the next ones speak again.
  synchronized void cut() {
    sockets.forEach(RecordingProxy::end);
    sockets.clear();
    holding = false;
  }

  private void accept() {
    while (true) {
      try {
        begin(server.accept(), new Socket(InetAddress.getLoopbackAddress(), broker));
      } catch (IOException e) {
        return;
      }
    }
  }

  private synchronized void begin(Socket client, Socket other) {
    int connection = ++connections;
    sockets.add(client);
    sockets.add(other);
    pass(connection, CLIENT, client, other);
    pass(connection, BROKER, other, client);
  }

  private void pass(int connection, int who, Socket from, Socket to) {
    Thread.ofPlatform()
        .daemon()
        .name("recording " + connection)
        .start(() -> {
          try (from;
              to) {
            var in = new DataInputStream(from.getInputStream());
            while (true) {
              var frame = new byte[in.readInt()];
              in.readFully(frame);
              if (keep(connection, who, frame)) {
                write(to.getOutputStream(), frame);
              }
            }
          } catch (IOException e) {
            // One of them has gone, and so does the other.
          }
        });
  }

  private static void write(OutputStream to, byte[] frame) throws IOException {
    var bytes = new byte[Integer.BYTES + frame.length];
    ByteBuffer.wrap(bytes).putInt(frame.length).put(frame);
    to.write(bytes);
  }

  private synchronized boolean keep(int connection, int who, byte[] frame) throws IOException {
    if (closed) {
      return false;
    }
    if (holding && who == BROKER) {
      held++;
      return false;
    }
    file.writeByte(connection);
    file.writeByte(who);
    file.writeInt(frame.length);
    file.write(frame);
    return true;
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    server.close();
    sockets.forEach(RecordingProxy::end);
    file.close();
  }
}
