package io.batonmq.server.config;

/// How the log is written.
///
/// @param fileSize bytes of a segment
/// @param datasync false leaves the time of writing to the system: a crash of the machine, though
///   not of the process, may then lose what was confirmed
public record Journal(long fileSize, boolean datasync) {
  public static final long FILE_SIZE_MIN = 1 << 16;
  public static final long FILE_SIZE_MAX = 1 << 30;
}
