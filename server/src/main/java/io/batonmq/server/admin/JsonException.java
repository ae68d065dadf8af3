package io.batonmq.server.admin;

/// A text that is not the JSON that was hoped for.
public final class JsonException extends Exception {
  JsonException(String message) {
    super(message);
  }
}
