package io.batonmq.server.net;

import java.nio.charset.StandardCharsets;

/// Words for those who speak no protocol of a port.
final class Strangers {
  private static final int SEEN_MAX = 16;

  private Strangers() {}

  static byte[] httpAnswer() {
    String text = "This port speaks messaging protocols. The console has a port of its own.\n";
    String head =
        "HTTP/1.1 400 Bad Request\r\n"
            + "Connection: close\r\n"
            + "Content-Type: text/plain\r\n"
            + "Content-Length: "
            + text.length()
            + "\r\n\r\n";
    return (head + text).getBytes(StandardCharsets.US_ASCII);
  }

  static boolean looksLikeHttp(byte[] bytes) {
    String start = new String(bytes, StandardCharsets.US_ASCII);
    return start.startsWith("GET ")
        || start.startsWith("HEAD ")
        || start.startsWith("POST ")
        || start.startsWith("PUT ")
        || start.startsWith("DELETE ")
        || start.startsWith("PATCH ")
        || start.startsWith("OPTIONS")
        || start.startsWith("CONNECT")
        || start.startsWith("TRACE ")
        || start.startsWith("PRI * ");
  }

  static String printable(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(bytes.length, SEEN_MAX); i++) {
      int c = bytes[i] & 0xff;
      text.append(c >= 0x20 && c < 0x7f ? String.valueOf((char) c) : "\\x%02x".formatted(c));
    }
    return "\"" + text + "\"";
  }
}
