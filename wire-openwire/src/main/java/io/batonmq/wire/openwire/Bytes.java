package io.batonmq.wire.openwire;

import java.util.Arrays;

/// Bytes that grow, big-endian.
final class Bytes {
  private byte[] bytes;
  private int length;

  Bytes(int room) {
    this.bytes = new byte[Math.max(16, room)];
  }

  int length() {
    return length;
  }

  private void room(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, count)));
    }
  }

  Bytes octet(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  Bytes int16(int value) {
    return octet(value >> 8).octet(value);
  }

  Bytes int32(int value) {
    return int16(value >> 16).int16(value);
  }

  Bytes int64(long value) {
    return int32((int) (value >> 32)).int32((int) value);
  }

  Bytes raw(byte[] more) {
    return raw(more, 0, more.length);
  }

  Bytes raw(byte[] more, int from, int to) {
    room(to - from);
    System.arraycopy(more, from, bytes, length, to - from);
    length += to - from;
    return this;
  }

  Bytes raw(Bytes more) {
    return raw(more.bytes, 0, more.length);
  }

  /// Sets bits of a byte that was written before.
  void or(int index, int mask) {
    bytes[index] |= (byte) mask;
  }

  byte[] array() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }
}
