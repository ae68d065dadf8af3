package io.batonmq.sim;

import org.jspecify.annotations.Nullable;

/// A write that no sync has answered for.
///
/// @param serial order of all writes on this disk
/// @param handle through which it was written
/// @param bytes what was written; null for zeros
/// @param lost set aside by a failed sync: the page is marked clean and will never be written again
record Unsynced(
    long serial, long handle, long offset, int length, byte @Nullable [] bytes, boolean lost) {
  static final int SECTOR = 512;

  long end() {
    return offset + length;
  }

  long firstSector() {
    return offset / SECTOR;
  }

  long lastSector() {
    return (end() - 1) / SECTOR;
  }

  Unsynced asLost() {
    return new Unsynced(serial, handle, offset, length, bytes, true);
  }

  /// Puts the part of it that lies in a range into a content.
  void apply(Content content, long from, long to) {
    long begin = Math.max(from, offset);
    long end = Math.min(to, end());
    if (begin >= end) {
      return;
    }
    if (bytes == null) {
      content.zero(begin, end - begin);
    } else {
      content.write(begin, bytes, (int) (begin - offset), (int) (end - begin));
    }
  }

  void apply(Content content) {
    apply(content, offset, end());
  }

  /// The part of it that lies in a range; null if none does.
  @Nullable Unsynced clip(long from, long to) {
    long begin = Math.max(from, offset);
    long end = Math.min(to, end());
    if (begin >= end) {
      return null;
    }
    byte[] part = bytes == null ? null : new byte[(int) (end - begin)];
    if (bytes != null && part != null) {
      System.arraycopy(bytes, (int) (begin - offset), part, 0, part.length);
    }
    return new Unsynced(serial, handle, begin, (int) (end - begin), part, lost);
  }
}
