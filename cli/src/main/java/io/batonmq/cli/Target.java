package io.batonmq.cli;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Session;

/// Where messages go to or come from: `queue://X`, `topic://X`, or `X`.
record Target(boolean topic, String name) {
  private static final String QUEUE = "queue://";
  private static final String TOPIC = "topic://";

  static Target parse(String text) {
    boolean topic = text.startsWith(TOPIC);
    var name = topic || text.startsWith(QUEUE) ? text.substring(QUEUE.length()) : text;
    if (name.isEmpty() || name.indexOf("://") >= 0) {
      throw UserException.usage("--destination " + text + " is none of queue://X, topic://X and X");
    }
    return new Target(topic, name);
  }

  Destination in(Session session) throws JMSException {
    return topic ? session.createTopic(name) : session.createQueue(name);
  }

  /// As the peers print it.
  @Override
  public String toString() {
    return (topic ? "ActiveMQTopic[" : "ActiveMQQueue[") + name + "]";
  }
}
