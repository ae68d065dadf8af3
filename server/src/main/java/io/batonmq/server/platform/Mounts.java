package io.batonmq.server.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The table of mounts of this machine, from `/proc/self/mountinfo`.
///
/// A line is `id parent major:minor root point options [tags ...] - type source superoptions`;
/// space, tab, newline and backslash in a field stand as `\` and three octal digits. See proc(5).
public final class Mounts {
  private static final Path TABLE = Path.of("/proc/self/mountinfo");
  private static final Path RECOVER_LOST_LOCKS =
      Path.of("/sys/module/nfs/parameters/recover_lost_locks");

  private final List<Mount> mounts;

  private Mounts(List<Mount> mounts) {
    this.mounts = mounts;
  }

  /// The table of this machine; empty where there is none to read.
  public static Mounts ofThisMachine() {
    try {
      return parse(Files.readAllLines(TABLE, StandardCharsets.UTF_8));
    } catch (IOException _) {
      return new Mounts(List.of());
    }
  }

  /// A table from its lines; what is no line of such a table is left out.
  public static Mounts parse(List<String> lines) {
    var mounts = new ArrayList<Mount>();
    for (var line : lines) {
      parse(line).ifPresent(mounts::add);
    }
    return new Mounts(List.copyOf(mounts));
  }

  /// The mount that a path is on: the one with the longest point above it, and of those with the
  /// same point the last, which hides the others.
  public Optional<Mount> of(Path path) {
    var absolute = path.toAbsolutePath().normalize();
    Optional<Mount> best = Optional.empty();
    for (var mount : mounts) {
      if (absolute.startsWith(mount.point())
          && (best.isEmpty()
              || mount.point().getNameCount() >= best.get().point().getNameCount())) {
        best = Optional.of(mount);
      }
    }
    return best;
  }

  /// Whether the kernel takes lost NFS locks again as if nothing had been written meanwhile.
  public static boolean recoversLostLocks() {
    try {
      return Files.readString(RECOVER_LOST_LOCKS).strip().equals("Y");
    } catch (IOException _) {
      return false;
    }
  }

  private static Optional<Mount> parse(String line) {
    var fields = List.of(line.strip().split(" +"));
    int dash = fields.indexOf("-");
    if (dash < 6 || fields.size() < dash + 3) {
      return Optional.empty();
    }
    var options = new LinkedHashMap<String, String>();
    addOptions(options, fields.get(5));
    if (fields.size() > dash + 3) {
      addOptions(options, fields.get(dash + 3));
    }
    return Optional.of(
        new Mount(
            Path.of(unescape(fields.get(4))),
            fields.get(dash + 1),
            unescape(fields.get(dash + 2)),
            options));
  }

  private static void addOptions(Map<String, String> options, String text) {
    for (var option : text.split(",", -1)) {
      int equals = option.indexOf('=');
      if (equals > 0) {
        options.put(option.substring(0, equals), unescape(option.substring(equals + 1)));
      } else if (!option.isEmpty()) {
        options.put(option, "");
      }
    }
  }

  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    var bytes = field.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\\' && i + 3 < bytes.length && bytes[i + 1] >= '0' && bytes[i + 1] <= '3') {
        out.write((bytes[i + 1] - '0') * 64 + (bytes[i + 2] - '0') * 8 + (bytes[i + 3] - '0'));
        i += 3;
      } else {
        out.write(bytes[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
