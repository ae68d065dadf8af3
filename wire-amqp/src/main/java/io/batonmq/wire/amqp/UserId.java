package io.batonmq.wire.amqp;

/// Says in a message who sent it: the `user-id` of its properties (AMQP 1.0 §3.2.4), in place of what the peer wrote
/// there. Every other section stays as it came.
final class UserId {
  private UserId() {}

  /// The message with that user.
  ///
  /// @param bytes of a message that was read by [Sections]
  /// @param from where what is forwarded begins
  /// @param length where the message ends
  /// @param user UTF-8; empty for nobody
  static byte[] put(byte[] bytes, int from, int length, byte[] user) {
    int at = from;
    if (at < length) {
      Described first = Described.read(bytes, at, length);
      if (first.kind() == Sections.MESSAGE_ANNOTATIONS) {
        at = first.end();
      }
    }
    Writer writer = new Writer(length - from + user.length + 32);
    writer.raw(bytes, from, at).descriptor(Sections.PROPERTIES);
    int list = writer.begin(Encoding.LIST32);
    int rest = at;
    int count = 2;
    Described next = at < length ? Described.read(bytes, at, length) : null;
    if (next == null || next.kind() != Sections.PROPERTIES) {
      writer.nothing();
      put(writer, user);
    } else {
      rest = next.end();
      Fields fields = next.list("properties");
      int messageId = fields.position();
      if (fields.more()) {
        fields.skip();
        writer.raw(bytes, messageId, fields.position());
      } else {
        writer.nothing();
      }
      fields.skip();
      put(writer, user);
      writer.raw(bytes, fields.position(), fields.end());
      // As many as there are, whatever the peer said: a reader must not stop before the user.
      while (fields.more()) {
        fields.skip();
        count++;
      }
    }
    writer.end(list, count);
    return writer.raw(bytes, rest, length).array();
  }

  private static void put(Writer writer, byte[] user) {
    if (user.length == 0) {
      writer.nothing();
    } else {
      writer.binary(user);
    }
  }
}
