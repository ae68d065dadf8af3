package io.batonmq.checks.house;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The table of rooms in ARCHITECTURE.md: it is the law that the walls are tested against.
///
/// A row is `| module | room | ... | may use |`. A room is a package below `io.batonmq` with all that
/// is below it, unless that is a room of its own. A row marked `(next)` names a room to come.
record Rooms(Map<String, Room> byName) {
  record Room(String name, boolean next, Set<String> mayUse) {}

  private static final Pattern ROW =
      Pattern.compile("^\\|[^|]*\\| `([a-z.]+)`( \\(next\\))? \\|.*\\|([^|]*)\\|$");

  static Rooms read() {
    var rooms = new LinkedHashMap<String, Room>();
    House.text(Path.of("ARCHITECTURE.md"))
        .lines()
        .map(ROW::matcher)
        .filter(java.util.regex.Matcher::matches)
        .forEach(row -> {
          var mayUse = new TreeSet<>(Arrays.asList(row.group(3).replace("`", "").split("[ ,]+")));
          mayUse.remove("");
          rooms.put(row.group(1), new Room(row.group(1), row.group(2) != null, mayUse));
        });
    return new Rooms(rooms);
  }

  /// The room of a package, named without `io.batonmq`.
  Optional<Room> of(String place) {
    return byName.values().stream()
        .filter(room -> place.equals(room.name()) || place.startsWith(room.name() + "."))
        .max(Comparator.comparingInt(room -> room.name().length()));
  }

  boolean allows(Room from, Room to) {
    return from.equals(to)
        || from.mayUse().contains("everything")
        || from.mayUse().contains(to.name());
  }
}
