package io.batonmq.message;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message as an application sees it, in no protocol's encoding: what one protocol makes of a message that
/// came by another.
///
/// Values of properties, of a map and of a stream are [Boolean], [Byte], [Short], [Integer], [Long], [Float],
/// [Double], [Character], [String] and `byte[]`, as JMS 3.1 §3.11.3 has them.
///
/// @param messageId as JMS shows it, `ID:` in front
/// @param correlationId a [String] or a `byte[]`
/// @param replyTo where an answer is to go
/// @param type what the application says the message is
/// @param timestampMillis when it was sent, 0 for unknown
/// @param userId who sent it
/// @param properties of the application, in their order
public record Content(
    @Nullable String messageId,
    @Nullable Object correlationId,
    @Nullable Place destination,
    @Nullable Place replyTo,
    @Nullable String type,
    long timestampMillis,
    @Nullable String userId,
    Map<String, Object> properties,
    Body body) {

  /// An address as an application knows it.
  ///
  /// @param temporary whether it ends with the connection that made it
  public record Place(String address, RoutingType routing, boolean temporary) {}

  /// What a message carries, as JMS 3.1 §3.11.1 sorts it.
  public sealed interface Body {
    record None() implements Body {}

    record Text(@Nullable String text) implements Body {}

    record Binary(byte[] bytes) implements Body {}

    record Entries(Map<String, Object> entries) implements Body {}

    record Stream(List<@Nullable Object> values) implements Body {}

    /// A serialized object, which nobody here opens.
    record Serialized(byte[] bytes) implements Body {}
  }
}
