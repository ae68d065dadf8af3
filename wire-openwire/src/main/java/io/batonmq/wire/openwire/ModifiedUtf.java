package io.batonmq.wire.openwire;

import java.nio.charset.StandardCharsets;

/// The encoding of text in OpenWire: that of [java.io.DataInput], in which no byte is 0 and a character
/// beyond 16 bits stands as two.
final class ModifiedUtf {
  private ModifiedUtf() {}

  static String decode(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] >= 0) {
      at++;
    }
    if (at == end) {
      return new String(bytes, from, end - from, StandardCharsets.US_ASCII);
    }
    StringBuilder text = new StringBuilder(end - from);
    for (at = from; at < end; ) {
      int first = bytes[at] & 0xff;
      if (first < 0x80) {
        text.append((char) first);
        at++;
      } else if (first >> 5 == 0b110 && at + 1 < end && continues(bytes[at + 1])) {
        text.append((char) (((first & 0x1f) << 6) | (bytes[at + 1] & 0x3f)));
        at += 2;
      } else if (first >> 4 == 0b1110
          && at + 2 < end
          && continues(bytes[at + 1])
          && continues(bytes[at + 2])) {
        text.append(
            (char)
                (((first & 0x0f) << 12) | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f)));
        at += 3;
      } else {
        throw new Malformed("text is not encoded as text");
      }
    }
    return text.toString();
  }

  private static boolean continues(byte next) {
    return (next & 0xc0) == 0x80;
  }

  /// Bytes that a text takes.
  static int length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      length += c >= 1 && c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }
    return length;
  }

  static boolean ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 1 || c >= 0x80) {
        return false;
      }
    }
    return true;
  }

  static byte[] encode(String text) {
    byte[] bytes = new byte[length(text)];
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 1 && c < 0x80) {
        bytes[at++] = (byte) c;
      } else if (c < 0x800) {
        bytes[at++] = (byte) (0xc0 | (c >> 6));
        bytes[at++] = (byte) (0x80 | (c & 0x3f));
      } else {
        bytes[at++] = (byte) (0xe0 | (c >> 12));
        bytes[at++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        bytes[at++] = (byte) (0x80 | (c & 0x3f));
      }
    }
    return bytes;
  }
}
