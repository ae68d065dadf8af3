package io.batonmq.server.net;

import io.batonmq.mirror.Dialer;
import io.batonmq.mirror.Link;
import io.batonmq.mirror.Receiver;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reaches an active node from a standby. Each link has a thread that reads it: what comes by it is done on the disk, which
/// blocks.
public final class PairDialer implements Dialer {
  private static final Logger LOG = LoggerFactory.getLogger(PairDialer.class);
  private static final int CONNECT_MILLIS_MAX = 1_000;
  private static final int ANSWER_MILLIS_MAX = 3_000;
  private static final int BUFFER = 256 << 10;

  private final PairProof proof;

  public PairDialer(PairProof proof) {
    this.proof = proof;
  }

  @Override
  public Link dial(String address, Receiver receiver) {
    int colon = address.lastIndexOf(':');
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          CONNECT_MILLIS_MAX);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(ANSWER_MILLIS_MAX);
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
      prove(address, in, socket.getOutputStream());
      socket.setSoTimeout(0);
      SocketLink link = new SocketLink(socket, socket.getOutputStream());
      Thread.ofPlatform().daemon().name("pair-" + address).start(() -> read(in, link, receiver));
      return link;
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      shut(socket);
      throw new DialException("no active node at " + address + ": " + e.getMessage());
    } catch (DialException e) {
      shut(socket);
      throw e;
    }
  }

  private void prove(String address, DataInputStream in, OutputStream out) throws IOException {
    byte[] standby = proof.nonce();
    ByteBuffer hello = ByteBuffer.allocate(PairProof.MAGIC.length + PairProof.NONCE);
    out.write(hello.put(PairProof.MAGIC).put(standby).array());
    byte[] active = new byte[PairProof.NONCE];
    in.readFully(active);
    out.write(proof.ofStandby(standby, active));
    if (in.read() != 1) {
      throw new DialException(
          address + " refuses this node: it has another cluster-user or cluster-password");
    }
    byte[] answer = new byte[PairProof.PROOF];
    in.readFully(answer);
    if (!PairProof.same(answer, proof.ofActive(standby, active))) {
      throw new DialException(
          "the node at " + address + " has another cluster-user or cluster-password");
    }
  }

  private static void read(DataInputStream in, SocketLink link, Receiver receiver) {
    String why = "the connection ended";
    try {
      while (true) {
        int length = in.readInt();
        if (length < 1 || length > Link.FRAME_MAX) {
          why = "a frame of " + length + " bytes";
          break;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        receiver.frame(ByteBuffer.wrap(bytes));
      }
    } catch (EOFException e) {
      LOG.debug("the link ended", e);
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("a link of the pair failed, which is a bug", e);
      why = String.valueOf(e);
    }
    link.close();
    receiver.lost(why);
  }

  private static void shut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing failed", e);
    }
  }

  private static final class SocketLink implements Link {
    private final Socket socket;
    private final OutputStream out;

    SocketLink(Socket socket, OutputStream out) {
      this.socket = socket;
      this.out = out;
    }

    @Override
    public synchronized void send(ByteBuffer frame) {
      byte[] bytes = new byte[4 + frame.remaining()];
      ByteBuffer.wrap(bytes).putInt(frame.remaining()).put(frame);
      try {
        out.write(bytes);
      } catch (IOException e) {
        // Who reads hears of it.
        shut(socket);
      }
    }

    @Override
    public void close() {
      shut(socket);
    }
  }
}
