package io.batonmq.broker;

import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import org.jspecify.annotations.Nullable;

/// References that the log does not know: of messages that are not durable, or in queues that are not.
/// They end with this node. Their bodies are in memory, or in the log on behalf of somebody else; either
/// is held as long as one of them is there.
final class VolatileReferences {
  private final Bodies bodies;
  private final LiveExtents extents;

  /// Separate from those of the state: a number given out here must not shift one that the log gives.
  private final Origins origins = new Origins();

  VolatileReferences(Bodies bodies, LiveExtents extents) {
    this.bodies = bodies;
    this.extents = extents;
  }

  /// Places a reference whose body already counts it, if it is in memory.
  ///
  /// @param fromMillis until when it waits; 0 if it does not
  void place(LiveQueue queue, Reference reference, long fromMillis) {
    place(queue, reference, null, fromMillis);
  }

  /// The same of a copy.
  ///
  /// @param from where it was diverted from; null for none
  void place(LiveQueue queue, Reference reference, Origins.@Nullable Place from, long fromMillis) {
    queue.queue().messages().append(counted(reference, from), fromMillis);
    queue.countAdded();
  }

  /// Places a copy beside what it was copied from, in the same queue.
  void again(LiveQueue queue, Reference copy, long fromMillis) {
    if (copy.position() < 0) {
      bodies.refer(copy.position());
    }
    origins.refer(copy.origin());
    queue.queue().messages().append(counted(copy, null), fromMillis);
    queue.countAdded();
  }

  /// Places a reference where it waits for the commit of its transaction.
  ///
  /// @param from as above
  void stage(
      MessageQueue waiting, Reference reference, Origins.@Nullable Place from, long fromMillis) {
    waiting.append(counted(reference, from), fromMillis);
  }

  private Reference counted(Reference reference, Origins.@Nullable Place from) {
    if (reference.position() >= 0) {
      extents.addUnlogged(reference.position(), reference.size());
    }
    return from == null ? reference : reference.from(origins.refer(from));
  }

  /// The message is gone from a queue.
  void giveUp(Reference reference) {
    if (reference.position() >= 0) {
      extents.removeUnlogged(reference.position(), reference.size());
    } else {
      bodies.release(reference.position());
    }
    origins.release(reference.origin());
  }

  Origins origins() {
    return origins;
  }
}
