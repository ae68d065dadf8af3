package io.batonmq.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes the fields of events and snapshots into a buffer that it keeps and widens.
///
/// - *number*: unsigned LEB128, 7 bits a byte, low bits first; 1 to 10 bytes
/// - *signed*: zigzag, then as a number
/// - *text*: number of bytes, then UTF-8
/// - *keys*: how many, the first as a number, then each as signed difference to the one before
/// - *numbers*: how many, then each
final class FieldWriter {
  private byte[] bytes;
  private int size;

  FieldWriter(int capacity) {
    bytes = new byte[capacity];
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  /// What was written. Valid until the next [#clear].
  ByteBuffer view() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  void octet(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  void flag(boolean value) {
    octet(value ? 1 : 0);
  }

  void number(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void signed(long value) {
    number((value << 1) ^ (value >> 63));
  }

  void text(String value) {
    raw(value.getBytes(StandardCharsets.UTF_8));
  }

  void raw(byte[] value) {
    number(value.length);
    reserve(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  void keys(long[] keys) {
    number(keys.length);
    long last = 0;
    for (long key : keys) {
      signed(key - last);
      last = key;
    }
  }

  void numbers(int[] values) {
    number(values.length);
    for (int value : values) {
      number(value);
    }
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
