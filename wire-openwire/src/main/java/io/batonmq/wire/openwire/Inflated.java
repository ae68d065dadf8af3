package io.batonmq.wire.openwire;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Opens bodies that a client compressed, for those who speak another protocol; between OpenWire clients they are
/// passed on as they are.
final class Inflated {
  /// A body that becomes larger is not opened.
  static final int MAX = 16 << 20;

  private Inflated() {}

  /// @throws Malformed if it is broken or becomes too large
  static byte[] of(byte[] bytes, int from) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes, from, bytes.length - from);
      Bytes opened = new Bytes(bytes.length * 2);
      byte[] piece = new byte[8 << 10];
      while (!inflater.finished()) {
        int count = inflater.inflate(piece);
        if (count == 0) {
          throw new Malformed("a compressed body ends too early");
        }
        if (opened.length() + count > MAX) {
          throw new Malformed("a compressed body becomes larger than " + MAX + " bytes");
        }
        opened.raw(piece, 0, count);
      }
      return opened.array();
    } catch (DataFormatException broken) {
      throw new Malformed("a compressed body is broken");
    } finally {
      inflater.end();
    }
  }
}
