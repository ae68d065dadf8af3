package io.batonmq.log;

/// Where the records are whose bodies a frozen state refers to. Belongs to the lane that keeps house, once
/// its owner has handed it over.
public interface LiveBodies {
  /// About how many live bytes there are from one position to another, for free: a record counts for each
  /// reference to it, and what stands close to either end may be left out.
  long bytes(long from, long to);

  /// Hands out the next few hundred; false if that were all. A record that is referred to more than once is
  /// handed out more than once, none that is referred to is left out, and the order is any.
  boolean next(Visitor visitor);

  /// Is told of records.
  @FunctionalInterface
  interface Visitor {
    /// @param position of the record
    /// @param size bytes that it takes in the log, padding included
    void body(long position, int size);
  }
}
