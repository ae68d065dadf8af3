package io.batonmq.mirror;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the nodes of a replicated pair say to each other once they know who the other is: a byte that tells the kind, then
/// its fields, numbers big-endian, a text as its length in two bytes and UTF-8. The link keeps frames apart.
///
/// A *ticket* is a number of the active, one more for each; a standby that answers a ticket has done on stable storage
/// what was asked with it and before it.
sealed interface Frame {
  /// Version of this protocol; both sides have the same.
  int VERSION = 1;

  /// Longest text.
  int TEXT_MAX = 400;

  /// Most bytes of a file in one frame.
  int CHUNK = 256 << 10;

  /// Most blocks of one file that are asked for: those of 16 GiB, in a frame of half the length that is allowed.
  int BLOCKS_MAX = 65_536;

  /// Bytes of a digest.
  int DIGEST = 16;

  // ---- from a standby

  /// The first frame.
  ///
  /// @param cluster name that both have in their configuration
  /// @param node id of its instance
  /// @param name for people
  record Hello(int version, String cluster, String node, String name) implements Frame {}

  /// Everything up to the ticket is on stable storage.
  record Ack(long ticket) implements Frame {}

  /// Blocks of a file that differ here, by their offsets; an answer to [FileEnd].
  record Missing(int file, List<Long> offsets) implements Frame {}

  /// What the node says of itself to others.
  record Presence(String name, byte[] bytes) implements Frame {}

  /// Cannot go on: the reason, for people.
  record Trouble(String reason) implements Frame {}

  // ---- from either

  /// A sign of life.
  record Alive() implements Frame {}

  // ---- from the active

  /// The answer to [Hello].
  record Welcome(long epoch, String node, String name) implements Frame {}

  /// The other answer: why not, for people.
  record Refused(String reason) implements Frame {}

  record MakeDirectory(String path) implements Frame {}

  /// An empty file.
  record Create(String path) implements Frame {}

  /// @param bytes at most [#CHUNK]
  record Write(String path, long offset, byte[] bytes) implements Frame {}

  record Zero(String path, long offset, long length) implements Frame {}

  /// Asks for an [Ack] once the file is on stable storage.
  record Sync(String path, long ticket) implements Frame {}

  record SyncDirectory(String path, long ticket) implements Frame {}

  record Remove(String path) implements Frame {}

  /// Begins a file of zeros that has no name yet; [Write]s to this path fill it, [Publish] gives it its name.
  record Begin(String path, long size) implements Frame {}

  /// Syncs what [Begin] began and gives it its name.
  record Publish(String path) implements Frame {}

  /// A file as it is at this moment.
  record File(int file, String path, long size) implements Frame {}

  /// A block of it, at most [#CHUNK] long.
  record Digest(int file, long offset, int length, byte[] digest) implements Frame {}

  /// All its blocks were named.
  record FileEnd(int file) implements Frame {}

  /// All files were named, and what was missing was sent: what else is there goes. Asks for an [Ack] once everything is
  /// on stable storage.
  record Whole(long ticket) implements Frame {}

  /// Whether the arbiter knows the standby to be in sync.
  record InSync(boolean is) implements Frame {}

  /// Its bytes, to be read.
  default ByteBuffer encode() {
    Writing to = new Writing();
    switch (this) {
      case Hello(int version, String cluster, String node, String name) ->
          to.kind(1).number(version).text(cluster).text(node).text(name);
      case Ack(long ticket) -> to.kind(2).big(ticket);
      case Missing(int file, List<Long> offsets) -> {
        to.kind(3).number(file).number(offsets.size());
        offsets.forEach(to::big);
      }
      case Presence(String name, byte[] bytes) -> to.kind(4).text(name).bytes(bytes);
      case Trouble(String reason) -> to.kind(5).text(reason);
      case Alive _ -> to.kind(6);
      case Welcome(long epoch, String node, String name) ->
          to.kind(20).big(epoch).text(node).text(name);
      case Refused(String reason) -> to.kind(21).text(reason);
      case MakeDirectory(String path) -> to.kind(22).text(path);
      case Create(String path) -> to.kind(23).text(path);
      case Write(String path, long offset, byte[] bytes) ->
          to.kind(24).text(path).big(offset).bytes(bytes);
      case Zero(String path, long offset, long length) ->
          to.kind(25).text(path).big(offset).big(length);
      case Sync(String path, long ticket) -> to.kind(26).text(path).big(ticket);
      case SyncDirectory(String path, long ticket) -> to.kind(27).text(path).big(ticket);
      case Remove(String path) -> to.kind(28).text(path);
      case Begin(String path, long size) -> to.kind(29).text(path).big(size);
      case Publish(String path) -> to.kind(30).text(path);
      case File(int file, String path, long size) -> to.kind(31).number(file).text(path).big(size);
      case Digest(int file, long offset, int length, byte[] digest) ->
          to.kind(32).number(file).big(offset).number(length).bytes(digest);
      case FileEnd(int file) -> to.kind(33).number(file);
      case Whole(long ticket) -> to.kind(34).big(ticket);
      case InSync(boolean is) -> to.kind(35).number(is ? 1 : 0);
    }
    return to.done();
  }

  /// Reads a frame.
  ///
  /// @throws BadFrameException if it is none
  static Frame decode(ByteBuffer bytes) {
    Reading from = new Reading(bytes);
    try {
      Frame frame = from.frame();
      if (bytes.hasRemaining()) {
        throw new BadFrameException("a frame is longer than it says");
      }
      return frame;
    } catch (BufferUnderflowException e) {
      throw new BadFrameException("a frame is cut off");
    }
  }

  /// A frame that cannot be understood.
  final class BadFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadFrameException(String message) {
      super(message);
    }
  }

  /// Bytes read, each length bounded by what is there.
  record Reading(ByteBuffer in) {
    Frame frame() {
      return switch (in.get()) {
        case 1 -> new Hello(number(), text(), text(), text());
        case 2 -> new Ack(in.getLong());
        case 3 -> new Missing(number(), offsets());
        case 4 -> new Presence(text(), bytes());
        case 5 -> new Trouble(text());
        case 6 -> new Alive();
        case 20 -> new Welcome(in.getLong(), text(), text());
        case 21 -> new Refused(text());
        case 22 -> new MakeDirectory(text());
        case 23 -> new Create(text());
        case 24 -> new Write(text(), offset(), bytes());
        case 25 -> new Zero(text(), offset(), offset());
        case 26 -> new Sync(text(), in.getLong());
        case 27 -> new SyncDirectory(text(), in.getLong());
        case 28 -> new Remove(text());
        case 29 -> new Begin(text(), offset());
        case 30 -> new Publish(text());
        case 31 -> new File(number(), text(), offset());
        case 32 -> new Digest(number(), offset(), length(CHUNK), digest());
        case 33 -> new FileEnd(number());
        case 34 -> new Whole(in.getLong());
        case 35 -> new InSync(number() != 0);
        default -> throw new BadFrameException("a frame of an unknown kind");
      };
    }

    private int number() {
      return in.getInt();
    }

    private long offset() {
      long offset = in.getLong();
      if (offset < 0 || offset > 1L << 48) {
        throw new BadFrameException("an offset of " + offset);
      }
      return offset;
    }

    private int length(int max) {
      int length = in.getInt();
      if (length < 0 || length > max) {
        throw new BadFrameException("a length of " + length);
      }
      return length;
    }

    private String text() {
      int length = in.getShort() & 0xffff;
      if (length > TEXT_MAX) {
        throw new BadFrameException("a text of " + length + " bytes");
      }
      byte[] text = new byte[length];
      in.get(text);
      return new String(text, StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
      byte[] bytes = new byte[length(Math.min(CHUNK, in.remaining()))];
      in.get(bytes);
      return bytes;
    }

    private byte[] digest() {
      byte[] digest = bytes();
      if (digest.length != DIGEST) {
        throw new BadFrameException("a digest of " + digest.length + " bytes");
      }
      return digest;
    }

    private List<Long> offsets() {
      int count = length(BLOCKS_MAX);
      List<Long> offsets = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        offsets.add(offset());
      }
      return offsets;
    }
  }

  /// Bytes being written.
  final class Writing {
    private ByteBuffer out = ByteBuffer.allocate(256);

    Writing kind(int kind) {
      out.put((byte) kind);
      return this;
    }

    Writing number(int number) {
      room(4).putInt(number);
      return this;
    }

    Writing big(long number) {
      room(8).putLong(number);
      return this;
    }

    Writing text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int length = Math.min(bytes.length, TEXT_MAX);
      room(2 + length).putShort((short) length).put(bytes, 0, length);
      return this;
    }

    Writing bytes(byte[] bytes) {
      room(4 + bytes.length).putInt(bytes.length).put(bytes);
      return this;
    }

    private ByteBuffer room(int more) {
      if (out.remaining() < more) {
        out = ByteBuffer.allocate(2 * (out.position() + more)).put(out.flip());
      }
      return out;
    }

    ByteBuffer done() {
      return out.flip();
    }
  }
}
