package io.batonmq.server.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Something in a configuration file that its author should know.
///
/// @param line counted from 1; 0 when the problem is the file as a whole
/// @param column of the `<` that opens the element, counted from 1
/// @param element path from the root, for instance `configuration/core/ha-policy`; empty for the
///   file
/// @param message what is wrong and what to change
/// @param didYouMean the known name nearest to an unknown one
public record Problem(
    Severity severity,
    Path file,
    int line,
    int column,
    String element,
    String message,
    Optional<String> didYouMean) {

  /// Ordered by weight: an error is worth more than a warning.
  public enum Severity {
    /// The broker does not start.
    ERROR,
    /// Something written has no effect; the messages are safe all the same.
    WARNING,
    /// Something works in another way than the name suggests.
    INFO
  }

  /// One line in the form that editors and terminals know how to jump to: `file:line:column:
  /// severity: element: message`.
  @Override
  public String toString() {
    var said = new StringBuilder(file.toString());
    if (line > 0) {
      said.append(':').append(line).append(':').append(column);
    }
    said.append(": ").append(severity.name().toLowerCase(Locale.ROOT)).append(": ");
    if (!element.isEmpty()) {
      said.append(element).append(": ");
    }
    said.append(message);
    didYouMean.ifPresent(name -> said.append("; did you mean ").append(name).append('?'));
    return said.toString();
  }
}
