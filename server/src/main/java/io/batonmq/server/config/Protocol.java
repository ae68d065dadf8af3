package io.batonmq.server.config;

/// What an acceptor may be asked to speak, by the names of `protocols=…`.
public enum Protocol {
  AMQP(true),
  CORE(false),
  HORNETQ(false),
  MQTT(false),
  OPENWIRE(true),
  STOMP(false);

  private final boolean spoken;

  Protocol(boolean spoken) {
    this.spoken = spoken;
  }

  /// Whether Baton speaks it.
  public boolean spoken() {
    return spoken;
  }
}
