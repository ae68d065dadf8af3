package io.batonmq.wire.amqp;

import io.batonmq.session.Command;
import java.util.Arrays;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.LinkError;
import org.jspecify.annotations.Nullable;

/// The message that comes in on a link, frame by frame. One that is too large to be kept whole goes on to the broker
/// in fragments while it comes; what stands before its body follows them.
final class Assembly {
  /// Size of a fragment: small beside what the log writes at once, large beside what a record costs.
  static final int FRAGMENT = 256 << 10;

  private static final byte[] NOTHING = {};

  private final Conversation conversation;
  private final int link;
  private final boolean named;
  private byte[] bytes = NOTHING;
  private int size;

  /// All that has come.
  private long total;

  private int reserved;

  /// What stands before the body of a message that goes on in fragments; null while it is kept whole.
  private byte @Nullable [] head;

  private BodyScan body = new BodyScan();

  /// Where it goes, if the link does not say so.
  private @Nullable String address;

  /// Why a link cannot go on.
  record Fault(Symbol condition, String text) {}

  /// @param named whether the link says where messages go
  Assembly(Conversation conversation, int link, boolean named) {
    this.conversation = conversation;
    this.link = link;
    this.named = named;
  }

  /// Adds what came; answers what is wrong with it.
  ///
  /// @param partial whether more follows
  /// @throws Malformed if it is no message
  @Nullable Fault add(@Nullable ProtonBuffer payload, boolean partial) {
    AmqpLimits limits = conversation.limits();
    int more = payload == null ? 0 : payload.getReadableBytes();
    if (more > limits.messageBytes() - total) {
      return new Fault(
          LinkError.MESSAGE_SIZE_EXCEEDED,
          "a message has at most %d bytes".formatted(limits.messageBytes()));
    }
    total += more;
    if (partial) {
      reserved += more;
      if (!conversation.reserve(more)) {
        return new Fault(
            AmqpError.RESOURCE_LIMIT_EXCEEDED, "too many messages are sent in pieces at once");
      }
    }
    if (payload != null) {
      if (more > bytes.length - size) {
        // The last piece fits exactly, so a message in one frame is copied once.
        int room = partial && head == null ? Math.max(size + more, size * 2) : size + more;
        bytes = Arrays.copyOf(bytes, room);
      }
      payload.readBytes(bytes, size, more);
      size += more;
    }
    if (!partial) {
      return null;
    }
    if (head != null) {
      passOn(0, FRAGMENT);
      return null;
    }
    return size > limits.wholeBytes() ? divide() : null;
  }

  private @Nullable Fault divide() {
    int bodyAt;
    try {
      bodyAt = Sections.bodyAt(bytes, size);
    } catch (Malformed malformed) {
      return new Fault(
          LinkError.MESSAGE_SIZE_EXCEEDED,
          "what stands before the body of a message has at most %d bytes (%s)"
              .formatted(conversation.limits().wholeBytes(), malformed.text()));
    }
    head = Arrays.copyOf(bytes, bodyAt);
    address = named ? null : Sections.of(bytes, bodyAt, conversation.limits().nameBytes()).to();
    passOn(bodyAt, FRAGMENT);
    return null;
  }

  /// Passes on what there is of the body, as long as it is no less than `least` bytes.
  private void passOn(int from, int least) {
    int at = from;
    while (size - at >= least) {
      byte[] fragment = Arrays.copyOfRange(bytes, at, at + Math.min(FRAGMENT, size - at));
      body.read(fragment);
      conversation.submit(
          new Command.SendFragment(conversation.connection(), link, address, fragment));
      at += fragment.length;
    }
    // No larger than what is in it, and that is counted: links that stop in the middle are many.
    bytes = Arrays.copyOfRange(bytes, at, size);
    size = bytes.length;
    conversation.release(Math.max(0, reserved - size));
    reserved = Math.min(reserved, size);
  }

  /// All of it has come.
  ///
  /// @throws Malformed if it does not end here
  void end() {
    if (head != null) {
      passOn(0, 1);
      body.end();
    }
  }

  /// Whether it goes on in fragments.
  boolean fragmented() {
    return head != null;
  }

  /// The message, or what stands before its body if it is [#fragmented]: the first [#length] of these.
  byte[] bytes() {
    return head == null ? bytes : head;
  }

  int length() {
    return head == null ? size : head.length;
  }

  /// Forgets it.
  void drop() {
    conversation.release(reserved);
    reserved = 0;
    bytes = NOTHING;
    size = 0;
    total = 0;
    if (head != null) {
      head = null;
      body = new BodyScan();
    }
  }
}
