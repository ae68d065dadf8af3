package io.batonmq.wire.amqp;

import io.batonmq.broker.BrokerState;
import io.batonmq.log.Appender;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A log in a list. Everything in it is committed.
final class ListAppender implements Appender {
  private final List<Entry> entries = new ArrayList<>();
  private long end = 64;

  private record Entry(long position, long end, int type, byte[] payload) {}

  /// The state that a node has which has followed this log, as far as a number of records.
  BrokerState follow(int records) {
    BrokerState state = new BrokerState();
    entries
        .subList(0, records)
        .forEach(entry ->
            state.apply(entry.position, entry.end, entry.type, ByteBuffer.wrap(entry.payload)));
    return state;
  }

  /// A log that goes on after a number of records of this one.
  ListAppender cut(int records) {
    ListAppender next = new ListAppender();
    next.entries.addAll(entries.subList(0, records));
    next.end = records == 0 ? 64 : entries.get(records - 1).end;
    return next;
  }

  int records() {
    return entries.size();
  }

  @Override
  public int payloadMax() {
    return 1 << 20;
  }

  @Override
  public long append(int type, ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    long position = end;
    end += 48 + bytes.length;
    entries.add(new Entry(position, end, type, bytes));
    return position;
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public void flush() {}

  @Override
  public boolean full() {
    return false;
  }

  @Override
  public long committed() {
    return end;
  }

  @Override
  public boolean roomForMessages() {
    return true;
  }
}
