package io.batonmq.ha;

import io.batonmq.log.Facts;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.Storage;
import java.util.Optional;

/// What an active leaves in its tenure when it ends cleanly; everything is confirmed by then. There is at
/// most one, and it never changes. The heart of the tenure says when there is one, so that nobody asks
/// for it too early: see [io.batonmq.log.file.Heart].
sealed interface Note {
  String NAME = "note";

  /// The node with this presence is to take over; others wait while it lives.
  ///
  /// @param from presence of the node that hands over; it does not want the baton back
  record Next(String presence, String from) implements Note {}

  /// Anybody may take over.
  record Free() implements Note {}

  /// No backup is to take over: the service was stopped on purpose.
  record Stopped() implements Note {}

  static Optional<Note> read(Storage storage, Tenure tenure) {
    return Facts.read(storage, tenure.path(NAME)).map(Note::parse);
  }

  private static Note parse(Facts facts) {
    return switch (facts.get("baton-note")) {
      case "next" -> new Next(facts.get("next"), facts.get("from", ""));
      case "stopped" -> new Stopped();
      default -> new Free();
    };
  }

  /// Durable, and announced, when this returns.
  static void leave(Storage storage, FileLog log, Tenure tenure, Note note) {
    Facts facts =
        switch (note) {
          case Next next ->
              Facts.of("baton-note", "next", "next", next.presence(), "from", next.from());
          case Free _ -> Facts.of("baton-note", "free");
          case Stopped _ -> Facts.of("baton-note", "stopped");
        };
    facts.publish(storage, tenure.directory(), NAME, "note-" + tenure.id());
    log.sayNoted(tenure);
  }
}
