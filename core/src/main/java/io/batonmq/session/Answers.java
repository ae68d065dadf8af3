package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;

/// How anything is said to a peer: through the door, after all that has been appended until now.
final class Answers {
  private final ActiveBroker broker;
  private final Door door;

  Answers(ActiveBroker broker, Door door) {
    this.broker = broker;
    this.door = door;
  }

  void to(Connection connection, Output output) {
    to(connection.outlet, output);
  }

  void to(Outlet outlet, Output output) {
    door.add(broker.end(), outlet, output);
  }
}
