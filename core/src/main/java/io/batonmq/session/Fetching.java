package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.Effects;
import io.batonmq.broker.Events;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parts of large messages on their way from the log to those whom the messages were delivered to. Each link asks
/// for one at a time; only a few are read at once, whoever asks, because each is in memory until its line takes it.
final class Fetching {
  private static final int AT_ONCE = 16;

  private final ActiveBroker broker;
  private final Effects effects;
  private final Answers answers;
  private final ArrayDeque<Asked> row = new ArrayDeque<>();

  /// By the position of the record that was asked for.
  private final Map<Long, List<Asked>> reading = new HashMap<>();

  private record Asked(Connection connection, Command.Fetch command) {}

  Fetching(ActiveBroker broker, Effects effects, Answers answers) {
    this.broker = broker;
    this.effects = effects;
    this.answers = answers;
  }

  void fetch(Connection connection, Command.Fetch command) {
    row.add(new Asked(connection, command));
    read();
  }

  private void read() {
    while (reading.size() < AT_ONCE && !row.isEmpty()) {
      Asked next = row.remove();
      long position = broker.large().position(next.command.tail(), next.command.index());
      if (position < 0) {
        answer(next, null);
        continue;
      }
      List<Asked> others = reading.get(position);
      if (others != null) {
        others.add(next);
        continue;
      }
      reading.put(position, new ArrayList<>(List.of(next)));
      effects.load(position);
    }
  }

  /// A record was read.
  ///
  /// @param payload is left as it is
  void loaded(long position, ByteBuffer payload) {
    List<Asked> waiting = reading.remove(position);
    if (waiting != null) {
      byte[] bytes = Events.fragment(payload.duplicate());
      waiting.forEach(asked -> answer(asked, bytes));
      read();
    }
  }

  private void answer(Asked asked, byte @Nullable [] bytes) {
    Command.Fetch command = asked.command;
    answers.to(
        asked.connection,
        new Output.Fragment(command.link(), command.delivery(), command.index(), bytes));
  }
}
