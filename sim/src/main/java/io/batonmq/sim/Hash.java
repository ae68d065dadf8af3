package io.batonmq.sim;

import java.nio.ByteBuffer;

/// The few mixers that choices and traces need. Not for anything that has an enemy.
final class Hash {
  private Hash() {}

  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  static long fold(long hash, long value) {
    return mix(hash * 31 + value);
  }

  static long of(String text) {
    return mix(text.hashCode() * 0x9E3779B97F4A7C15L + text.length());
  }

  static long of(ByteBuffer bytes) {
    long hash = bytes.remaining();
    int at = bytes.position();
    for (; at + 8 <= bytes.limit(); at += 8) {
      hash = hash * 0x9E3779B97F4A7C15L + bytes.getLong(at);
    }
    for (; at < bytes.limit(); at++) {
      hash = hash * 31 + bytes.get(at);
    }
    return mix(hash);
  }
}
