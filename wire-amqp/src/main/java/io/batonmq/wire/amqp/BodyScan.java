package io.batonmq.wire.amqp;

/// Looks at the sections of a body that goes by in pieces: whether each is one, and ends where it says. What is in
/// them is not looked into. So a consumer's client is given no message that its parser runs out of.
final class BodyScan {
  /// A descriptor, by its longest name, and what says how long a value is.
  private static final int HEAD_MAX = 96;

  /// As many as in what is kept whole.
  private static final int DESCRIPTORS_MAX = 4;

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
    long end = value < 0 ? -1 : end(value);
    if (end < 0) {
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
    left = end - headSize;
    headSize = 0;
  }

  /// Where the value of the section begins, after its descriptor and those that the value has itself; -1 if these
  /// are not whole.
  private int valueAt() {
    if (head[0] != Encoding.DESCRIBED) {
      throw Malformed.decode("a message holds something that is no section");
    }
    int at = 0;
    for (int descriptors = 0; at < headSize && head[at] == Encoding.DESCRIBED; descriptors++) {
      if (descriptors == DESCRIPTORS_MAX) {
        throw Malformed.decode("descriptors are nested more than " + DESCRIPTORS_MAX + " deep");
      }
      long end = at + 1 < headSize ? end(at + 1) : -1;
      if (end > HEAD_MAX) {
        throw Malformed.decode("a section of a body has a descriptor that is too long");
      }
      if (end < 0 || end > headSize) {
        return -1;
      }
      at = (int) end;
    }
    return at < headSize ? at : -1;
  }

  /// Where the value ends that begins at `at`, which has no descriptor; -1 if that is not known yet.
  private long end(int at) {
    int constructor = head[at] & 0xff;
    int from = at + 1;
    int there = headSize - from;
    return switch (constructor >>> 4) {
      case 0x4 -> from;
      case 0x5 -> from + 1;
      case 0x6 -> from + 2;
      case 0x7 -> from + 4;
      case 0x8 -> from + 8;
      case 0x9 -> from + 16;
      case 0xa, 0xc, 0xe -> there < 1 ? -1 : from + 1L + (head[from] & 0xff);
      case 0xb, 0xd, 0xf -> there < 4 ? -1 : from + 4L + length(from);
      default -> throw Malformed.decode("no AMQP type has the code 0x%02x".formatted(constructor));
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
