package io.batonmq.wire.openwire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Puts frames together: a length of four bytes, and so many more.
///
/// Room is made for what has come, twice as much at most, and never for what a length says.
final class Frames {
  private static final int ROOM_MIN = 1 << 10;

  /// Empty room beyond this is given back.
  private static final int ROOM_KEPT = 64 << 10;

  private byte[] bytes = new byte[ROOM_MIN];
  private int from;
  private int to;
  private int max;
  private int frameFrom;
  private int frameEnd;

  /// @param max bytes of a frame
  Frames(int max) {
    this.max = max;
  }

  void max(int bytesMax) {
    max = bytesMax;
  }

  /// Takes all of it.
  void fill(ByteBuffer more) {
    int count = more.remaining();
    if (from == to) {
      from = 0;
      to = 0;
      if (bytes.length > ROOM_KEPT && count <= ROOM_KEPT) {
        bytes = new byte[ROOM_KEPT];
      }
    }
    if (bytes.length - to < count) {
      int waiting = to - from;
      if (waiting + count <= bytes.length && from >= bytes.length / 2) {
        System.arraycopy(bytes, from, bytes, 0, waiting);
      } else {
        int room = Math.max(ROOM_MIN, Math.addExact(waiting, count));
        byte[] wider = new byte[(int) Math.max(room, Math.min(room * 2L, end(waiting)))];
        System.arraycopy(bytes, from, wider, 0, waiting);
        bytes = wider;
      }
      from = 0;
      to = waiting;
    }
    more.get(bytes, to, count);
    to += count;
  }

  /// Bytes up to the end of the frame at hand, or of the longest that there may be.
  private long end(int waiting) {
    int length = waiting < Integer.BYTES ? max : length();
    return Integer.BYTES + (long) (length < 1 || length > max ? max : length);
  }

  private int length() {
    return ByteBuffer.wrap(bytes, from, Integer.BYTES).getInt();
  }

  /// The length of the frame at hand if it is a large one; 0 if it is not, or not known yet.
  int large() {
    int length = to - from < Integer.BYTES ? 0 : length();
    return length > ROOM_KEPT && length <= max ? length : 0;
  }

  /// Gives room back that what waits does not need.
  void trim() {
    if (bytes.length > ROOM_KEPT && to - from <= ROOM_KEPT) {
      bytes = Arrays.copyOf(Arrays.copyOfRange(bytes, from, to), ROOM_KEPT);
      to -= from;
      from = 0;
    }
  }

  /// Goes to the next frame; false if it is not there whole.
  ///
  /// @throws Malformed if it is too long
  boolean next() {
    if (to - from < Integer.BYTES) {
      return false;
    }
    int length = length();
    if (length < 1 || length > max) {
      throw new Malformed(
          "a frame of "
              + Integer.toUnsignedString(length)
              + " bytes where at most "
              + max
              + " are taken (wireFormat.maxFrameSize)");
    }
    if (to - from - Integer.BYTES < length) {
      return false;
    }
    frameFrom = from + Integer.BYTES;
    frameEnd = frameFrom + length;
    from = frameEnd;
    return true;
  }

  /// The array that the frame is in, as long as nothing more is filled in.
  byte[] bytes() {
    return bytes;
  }

  int frameFrom() {
    return frameFrom;
  }

  int frameEnd() {
    return frameEnd;
  }

  /// Bytes that no frame was made of yet.
  int waiting() {
    return to - from;
  }

  /// Forgets everything.
  void clear() {
    from = 0;
    to = 0;
    bytes = Arrays.copyOf(bytes, 0);
  }
}
