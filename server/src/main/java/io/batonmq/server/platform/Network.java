package io.batonmq.server.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which network this process listens in: two processes with the same answer share their ports.
public final class Network {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path SPACE = Path.of("/proc/self/ns/net");

  private Network() {}

  /// The machine since its last start, and of its networks the one that this process has; its name where the system
  /// tells neither. Without blanks.
  public static String identity() {
    try {
      return plain(Files.readString(BOOT) + "/" + Files.readSymbolicLink(SPACE));
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux.
    }
    try {
      return plain(InetAddress.getLocalHost().getHostName());
    } catch (IOException e) {
      return "";
    }
  }

  private static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    text.chars().filter(c -> c > ' ' && c < 0x7f).forEach(c -> plain.append((char) c));
    return plain.toString();
  }
}
