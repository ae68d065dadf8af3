package io.batonmq.sim.pair;

import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.sim.Chance;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message that a client sends, perhaps several times, and what became of it.
final class Sent {
  private static final long WALL_NONE = 0;

  final long id;
  final String producer;

  /// Its place among all that this producer sends.
  final long order;

  final String address;
  final Message message;

  /// The transaction that it is sent in.
  final @Nullable Tx tx;

  /// The epoch that said that it has it.
  long confirmed = Long.MAX_VALUE;

  /// Its sender was told that nobody has it, and does not send it again.
  boolean refused;

  /// One for each queue that it was seen in, or must be.
  final Map<String, Copy> copies = new LinkedHashMap<>();

  Sent(
      long id,
      String producer,
      long order,
      String address,
      int size,
      int priority,
      long expiryMillis,
      long deliveryMillis,
      boolean durable,
      @Nullable Tx tx) {
    this.id = id;
    this.producer = producer;
    this.order = order;
    this.address = address;
    this.tx = tx;
    this.message =
        new Message(
                Format.AMQP,
                durable,
                priority,
                expiryMillis,
                new Identity.Sequenced(producer, order),
                null,
                0,
                bytes(id, size))
            .deliveredFrom(deliveryMillis);
  }

  private static byte[] bytes(long id, int size) {
    Chance filler = new Chance(id);
    ByteBuffer bytes = ByteBuffer.allocate(8 + size);
    bytes.putLong(id);
    while (bytes.hasRemaining()) {
      bytes.put((byte) filler.bits());
    }
    return bytes.array();
  }

  /// How many fragments come before it; most messages come whole.
  int fragments() {
    return id % 9 == 4 ? 1 + (int) (id % 5) : 0;
  }

  /// One of them.
  byte[] fragment(int index) {
    return bytes(id * 31 + index, (int) (id % 97));
  }

  /// What they have together.
  long fragmentBytes() {
    long sum = 0;
    for (int i = 0; i < fragments(); i++) {
      sum += fragment(i).length;
    }
    return sum;
  }

  /// The id in the body of a message.
  static long id(Message message) {
    return ByteBuffer.wrap(message.bytes()).getLong();
  }

  boolean isConfirmed() {
    return confirmed < Long.MAX_VALUE;
  }

  /// Whether any consumer was ever given it.
  boolean seen() {
    return copies.values().stream().anyMatch(copy -> !copy.deliveries.isEmpty());
  }

  /// Whether it ends with the node that has it. A later one knows nothing of it, and takes it for new.
  boolean fleeting() {
    return !message.durable();
  }

  boolean expires() {
    return message.expiryMillis() != WALL_NONE;
  }

  boolean waits() {
    return message.deliveryMillis() != WALL_NONE;
  }

  /// The messages in one queue that were moved there from different ones are different copies.
  Copy copy(String place) {
    return copies.computeIfAbsent(place, at -> new Copy(this, at));
  }

  @Override
  public String toString() {
    return producer + "#" + order + " (id " + id + ", " + address + ")";
  }
}
