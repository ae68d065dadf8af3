package io.batonmq.log;

/// Sizes and times of a log. Sizes in bytes.
///
/// @param segmentBytes capacity of a segment; `journal-file-size`
/// @param batchBytesMax a gathering batch is full beyond this
/// @param sparesMin zeroed segments held ready: while one more of them is missing than the one being
///     made, messages are held back so that acknowledgements find room
/// @param markIdleNanos silence after which a committed mark is written
/// @param heartNanos between two beats of the heart
/// @param sync whether to wait for stable storage; false only where the user asked for it
public record LogSettings(
    int segmentBytes,
    int batchBytesMax,
    int sparesMin,
    long markIdleNanos,
    long heartNanos,
    boolean sync) {

  public static final LogSettings DEFAULTS =
      new LogSettings(10 << 20, 4 << 20, 3, 50_000_000L, 500_000_000L, true);

  public LogSettings {
    if (segmentBytes < 64 << 10 || segmentBytes > 1 << 30) {
      throw new IllegalArgumentException(
          "a segment is 64 KiB to 1 GiB, not " + segmentBytes + " bytes");
    }
  }
}
