package io.batonmq.wire.amqp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes the few AMQP values that are made here.
final class Writer {
  private byte[] bytes;
  private int size;

  Writer(int capacity) {
    bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  void clear() {
    size = 0;
  }

  /// The bytes written, if they fill the capacity asked for; else a copy of them.
  byte[] array() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  private void room(int count) {
    if (count > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(size + count, bytes.length * 2));
    }
  }

  Writer int8(int value) {
    room(1);
    bytes[size++] = (byte) value;
    return this;
  }

  Writer int32(int value) {
    room(4);
    setInt32(size, value);
    size += 4;
    return this;
  }

  Writer int64(long value) {
    return int32((int) (value >>> 32)).int32((int) value);
  }

  Writer timestamp(long millis) {
    return int8(Encoding.TIMESTAMP).int64(millis);
  }

  void setInt32(int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  Writer raw(byte[] source, int from, int to) {
    room(to - from);
    System.arraycopy(source, from, bytes, size, to - from);
    size += to - from;
    return this;
  }

  Writer descriptor(int code) {
    return int8(Encoding.DESCRIBED).int8(Encoding.SMALL_ULONG).int8(code);
  }

  /// Begins a list or map of 32-bit width; [#end] fills its size in.
  ///
  /// @return what to give to [#end]
  int begin(int constructor) {
    int8(constructor);
    int at = size;
    int32(0).int32(0);
    return at;
  }

  void end(int at, int count) {
    setInt32(at, size - at - 4);
    setInt32(at + 4, count);
  }

  Writer nothing() {
    return int8(Encoding.NULL);
  }

  Writer bool(boolean value) {
    return int8(value ? 0x41 : 0x42);
  }

  Writer ubyte(int value) {
    return int8(0x50).int8(value);
  }

  Writer uint(int value) {
    if (value == 0) {
      return int8(0x43);
    }
    return value > 0 && value < 256 ? int8(0x52).int8(value) : int8(0x70).int32(value);
  }

  Writer binary(byte[] value) {
    return variable(Encoding.BINARY8, value);
  }

  Writer symbol(String value) {
    return variable(Encoding.SYMBOL8, value.getBytes(StandardCharsets.US_ASCII));
  }

  Writer string(String value) {
    return variable(Encoding.STRING8, value.getBytes(StandardCharsets.UTF_8));
  }

  private Writer variable(int narrow, byte[] value) {
    if (value.length < 256) {
      int8(narrow).int8(value.length);
    } else {
      int8(narrow + 0x10).int32(value.length);
    }
    return raw(value, 0, value.length);
  }
}
