package io.batonmq.wire.openwire;

import org.jspecify.annotations.Nullable;

/// Ids as text, by which they are told apart.
final class Ids {
  private Ids() {}

  static String connection(Struct id) {
    return id.neededText(Field.CONNECTION);
  }

  static String session(Struct id) {
    return connection(id) + ":" + id.large(Field.SESSION);
  }

  /// Of a consumer or a producer.
  static String member(Struct id) {
    return session(id) + ":" + id.large(Field.VALUE);
  }

  /// A number for a consumer, which says again after a failover that it is the same.
  static long holder(Struct id) {
    String text = member(id);
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return Math.max(1, hash & Long.MAX_VALUE);
  }

  /// The name of a user's consumer or producer. Whoever uses the id of another user's producer has other counts, so that
  /// nobody can make the broker take another user's message for one that it knows.
  static String of(String user, String member) {
    return user.length() + ":" + user + ":" + member;
  }

  /// The consumer or producer that [#of] has named; the text itself if it named none.
  static String ofAnybody(String name) {
    int colon = name.indexOf(':');
    int length = 0;
    for (int i = 0; i < colon; i++) {
      char digit = name.charAt(i);
      if (digit < '0' || digit > '9' || length > name.length()) {
        return name;
      }
      length = length * 10 + digit - '0';
    }
    int user = colon + 1 + length;
    return colon > 0 && user < name.length() && name.charAt(user) == ':'
        ? name.substring(user + 1)
        : name;
  }

  /// The id that [#member] has made this text of; null if it was none.
  static @Nullable Struct member(Type type, String text) {
    int value = text.lastIndexOf(':');
    int session = value < 0 ? -1 : text.lastIndexOf(':', value - 1);
    if (session < 0) {
      return null;
    }
    try {
      return new Struct(type)
          .with(Field.CONNECTION, text.substring(0, session))
          .with(Field.SESSION, Long.parseLong(text.substring(session + 1, value)))
          .with(Field.VALUE, Long.parseLong(text.substring(value + 1)));
    } catch (NumberFormatException another) {
      return null;
    }
  }

  /// As `JMSMessageID` shows it.
  static @Nullable String message(@Nullable Struct id) {
    if (id == null) {
      return null;
    }
    String text = id.text(Field.TEXT_VIEW);
    if (text != null && !text.isEmpty()) {
      return text.startsWith("ID:") ? text : "ID:" + text;
    }
    Struct producer = id.child(Field.PRODUCER_ID);
    return producer == null ? null : member(producer) + ":" + id.large(Field.PRODUCER_SEQUENCE_ID);
  }

  /// Whether two ids are of one message.
  static boolean sameMessage(@Nullable Struct one, @Nullable Struct other) {
    return one != null
        && other != null
        && one.large(Field.PRODUCER_SEQUENCE_ID) == other.large(Field.PRODUCER_SEQUENCE_ID)
        && Struct.same(one.child(Field.PRODUCER_ID), other.child(Field.PRODUCER_ID));
  }

  static String transaction(Struct id) {
    if (id.type() == Type.XA_TRANSACTION_ID) {
      return Branch.of(id).toString();
    }
    return "TX:" + connection(id.needed(Field.CONNECTION_ID)) + ":" + id.large(Field.VALUE);
  }
}
