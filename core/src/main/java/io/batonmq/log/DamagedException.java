package io.batonmq.log;

/// The store contradicts itself below what was committed. Nothing is skipped: the node does not serve
/// from it, and the message names the place and what to do.
public final class DamagedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String ADVICE =
      "; run 'baton data verify' and restore the store from a copy";

  private final String what;

  /// @param what is contradicted, and where; the message goes on with what to do
  public DamagedException(String what) {
    super(what + ADVICE);
    this.what = what;
  }

  /// What was found, without the advice: for the command that the advice names.
  public String what() {
    return what;
  }
}
