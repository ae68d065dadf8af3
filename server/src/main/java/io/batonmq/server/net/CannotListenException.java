package io.batonmq.server.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/// A port that is not to be had; the message says what to change.
public final class CannotListenException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int PORT_OF_ALL_USERS_MIN = 1024;

  private final int port;
  private final boolean inUse;

  private CannotListenException(String message, int port, boolean inUse, Throwable cause) {
    super(message, cause);
    this.port = port;
    this.inUse = inUse;
  }

  static CannotListenException of(
      String listener, String host, InetSocketAddress address, Throwable cause) {
    int port = address.getPort();
    String place = "listener %s cannot listen on %s:%d: ".formatted(listener, host, port);
    if (address.isUnresolved()) {
      return new CannotListenException(
          place + "no host of this name is known. Choose an address of this machine, or 0.0.0.0.",
          port,
          false,
          cause);
    }
    String words = String.valueOf(cause.getMessage());
    // The words of the system may be in any language: what is neither of these two is in use.
    boolean inUse = words.contains("in use") || port >= PORT_OF_ALL_USERS_MIN;
    if (!isHere(address)) {
      return new CannotListenException(
          place + "this machine has no such address. Choose one that it has, or 0.0.0.0.",
          port,
          false,
          cause);
    }
    return new CannotListenException(
        place
            + words
            + (inUse
                ? ". Is another broker running there? Choose another port."
                : ". Ports below 1024 need a right of their own; choose another port."),
        port,
        inUse,
        cause);
  }

  /// Whether this machine has the address.
  static boolean isHere(InetSocketAddress address) {
    if (address.isUnresolved()) {
      return false;
    }
    var ip = address.getAddress();
    try {
      return ip.isAnyLocalAddress()
          || ip.isLoopbackAddress()
          || NetworkInterface.getByInetAddress(ip) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  /// Whether the address is good and somebody else has the port, who may go.
  public boolean inUse() {
    return inUse;
  }
}
