package io.batonmq.message;

/// What follows the bytes of a message that came in fragments: they are records of their own in the log, and no
/// memory holds all of them.
///
/// @param id names the row of fragments: the position of the first of them
/// @param bytes of all fragments together
public record Tail(long id, long bytes) {
  public Tail {
    if (id < 0 || bytes < 0) {
      throw new IllegalArgumentException("a tail of " + bytes + " bytes at position " + id);
    }
  }
}
