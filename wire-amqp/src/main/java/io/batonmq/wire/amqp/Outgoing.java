package io.batonmq.wire.amqp;

import io.batonmq.message.ContentReader;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.seam.Now;
import io.batonmq.session.Output;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the bytes of a delivery: a fresh header, then the message as it came. Only a message that was
/// moved (dead-lettered, expired) is told in its annotations where it came from, the first one of a group that it
/// is that, where the queue was told to, and one that expires when the broker says, or not at all any more, has that in its properties: clients throw away what has expired.
final class Outgoing {
  private static final String ORIGINAL_ADDRESS = "x-opt-ORIG-ADDRESS";
  private static final String ORIGINAL_QUEUE = "x-opt-ORIG-QUEUE";
  private static final int HEADER_ROOM = 32;

  private Outgoing() {}

  /// @param readers of the formats of other protocols
  /// @param tail what followed the bytes of a message that came by another protocol
  static byte[] encode(
      Output.Delivered delivered, Map<Format, ContentReader> readers, byte[] tail, Now now) {
    Message message = delivered.message();
    byte[] bytes;
    if (message.format() == Format.AMQP) {
      bytes = message.expiryRewritten() ? expiring(message) : message.bytes();
    } else {
      ContentReader reader = readers.get(message.format());
      if (reader == null) {
        throw new IllegalStateException("nobody reads " + message.format());
      }
      bytes = AmqpContent.encode(reader.read(message, tail), message);
    }
    Writer header = new Writer(HEADER_ROOM);
    header(header, delivered, now);
    Output.Origin origin = delivered.origin();
    String groupFirst = delivered.groupFirst();
    if (origin == null && groupFirst == null) {
      return new Writer(header.size() + bytes.length)
          .raw(header.array(), 0, header.size())
          .raw(bytes, 0, bytes.length)
          .array();
    }
    Writer whole = new Writer(header.size() + bytes.length + 256);
    whole.raw(header.array(), 0, header.size());
    int rest = annotate(whole, bytes, origin, groupFirst);
    return whole.raw(bytes, rest, bytes.length).array();
  }

  /// The bytes with another `absolute-expiry-time`, where they have one; 0 stands for none.
  private static byte[] expiring(Message message) {
    byte[] bytes = message.bytes();
    int at = Sections.of(bytes, bytes.length, 0).expiryAt();
    if (at < 0) {
      return bytes;
    }
    byte[] changed = bytes.clone();
    ByteBuffer.wrap(changed).putLong(at, message.expiryMillis());
    return changed;
  }

  private static void header(Writer writer, Output.Delivered delivered, Now now) {
    Message message = delivered.message();
    writer.descriptor(0x70);
    int list = writer.begin(Encoding.LIST32);
    writer.bool(message.durable());
    if (message.priority() == Message.DEFAULT_PRIORITY) {
      writer.nothing();
    } else {
      writer.ubyte(message.priority());
    }
    if (message.expiryMillis() == 0) {
      writer.nothing();
    } else {
      // What is left of its life; a message that has none may be on its way all the same.
      long left = message.expiryMillis() - now.wallMillis();
      writer.uint((int) Math.max(1, Math.min(left, 0xffff_ffffL)));
    }
    writer.bool(delivered.firstAcquirer());
    writer.uint(delivered.deliveryCount());
    writer.end(list, 5);
  }

  /// Writes the message annotations with those of the broker among them.
  ///
  /// @return where the rest of the message begins
  private static int annotate(
      Writer writer, byte[] bytes, Output.@Nullable Origin origin, @Nullable String groupFirst) {
    writer.descriptor(Sections.MESSAGE_ANNOTATIONS);
    int map = writer.begin(Encoding.MAP32);
    int count = 0;
    int rest = 0;
    if (bytes.length > 0) {
      Described first = Described.read(bytes, 0, bytes.length);
      if (first.kind() == Sections.MESSAGE_ANNOTATIONS) {
        rest = first.end();
        Fields entries = first.map("message-annotations");
        while (entries.more()) {
          int key = entries.position();
          // A message moved twice tells of the last move; one key may not stand twice in a map.
          String name = symbolOrEmpty(entries);
          entries.skip();
          boolean told = name.equals(ORIGINAL_ADDRESS) || name.equals(ORIGINAL_QUEUE);
          if (!(origin != null && told) && !name.equals(groupFirst)) {
            writer.raw(bytes, key, entries.position());
            count += 2;
          }
        }
      }
    }
    if (origin != null) {
      writer.symbol(ORIGINAL_ADDRESS).string(origin.address());
      count += 2;
      // No queue took it where it was sent to.
      if (!origin.queue().isEmpty()) {
        writer.symbol(ORIGINAL_QUEUE).string(origin.queue());
        count += 2;
      }
    }
    if (groupFirst != null) {
      writer.symbol(groupFirst).bool(true);
      count += 2;
    }
    writer.end(map, count);
    return rest;
  }

  private static String symbolOrEmpty(Fields entries) {
    int at = entries.position();
    int constructor = Encoding.code(entries.bytes(), at, entries.end());
    entries.skip();
    if (constructor != Encoding.SYMBOL8) {
      return "";
    }
    return Encoding.ascii(
        entries.bytes(),
        Encoding.contentAt(entries.bytes(), at, entries.end()),
        entries.position());
  }
}
