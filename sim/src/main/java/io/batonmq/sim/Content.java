package io.batonmq.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The bytes of a file, in pages that copies share until one of them writes. A page is absent (a
/// hole, reads as zeros, takes no space), zeros that take space, or bytes.
final class Content {
  static final int PAGE = 4096;

  /// Stands for every page of allocated zeros; never written.
  private static final byte[] ZEROS = new byte[PAGE];

  private byte[] @Nullable [] pages;
  private boolean[] owned;
  private long size;
  private int allocated;

  Content() {
    pages = new byte[4][];
    owned = new boolean[4];
  }

  private Content(Content other) {
    pages = other.pages.clone();
    owned = new boolean[pages.length];
    size = other.size;
    allocated = other.allocated;
  }

  Content copy() {
    Arrays.fill(owned, false);
    return new Content(this);
  }

  long size() {
    return size;
  }

  long allocatedBytes() {
    return (long) allocated * PAGE;
  }

  /// Bytes that a write to this range would add to what the file takes.
  long growth(long offset, long length) {
    long added = 0;
    if (length == 0) {
      // Not even the page that the offset is in.
      return added;
    }
    for (long page = offset / PAGE; page * PAGE < offset + length; page++) {
      added += page < pages.length && pages[(int) page] != null ? 0 : PAGE;
    }
    return added;
  }

  void read(long offset, byte[] into, int at, int length) {
    for (int done = 0; done < length; ) {
      int page = (int) ((offset + done) / PAGE);
      int within = (int) ((offset + done) % PAGE);
      int count = Math.min(length - done, PAGE - within);
      byte[] bytes = page < pages.length ? pages[page] : null;
      if (bytes == null) {
        Arrays.fill(into, at + done, at + done + count, (byte) 0);
      } else {
        System.arraycopy(bytes, within, into, at + done, count);
      }
      done += count;
    }
  }

  byte[] bytes() {
    byte[] all = new byte[Math.toIntExact(size)];
    read(0, all, 0, all.length);
    return all;
  }

  void write(long offset, byte[] from, int at, int length) {
    for (int done = 0; done < length; ) {
      int page = (int) ((offset + done) / PAGE);
      int within = (int) ((offset + done) % PAGE);
      int count = Math.min(length - done, PAGE - within);
      System.arraycopy(from, at + done, own(page), within, count);
      done += count;
    }
    size = Math.max(size, offset + length);
  }

  void zero(long offset, long length) {
    for (long done = 0; done < length; ) {
      int page = (int) ((offset + done) / PAGE);
      int within = (int) ((offset + done) % PAGE);
      int count = (int) Math.min(length - done, PAGE - within);
      if (count == PAGE) {
        room(page);
        allocated += pages[page] == null ? 1 : 0;
        pages[page] = ZEROS;
        owned[page] = false;
      } else {
        byte[] bytes = own(page);
        Arrays.fill(bytes, within, within + count, (byte) 0);
      }
      done += count;
    }
    size = Math.max(size, offset + length);
  }

  /// A hash of all bytes, for comparing files.
  long hash() {
    return Hash.of(ByteBuffer.wrap(bytes()));
  }

  private byte[] own(int page) {
    room(page);
    byte[] bytes = pages[page];
    if (bytes == null) {
      allocated++;
      bytes = new byte[PAGE];
      pages[page] = bytes;
    } else if (!owned[page]) {
      bytes = bytes.clone();
      pages[page] = bytes;
    }
    owned[page] = true;
    return bytes;
  }

  private void room(int page) {
    if (page >= pages.length) {
      int length = Math.max(page + 1, pages.length * 2);
      pages = Arrays.copyOf(pages, length);
      owned = Arrays.copyOf(owned, length);
    }
  }
}
