package io.batonmq.node;

import io.batonmq.session.Command;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Commands on their way from the connections to the owner of the queues. Many put, one takes.
///
/// Nothing is refused here: a connection that finds it crowded stops reading from its socket, so what
/// waits is bounded by what the connections had already read. A command counts once, and once more for each
/// 4 KiB that it carries.
final class Inbox {
  private static final int CROWDED = 4096;
  private static final int WEIGHED_BYTES = 4096;

  private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  /// Puts a command in; false if that made it crowded.
  boolean put(Command command) {
    commands.add(command);
    return size.addAndGet(weight(command)) < CROWDED;
  }

  /// Calls back when it is not crowded (any more).
  void whenReady(Runnable ready) {
    waiting.add(ready);
    if (size.get() < CROWDED) {
      callWaiting();
    }
  }

  /// The next command; null if there is none.
  @Nullable Command take() {
    Command command = commands.poll();
    if (command == null) {
      return null;
    }
    int weight = weight(command);
    int left = size.addAndGet(-weight);
    if (left <= CROWDED / 2 && left + weight > CROWDED / 2) {
      callWaiting();
    }
    return command;
  }

  private static int weight(Command command) {
    int bytes =
        switch (command) {
          case Command.Send send -> send.message().size();
          case Command.SendFragment fragment -> fragment.bytes().length;
          default -> 0;
        };
    return 1 + bytes / WEIGHED_BYTES;
  }

  private void callWaiting() {
    for (Runnable ready = waiting.poll(); ready != null; ready = waiting.poll()) {
      ready.run();
    }
  }

  boolean isEmpty() {
    return size.get() == 0;
  }
}
