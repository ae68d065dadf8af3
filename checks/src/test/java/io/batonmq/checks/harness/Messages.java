package io.batonmq.checks.harness;

import io.batonmq.checks.harness.Ledger.Id;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;

/// Messages that know who they are.
public final class Messages {
  private Messages() {}

  public static Message of(Session session, Id id) throws JMSException {
    var message = session.createTextMessage("number " + id.number() + " of " + id.producer());
    message.setStringProperty("producer", id.producer());
    message.setLongProperty("number", id.number());
    message.setLongProperty("batch", id.batch());
    return message;
  }

  public static Id id(Message message) throws JMSException {
    return new Id(
        message.getStringProperty("producer"),
        message.getLongProperty("number"),
        message.getLongProperty("batch"));
  }
}
