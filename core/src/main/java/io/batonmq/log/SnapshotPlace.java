package io.batonmq.log;

/// Where a part of a state stands: in a snapshot that this node wrote in its present tenure.
///
/// @param file name of the snapshot's file
/// @param offset of the block in it
/// @param length of the part, 1 byte to 1 MiB
/// @param checksum CRC32C of the part
public record SnapshotPlace(String file, long offset, int length, int checksum) {}
