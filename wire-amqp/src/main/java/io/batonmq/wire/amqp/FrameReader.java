package io.batonmq.wire.amqp;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Gathers bytes into frames (AMQP 1.0 §2.3):
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 4 | size of the whole frame, at least 8 |
/// | 4 | 1 | data offset, in words of 4 bytes, at least 2 |
/// | 5 | 1 | type: 0 AMQP, 1 SASL |
/// | 6 | 2 | channel |
///
/// A protocol header (§2.2) is `AMQP`, protocol id, major, minor, revision. Memory grows with the bytes
/// that have come, not with the size that a frame claims to have.
final class FrameReader {
  static final int HEADER_BYTES = 8;

  private static final int SMALL = 4 << 10;
  private static final int LARGE = 128 << 10;

  private byte[] bytes = new byte[SMALL];
  private int start;
  private int end;
  private int frameMax;
  private int bodyAt;
  private int frameEnd;
  private int type;
  private int channel;

  FrameReader(int frameMax) {
    this.frameMax = frameMax;
  }

  void frameMax(int max) {
    frameMax = max;
  }

  /// Number of bytes that wait to be read as frames.
  int waiting() {
    return end - start;
  }

  /// Takes all bytes. A frame read before is overwritten.
  void fill(ByteBuffer more) {
    int count = more.remaining();
    if (start == end) {
      start = 0;
      end = 0;
      if (bytes.length > LARGE && count <= SMALL) {
        bytes = new byte[SMALL];
      }
    }
    if (count > bytes.length - end) {
      int size = end - start;
      byte[] room = count > bytes.length - size ? grown(size + count) : bytes;
      System.arraycopy(bytes, start, room, 0, size);
      bytes = room;
      start = 0;
      end = size;
    }
    more.get(bytes, end, count);
    end += count;
  }

  private byte[] grown(int needed) {
    return new byte[Math.max(needed, bytes.length * 2)];
  }

  /// The next protocol header as its last four bytes in one number, or -1 if it is not all there.
  long header() {
    if (waiting() < HEADER_BYTES) {
      return -1;
    }
    if (Encoding.int32(bytes, start, end) != 0x414d5150) {
      throw Malformed.framing("there is no AMQP header where one must be");
    }
    long rest = Encoding.int32(bytes, start + 4, end) & 0xffff_ffffL;
    start += HEADER_BYTES;
    return rest;
  }

  /// Moves to the next frame.
  ///
  /// @return false if it is not all there
  boolean next() {
    if (waiting() < HEADER_BYTES) {
      return false;
    }
    long size = Encoding.int32(bytes, start, end) & 0xffff_ffffL;
    if (size < HEADER_BYTES || size > frameMax) {
      throw Malformed.framing(
          "a frame has %d bytes, at least 8 and at most %d are allowed".formatted(size, frameMax));
    }
    int dataOffset = (bytes[start + 4] & 0xff) * 4;
    if (dataOffset < HEADER_BYTES || dataOffset > size) {
      throw Malformed.framing("a frame's data offset is " + dataOffset);
    }
    if (waiting() < size) {
      return false;
    }
    type = bytes[start + 5] & 0xff;
    channel = Encoding.int16(bytes, start + 6, end);
    bodyAt = start + dataOffset;
    frameEnd = start + (int) size;
    start = frameEnd;
    return true;
  }

  /// Holds the frame, from [#bodyAt] to [#frameEnd], until the next call of [#fill].
  byte[] bytes() {
    return bytes;
  }

  int bodyAt() {
    return bodyAt;
  }

  int frameEnd() {
    return frameEnd;
  }

  int type() {
    return type;
  }

  int channel() {
    return channel;
  }

  /// Forgets everything that waits.
  void clear() {
    bytes = Arrays.copyOf(bytes, 0);
    start = 0;
    end = 0;
  }
}
