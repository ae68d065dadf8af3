package io.batonmq.seam;

/// What a [Storage] could not do. `kind` is decided from the system's error number, never from a
/// message text.
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  public StorageException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StorageException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// What went wrong.
  public enum Kind {
    /// No such file.
    MISSING,
    /// The file was removed or replaced on the server while it was open (ESTALE).
    STALE,
    /// The disk or the quota is full.
    NO_SPACE,
    /// Not permitted.
    DENIED,
    /// Anything else: treat the file as lost.
    IO
  }
}
