package io.batonmq.message;

import java.util.Map;
import java.util.Set;

/// Reads single fields out of messages that came in one [Format], for conditions about them. The protocol
/// that knows the format has one; the core, which knows no protocol, is given one for each format when a
/// node is put together.
@FunctionalInterface
public interface FieldExtractor {
  /// Those of some fields that a message has, by name: a [String], [Boolean], [Long] or [Double] each. What
  /// is too large, of another type or badly encoded is left out; nothing is thrown, whatever the bytes are,
  /// and the time that it takes is bounded however large the message is.
  ///
  /// @param bytes as [Message#bytes] has them; not to be written
  /// @param names of headers (`JMSMessageID`) and of properties; case counts
  Map<String, Object> extract(byte[] bytes, Set<String> names);
}
