package io.batonmq.server.config;

/// What the broker as a whole may use.
///
/// @param maxDiskUsage percent of the disk above which producers are held back; -1 for no limit
/// @param globalMaxSize bytes of messages held in memory; -1 for half of the heap
public record Limits(int maxDiskUsage, long globalMaxSize) {}
