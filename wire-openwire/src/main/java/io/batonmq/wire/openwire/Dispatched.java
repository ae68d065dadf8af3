package io.batonmq.wire.openwire;

import io.batonmq.message.Content;
import io.batonmq.message.ContentReader;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.session.Output;
import org.jspecify.annotations.Nullable;

/// Makes of a delivery what the peer gets: the message as it came, or translated if it came by another protocol, with
/// what the broker has to say of it.
final class Dispatched {
  private Dispatched() {}

  /// @param tail what follows the bytes of the message, as far as it has a tail
  static Struct message(Peer peer, Leg leg, Output.Delivered delivery, byte[] tail) {
    Message message = delivery.message();
    Struct struct;
    if (message.format() == Format.OPENWIRE) {
      struct = Kept.struct(message.bytes());
      if (message.tail() != null) {
        struct.with(Field.CONTENT, tail);
      }
      // A client takes the second message with an id that it has seen for a duplicate, and drops
      // it.
      if (struct.child(Field.MESSAGE_ID) == null || message.repetition() != null) {
        struct.with(Field.MESSAGE_ID, madeId(peer, null, leg, delivery));
      }
    } else {
      ContentReader reader = peer.protocol().readers().get(message.format());
      if (reader == null) {
        throw new IllegalStateException("nobody reads " + message.format());
      }
      Content content = reader.read(message, tail);
      struct =
          OpenWireContent.struct(
              content, message, madeId(peer, content.messageId(), leg, delivery));
    }
    Struct named = struct.child(Field.DESTINATION);
    if (named != null && named.type() == Type.QUEUE && leg.destination.type() == Type.TOPIC) {
      // By AMQP a message need not say which of the two it went to.
      struct.with(Field.DESTINATION, Destinations.of(Type.TOPIC, Destinations.name(named)));
    }
    if (message.expiryRewritten()) {
      struct.with(Field.EXPIRATION, message.expiryMillis());
    }
    Output.Origin origin = delivery.origin();
    if (origin != null && !origin.address().isEmpty()) {
      Struct before = struct.child(Field.DESTINATION);
      struct.with(
          Field.ORIGINAL_DESTINATION,
          Destinations.of(before == null ? Type.QUEUE : before.type(), origin.address()));
    }
    if (Destinations.isQueue(leg.destination) || struct.child(Field.DESTINATION) == null) {
      struct.with(Field.DESTINATION, leg.destination);
    }
    return struct.with(Field.GROUP_FIRST_FOR_CONSUMER, delivery.groupFirst() != null);
  }

  /// An id for a message that has none of this protocol. Clients tell duplicates by it, so no other message has it
  /// and no other delivery.
  private static Struct madeId(
      Peer peer, @Nullable String text, Leg leg, Output.Delivered delivery) {
    Struct producer =
        new Struct(Type.PRODUCER_ID)
            .with(Field.CONNECTION, peer.protocol().brokerId() + "-" + peer.connection())
            .with(Field.SESSION, (long) leg.link)
            .with(Field.VALUE, 1L);
    return new Struct(Type.MESSAGE_ID)
        .with(Field.TEXT_VIEW, text)
        .with(Field.PRODUCER_ID, producer)
        .with(Field.PRODUCER_SEQUENCE_ID, delivery.delivery() + 1);
  }
}
