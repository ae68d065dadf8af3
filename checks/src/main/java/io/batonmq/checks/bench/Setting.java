package io.batonmq.checks.bench;

import java.nio.file.Path;
import java.util.List;

/// What all measurements of one run have in common.
///
/// @param work folder for stores and outputs, on the disk to be measured
/// @param loadPath class path of [io.batonmq.checks.bench.load.Driver], without a client
/// @param rounds how often each measurement is made, in turn
/// @param seconds counted time of a load
/// @param warmup time before it
/// @param backlog number of messages of a deep backlog
/// @param size bytes of the body of each of them
record Setting(
    Path work,
    Path javaHome,
    List<Path> loadPath,
    int rounds,
    int seconds,
    int warmup,
    int backlog,
    int size) {

  /// The same with another backlog.
  Setting withBacklog(int messages) {
    return new Setting(work, javaHome, loadPath, rounds, seconds, warmup, messages, size);
  }
}
