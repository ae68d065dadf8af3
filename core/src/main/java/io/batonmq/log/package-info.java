/// The one log: segments, records, group commit, reading, recovery. It knows positions, not queues.
///
/// A *position* is a number of bytes from the beginning of the log's history; the position of a
/// record is that of its first byte, and never changes, not by takeover and not by rewriting. A
/// record is committed when the committed position is at or beyond its end.
@NullMarked
package io.batonmq.log;

import org.jspecify.annotations.NullMarked;
