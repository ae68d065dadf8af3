package io.batonmq.log.file;

import java.util.Optional;

/// The time of one claimant in its epoch.
///
/// @param epoch 1, 2, … without gaps
/// @param id fresh for each claim, so that a name is never used twice
/// @param node name of the node that claimed it, for people
public record Tenure(long epoch, String id, String node) implements Comparable<Tenure> {
  private static final String PREFIX = "epoch-";
  private static final int EPOCH_DIGITS = 10;

  /// Whose a directory is, by its name; the node is not known then. Empty for another name.
  static Optional<Tenure> of(String directory) {
    int end = PREFIX.length() + EPOCH_DIGITS;
    if (!directory.startsWith(PREFIX)
        || directory.length() <= end + 1
        || directory.charAt(end) != '-') {
      return Optional.empty();
    }
    try {
      long epoch = Long.parseLong(directory.substring(PREFIX.length(), end));
      return epoch > 0
          ? Optional.of(new Tenure(epoch, directory.substring(end + 1), ""))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(Tenure other) {
    return epoch != other.epoch ? Long.compare(epoch, other.epoch) : id.compareTo(other.id);
  }

  /// Directory that only this claimant writes to, but for `fence` and a void `manifest`.
  public String directory() {
    return String.format("epoch-%010d-%s", epoch, id);
  }

  /// A file in that directory.
  public String path(String name) {
    return directory() + "/" + name;
  }

  public String lock() {
    return path("lock");
  }

  String fence() {
    return path("fence");
  }

  String heart() {
    return path("heart");
  }

  static final String MANIFEST = "manifest";
  static final String NOTE = "note";
}
