package io.batonmq.log.file;

/// The time of one claimant in its epoch.
///
/// @param epoch 1, 2, … without gaps
/// @param id fresh for each claim, so that a name is never used twice
/// @param node name of the node that claimed it, for people
public record Tenure(long epoch, String id, String node) {
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
