package io.batonmq.ha;

import io.batonmq.log.Facts;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.Storage;
import java.util.Optional;

/// What an active leaves in its tenure when it ends cleanly; everything is confirmed by then. There is at
/// most one, and it never changes.
sealed interface Note {
  String NAME = "note";

  /// The node with this presence is to take over; others wait while it lives.
  record Next(String presence) implements Note {}

  /// Anybody may take over.
  record Free() implements Note {}

  /// No backup is to take over: the service was stopped on purpose.
  record Stopped() implements Note {}

  static Optional<Note> read(Storage storage, Tenure tenure) {
    return Facts.read(storage, tenure.path(NAME)).map(Note::parse);
  }

  private static Note parse(Facts facts) {
    return switch (facts.get("baton-note")) {
      case "next" -> new Next(facts.get("next"));
      case "stopped" -> new Stopped();
      default -> new Free();
    };
  }

  static void leave(Storage storage, Tenure tenure, Note note) {
    Facts facts =
        switch (note) {
          case Next next -> Facts.of("baton-note", "next", "next", next.presence());
          case Free _ -> Facts.of("baton-note", "free");
          case Stopped _ -> Facts.of("baton-note", "stopped");
        };
    facts.publish(storage, tenure.directory(), NAME, "note-" + tenure.id());
  }
}
