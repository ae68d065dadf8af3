package io.batonmq.message;

/// Reads messages of one [Format] for those who speak another protocol. The protocol that knows the format has
/// one; the others are given it when a node is put together.
@FunctionalInterface
public interface ContentReader {
  /// What a message says. What cannot be read is left out; a body that cannot be read is given as its bytes.
  /// Nothing is thrown, whatever the bytes are, and what is made is bounded by what came.
  ///
  /// @param message whole: with the content of its tail, if it has one
  /// @param tail what followed its bytes; empty if nothing did
  Content read(Message message, byte[] tail);
}
