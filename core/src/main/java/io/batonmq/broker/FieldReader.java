package io.batonmq.broker;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Reads what [FieldWriter] wrote. Every length is compared with what is left before anything is
/// allocated, so a damaged record costs an error, never memory.
final class FieldReader {
  private final ByteBuffer buffer;

  FieldReader(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  int remaining() {
    return buffer.remaining();
  }

  int octet() {
    try {
      return buffer.get() & 0xFF;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record ends inside a field", e);
    }
  }

  boolean flag() {
    int value = octet();
    if (value > 1) {
      throw new IllegalArgumentException("neither true nor false: " + value);
    }
    return value == 1;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int octet = octet();
      if (shift == 63 && octet > 1) {
        break;
      }
      value |= (long) (octet & 0x7F) << shift;
      if (octet < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }

  int smallNumber() {
    long value = number();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a number of more than 31 bits: " + value);
    }
    return (int) value;
  }

  long signed() {
    long value = number();
    return (value >>> 1) ^ -(value & 1);
  }

  String text() {
    return new String(raw(), StandardCharsets.UTF_8);
  }

  byte[] raw() {
    byte[] value = new byte[count(1)];
    buffer.get(value);
    return value;
  }

  /// Leaves bytes out that are of no interest here.
  void skipRaw() {
    int length = count(1);
    buffer.position(buffer.position() + length);
  }

  long[] keys() {
    long[] keys = new long[count(1)];
    long last = 0;
    for (int i = 0; i < keys.length; i++) {
      last += signed();
      keys[i] = last;
    }
    return keys;
  }

  int[] numbers() {
    int[] values = new int[count(1)];
    for (int i = 0; i < values.length; i++) {
      values[i] = smallNumber();
    }
    return values;
  }

  /// A number of things of at least `each` bytes.
  int count(int each) {
    long count = number();
    if (count < 0 || count > buffer.remaining() / each) {
      throw new IllegalArgumentException(
          "a record of " + buffer.remaining() + " more bytes announces " + count + " fields");
    }
    return (int) count;
  }

  void end() {
    if (buffer.hasRemaining()) {
      throw new IllegalArgumentException(buffer.remaining() + " bytes after the last field");
    }
  }
}
