package io.batonmq.wire.openwire;

/// How the value of a field is encoded, and as what it is held: [Boolean], [Integer], [Long], [String],
/// `byte[]`, [Struct], `List<Struct>` or [Fault]. All but the first four may be null.
enum Kind {
  BOOLEAN,
  BYTE,
  INT,
  LONG,
  STRING,
  /// Length and bytes.
  BYTES,
  /// The eight bytes that a WireFormatInfo begins with.
  MAGIC,
  NESTED,
  /// A nested structure that the encoder may name by a number when it comes again.
  CACHED,
  ARRAY,
  /// An exception: a class name, which is text here and nothing else, and a message.
  FAULT
}
