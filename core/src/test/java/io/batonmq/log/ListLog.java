package io.batonmq.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A log in a list: what was appended, and how much of it is committed, which the test says.
public final class ListLog implements Appender {
  private static final int HEADER = 48;

  private final List<Record> records = new ArrayList<>();
  private long end = 64;
  private long committed = 64;
  private int payloadMax = 1 << 20;
  private boolean room = true;
  private int batchMax = Integer.MAX_VALUE;
  private int gathering;
  private boolean fenced;

  /// One record.
  public record Record(long position, long end, int type, byte[] payload) {
    public ByteBuffer buffer() {
      return ByteBuffer.wrap(payload).asReadOnlyBuffer();
    }
  }

  public ListLog() {}

  /// A log that goes on where the committed part of another one ends, as the next active node sees it.
  public ListLog(ListLog survived) {
    for (Record record : survived.records) {
      if (record.end <= survived.committed) {
        records.add(record);
        end = record.end;
      }
    }
    committed = end;
  }

  /// A log that goes on after a number of records of another one.
  public ListLog(ListLog survived, int count) {
    for (Record record : survived.records.subList(0, count)) {
      records.add(record);
      end = record.end;
    }
    committed = end;
  }

  @Override
  public int payloadMax() {
    return payloadMax;
  }

  @Override
  public long append(int type, ByteBuffer payload) {
    if (fenced) {
      throw new FencedException("the test says so");
    }
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    if (bytes.length > payloadMax) {
      throw new IllegalArgumentException("payload of " + bytes.length + " bytes");
    }
    long position = end;
    end += HEADER + bytes.length;
    records.add(new Record(position, end, type, bytes));
    gathering++;
    return position;
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public void flush() {
    gathering = 0;
  }

  @Override
  public boolean full() {
    return gathering >= batchMax;
  }

  @Override
  public long committed() {
    return committed;
  }

  @Override
  public boolean roomForMessages() {
    return room;
  }

  public List<Record> records() {
    return records;
  }

  public Record at(long position) {
    return records.stream().filter(record -> record.position == position).findFirst().orElseThrow();
  }

  /// Everything appended until now is committed.
  public void commit() {
    committed = end;
    gathering = 0;
  }

  /// Everything up to a position is committed.
  public void commit(long position) {
    committed = Math.max(committed, position);
  }

  public void room(boolean isThere) {
    room = isThere;
  }

  public void batchMax(int records) {
    batchMax = records;
  }

  public void payloadMax(int bytes) {
    payloadMax = bytes;
  }

  public void fence() {
    fenced = true;
  }
}
