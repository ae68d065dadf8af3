package io.batonmq.broker;

import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.Repetition;
import io.batonmq.message.Tail;
import java.util.List;

/// The encoding of [Event.Enqueued], after the version octet; field kinds are those of [FieldWriter]:
///
/// Octet flags (1 durable, 2 sequenced identity, 4 named identity, 8 group, 16 expiry, 32 transaction, 64 more,
/// 128 diverted), number sequence, number wall time, number address, numbers queues, octet format, octet
/// priority, \[32: number transaction], \[16: number expiry], \[64: octet 1 expiry is the broker's + 2 tail +
/// 4 repeated, number delivery time, \[2: number tail, number bytes of the tail], \[4: number period, number times
/// plus one]], \[2: text producer, signed sequence, signed floor], \[4: text id], \[8: text group, signed group sequence], \[128: number of diverts, each text address,
/// text name, numbers queues], then the bytes of the message, as many as a number says. They come last, so that
/// what a queue needs is read without them.
final class EnqueuedFormat {
  private static final int DURABLE = 1;
  private static final int SEQUENCED = 2;
  private static final int NAMED = 4;
  private static final int GROUP = 8;
  private static final int EXPIRY = 16;
  private static final int TRANSACTION = 32;
  private static final int MORE = 64;
  private static final int DIVERTED = 128;

  private static final int REWRITTEN = 1;
  private static final int TAIL = 2;
  private static final int REPEATED = 4;

  private static final byte[] NO_BYTES = {};

  private EnqueuedFormat() {}

  static void write(Event.Enqueued event, FieldWriter to) {
    Message message = event.message();
    Identity identity = message.identity();
    String group = message.groupId();
    Tail tail = message.tail();
    Repetition repetition = message.repetition();
    int flags =
        (message.durable() ? DURABLE : 0)
            | (identity instanceof Identity.Sequenced ? SEQUENCED : 0)
            | (identity instanceof Identity.Named ? NAMED : 0)
            | (group != null ? GROUP : 0)
            | (message.expiryMillis() != 0 ? EXPIRY : 0)
            | (event.transaction() != 0 ? TRANSACTION : 0)
            | (message.deliveryMillis() != 0 || message.expiryRewritten() || tail != null
                ? MORE
                : 0)
            | (event.diverted().isEmpty() ? 0 : DIVERTED);
    to.octet(flags);
    to.number(event.sequence());
    to.number(event.wallMillis());
    to.number(event.address());
    to.numbers(event.queues());
    to.octet(message.format().code());
    to.octet(message.priority());
    if ((flags & TRANSACTION) != 0) {
      to.number(event.transaction());
    }
    if ((flags & EXPIRY) != 0) {
      to.number(message.expiryMillis());
    }
    if ((flags & MORE) != 0) {
      to.octet(
          (message.expiryRewritten() ? REWRITTEN : 0)
              | (tail != null ? TAIL : 0)
              | (repetition != null ? REPEATED : 0));
      to.number(message.deliveryMillis());
      if (tail != null) {
        to.number(tail.id());
        to.number(tail.bytes());
      }
      if (repetition != null) {
        to.number(repetition.periodMillis());
        to.number(repetition.times() + 1L);
      }
    }
    switch (identity) {
      case Identity.Sequenced(String producer, long sequence) -> {
        to.text(producer);
        to.signed(sequence);
        to.signed(event.floor());
      }
      case Identity.Named(String id) -> to.text(id);
      case null -> {}
    }
    if (group != null) {
      to.text(group);
      to.signed(message.groupSequence());
    }
    if (!event.diverted().isEmpty()) {
      Diverted.write(event.diverted(), to);
    }
    to.raw(message.bytes());
  }

  /// @param whole with the bytes of the message, otherwise without
  static Event.Enqueued read(FieldReader from, boolean whole) {
    int flags = from.octet();
    long sequence = from.number();
    long wallMillis = from.number();
    int address = from.smallNumber();
    int[] queues = from.numbers();
    Format format = Format.of(from.octet());
    int priority = from.octet();
    long transaction = (flags & TRANSACTION) != 0 ? from.number() : 0;
    long expiry = (flags & EXPIRY) != 0 ? from.number() : 0;
    int more = (flags & MORE) != 0 ? from.octet() : 0;
    long delivery = (flags & MORE) != 0 ? from.number() : 0;
    Tail tail = (more & TAIL) != 0 ? new Tail(from.number(), from.number()) : null;
    Repetition repetition =
        (more & REPEATED) != 0 ? new Repetition(from.number(), from.smallNumber() - 1) : null;
    long floor = ProducerWindow.NO_FLOOR;
    Identity identity = null;
    if ((flags & SEQUENCED) != 0) {
      identity = new Identity.Sequenced(from.text(), from.signed());
      floor = from.signed();
    } else if ((flags & NAMED) != 0) {
      identity = new Identity.Named(from.text());
    }
    String group = (flags & GROUP) != 0 ? from.text() : null;
    int groupSequence = (flags & GROUP) != 0 ? groupSequence(from.signed()) : 0;
    List<Diverted> diverted = (flags & DIVERTED) != 0 ? Diverted.read(from) : List.of();
    byte[] bytes;
    if (whole) {
      bytes = from.raw();
    } else {
      from.skipRaw();
      bytes = NO_BYTES;
    }
    Message message =
        new Message(
            format,
            (flags & DURABLE) != 0,
            priority,
            expiry,
            (more & REWRITTEN) != 0,
            delivery,
            identity,
            group,
            groupSequence,
            bytes,
            tail,
            repetition);
    return new Event.Enqueued(
        sequence, transaction, wallMillis, floor, address, queues, diverted, message);
  }

  private static int groupSequence(long value) {
    if (value != (int) value) {
      throw new IllegalArgumentException("a group sequence of more than 32 bits: " + value);
    }
    return (int) value;
  }
}
