package io.batonmq.server.config;

/// How a node goes about its store when it starts, and when it has lost it.
///
/// @param wipe whether everything in it goes at the start; refused where another node has the store, or is
///   recorded to need it
/// @param failIfLocked whether the node ends where another serves already, instead of standing by
/// @param rejoin whether a process whose node lost its lock, or was superseded, stands by again instead of
///   ending
public record StoreUse(boolean wipe, boolean failIfLocked, boolean rejoin) {
  /// Where the file says nothing.
  public static final StoreUse DEFAULT = new StoreUse(false, false, false);
}
