package io.batonmq.sim;

/// The calls on a [SimStorage], for choosing where to fail.
public enum Operation {
  MAKE_DIRECTORY,
  SYNC_DIRECTORY,
  LIST,
  EXISTS,
  CREATE,
  OPEN,
  LINK,
  REMOVE,
  LOCK,
  WATCH,
  STILL_HELD,
  UNLOCK,
  SPACE,
  SIZE,
  READ,
  WRITE,
  ZERO,
  SYNC,
  CLOSE
}
