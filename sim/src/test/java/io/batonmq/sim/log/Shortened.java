package io.batonmq.sim.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// A rewritten segment that has lost a record, and is right by its own words.
final class Shortened {
  private static final int HEADER = 48;
  private static final int ENTRY = 16;

  private Shortened() {}

  static byte[] byOne(byte[] file) {
    var bytes = ByteBuffer.wrap(file.clone());
    int records = bytes.getInt(12) - 1;
    bytes.putInt(12, records);
    var crc = new CRC32C();
    crc.update(bytes.slice(0, 44));
    crc.update(bytes.slice(HEADER, ENTRY * records));
    bytes.putInt(44, (int) crc.getValue());
    return bytes.array();
  }
}
