package io.batonmq.cli;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;

/// What is in the messages of a producer.
sealed interface Body {
  /// The same text in each.
  record Fixed(String text) implements Body {}

  /// So many letters.
  record Letters(int count) implements Body {}

  /// So many bytes.
  record Bytes(int count) implements Body {}

  /// A few words and the number of the message.
  record Numbered() implements Body {}

  default Message message(Session session, long number) throws JMSException {
    return switch (this) {
      case Fixed(var text) -> session.createTextMessage(text);
      case Letters(var count) -> session.createTextMessage(letters(count));
      case Bytes(var count) -> {
        var message = session.createBytesMessage();
        message.writeBytes(letters(count).getBytes(StandardCharsets.US_ASCII));
        yield message;
      }
      case Numbered() -> session.createTextMessage("test message: " + number);
    };
  }

  private static String letters(int count) {
    return "abcdefghijklmnopqrstuvwxyz".repeat(count / 26 + 1).substring(0, count);
  }

  /// A message in a line.
  static String line(Message message) throws JMSException {
    return switch (message) {
      case TextMessage text -> String.valueOf(text.getText());
      case BytesMessage bytes -> bytes.getBodyLength() + " bytes";
      default -> message.getJMSMessageID();
    };
  }
}
