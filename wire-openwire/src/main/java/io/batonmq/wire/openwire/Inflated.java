package io.batonmq.wire.openwire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;

/// Opens bodies that a client compressed, for those who speak another protocol; between OpenWire clients they are
/// passed on as they are.
final class Inflated {
  /// A body that becomes larger is not opened.
  static final int MAX = 16 << 20;

  private Inflated() {}

  /// @throws Malformed if it is broken or becomes too large
  static byte[] of(byte[] bytes, int from) {
    try (InputStream in =
        new InflaterInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
      byte[] opened = in.readNBytes(MAX + 1);
      if (opened.length > MAX) {
        throw new Malformed("a compressed body becomes larger than " + MAX + " bytes");
      }
      return opened;
    } catch (IOException broken) {
      throw new Malformed("a compressed body is broken");
    }
  }

  /// Bytes from a place on.
  static byte[] rest(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, Math.min(from, bytes.length), bytes.length);
  }
}
