package io.batonmq.broker;

import io.batonmq.log.Appender;

/// Where the active node writes what it decided: appended, and applied at once to the same state by the
/// same code that a standby uses.
final class EventLog {
  private final Appender appender;
  private final BrokerState state;
  private final FieldWriter writer = new FieldWriter(4096);

  EventLog(Appender appender, BrokerState state) {
    this.appender = appender;
    this.state = state;
  }

  /// Answers the position of the record.
  long append(Event event) {
    writer.clear();
    Events.write(event, writer);
    int type = Events.type(event);
    long position = appender.append(type, writer.view());
    state.apply(position, appender.end(), type, writer.view());
    return position;
  }

  long end() {
    return appender.end();
  }

  boolean full() {
    return appender.full();
  }

  boolean makingRoom() {
    return appender.makingRoom();
  }

  boolean roomForMessages() {
    return appender.roomForMessages();
  }

  int payloadMax() {
    return appender.payloadMax();
  }
}
