package io.batonmq.log;

/// What stands in the store was written by another version of Baton, which this one does not read. Nothing is
/// wrong with it, and no record of it is changed: the node does not serve from it, and the message says what
/// to do.
public final class VersionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final String ADVICE =
      "; nothing was changed: go on with the Baton that wrote it, or take its messages out with"
          + " that one's 'baton data exp' and send them to a new store with this one's 'baton data"
          + " imp'";

  /// @param what was met, and what would be read; the message goes on with what to do
  public VersionException(String what) {
    super(what + ADVICE);
  }
}
