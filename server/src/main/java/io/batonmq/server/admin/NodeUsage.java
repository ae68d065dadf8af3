package io.batonmq.server.admin;

/// How full things are, in percent; -1 where that is not known.
///
/// @param disk of the volume that holds the log
/// @param diskMax `max-disk-usage` of the node; -1 for no limit
/// @param memory of the heap, as the last collection left it: what a process can run out of. Messages wait in
///     the log, so a backlog does not show here
public record NodeUsage(long disk, long diskMax, long memory) {}
