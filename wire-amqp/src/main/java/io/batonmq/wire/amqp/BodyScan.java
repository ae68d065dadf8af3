package io.batonmq.wire.amqp;

import java.util.Arrays;

/// Looks at the sections of a body that goes by in pieces: whether each is one, and ends where it says. What is in
/// them is not looked into. So a consumer's client is given no message that its parser runs out of.
final class BodyScan {
  /// A descriptor, by its longest name, and what says how long a value is.
  private static final int HEAD_MAX = 96;

  private final byte[] head = new byte[HEAD_MAX];
  private int headSize;

  /// Of the section at hand.
  private long left;

  private int before;

  /// The next bytes of the body.
  ///
  /// @throws Malformed if they are none
  void read(byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      if (left > 0) {
        long skipped = Math.min(left, bytes.length - at);
        left -= skipped;
        at += (int) skipped;
      } else {
        head[headSize++] = bytes[at++];
        begin();
      }
    }
  }

  /// The body is over.
  ///
  /// @throws Malformed if it ends in the middle of a section
  void end() {
    if (left > 0 || headSize > 0) {
      throw Malformed.decode("a message ends in the middle of its body");
    }
  }

  /// Begins a section if enough of it is there.
  private void begin() {
    int value = valueAt();
    long size = value < 0 ? -1 : size(value);
    if (size < 0) {
      if (headSize == HEAD_MAX) {
        throw Malformed.decode("a section of a body begins with too much");
      }
      return;
    }
    int kind = Described.kindAt(head, 0, headSize);
    boolean repeated = kind == before && (kind == Sections.DATA || kind == Sections.SEQUENCE);
    boolean follows = before == 0 || (kind == Sections.FOOTER && before < kind) || repeated;
    if (kind < Sections.DATA || kind > Sections.FOOTER || !follows) {
      throw Malformed.decode("a message's sections are out of order");
    }
    before = kind;
    left = size;
    headSize = 0;
    Arrays.fill(head, (byte) 0);
  }

  /// Where the value of the section begins; -1 if its descriptor is not whole.
  private int valueAt() {
    if (headSize < 2) {
      return -1;
    }
    if (head[0] != Encoding.DESCRIBED) {
      throw Malformed.decode("a message holds something that is no section");
    }
    int length =
        switch (head[1] & 0xff) {
          case Encoding.SMALL_ULONG -> 3;
          case Encoding.ULONG -> 10;
          case Encoding.SYMBOL8 -> headSize < 3 ? HEAD_MAX : 3 + (head[2] & 0xff);
          default -> throw Malformed.decode("a section of a body has a strange descriptor");
        };
    return length < headSize ? length : -1;
  }

  /// How many bytes of the section are to come; -1 if that is not known yet.
  private long size(int value) {
    int constructor = head[value] & 0xff;
    int there = headSize - value - 1;
    return switch (constructor >>> 4) {
      case 0x4 -> 0;
      case 0x5 -> 1;
      case 0x6 -> 2;
      case 0x7 -> 4;
      case 0x8 -> 8;
      case 0x9 -> 16;
      case 0xa, 0xc, 0xe -> there < 1 ? -1 : head[value + 1] & 0xff;
      case 0xb, 0xd, 0xf -> there < 4 ? -1 : length(value + 1);
      default ->
          throw Malformed.decode(
              "no body of this size has a value of 0x%02x".formatted(constructor));
    };
  }

  private long length(int at) {
    int size = Encoding.int32(head, at, headSize);
    if (size < 0) {
      throw Malformed.decode("a section of a body is longer than a message may be");
    }
    return size;
  }
}
