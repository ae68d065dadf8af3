package io.batonmq.cli;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Events;
import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordHandler;
import io.batonmq.log.file.FileLog;
import io.batonmq.message.Message;
import io.batonmq.seam.Storage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads a store and changes nothing, as a standby would: the newest snapshot, then every record that is
/// known to be committed. May run beside an active node.
final class StoreReader {
  private final FileLog log;
  private final long begin;
  private final BrokerState state;
  private final long beyond;

  /// Reads all of it.
  ///
  /// @param also is shown every record after the snapshot
  /// @throws io.batonmq.log.DamagedException if the store contradicts itself
  StoreReader(Storage storage, RecordHandler also) {
    log =
        new FileLog(
            storage,
            LogSettings.DEFAULTS,
            "reader",
            () -> {
              throw new IllegalStateException("a reader makes no files");
            });
    if (log.chain().isEmpty()) {
      throw UserException.failed("nobody has ever served this store: it is empty");
    }
    var snapshot = log.newestSnapshot();
    begin = snapshot.position();
    state = begin > 0 ? restored(log) : new BrokerState();
    try (var follower = log.follow(begin)) {
      RecordHandler both =
          (position, end, type, payload) -> {
            also.record(position, end, type, payload.duplicate());
            state.record(position, end, type, payload);
          };
      // Nothing handed out and nothing read is the end; a long stretch without a mark is not.
      long before;
      do {
        before = follower.readUpTo();
      } while (follower.poll(both) > 0 || follower.readUpTo() != before);
      beyond = follower.readUpTo() - follower.position();
    }
  }

  private static BrokerState restored(FileLog log) {
    List<ByteBuffer> blocks = new ArrayList<>();
    log.snapshots().read(log.newestSnapshot(), blocks::add);
    return BrokerState.restore(blocks.iterator());
  }

  /// The position of the snapshot that it began with; 0 for none.
  long begin() {
    return begin;
  }

  BrokerState state() {
    return state;
  }

  /// Valid bytes above the newest committed mark: written, and not known to be confirmed.
  long beyond() {
    return beyond;
  }

  /// The messages at some positions.
  interface Bodies extends AutoCloseable {
    Message at(long position);

    /// What follows a message, one piece of it.
    byte[] fragment(long position);

    @Override
    void close();
  }

  Bodies bodies() {
    var reader = log.reader();
    return new Bodies() {
      @Override
      public Message at(long position) {
        return Events.message(reader.read(position));
      }

      @Override
      public byte[] fragment(long position) {
        return Events.fragment(reader.read(position));
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }
}
