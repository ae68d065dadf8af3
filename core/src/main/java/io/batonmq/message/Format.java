package io.batonmq.message;

/// Encodings in which a message may have come. The code is in the log: it never changes.
public enum Format {
  AMQP(1),
  OPENWIRE(2);

  private final int code;

  Format(int code) {
    this.code = code;
  }

  /// The number that stands for this format in a record.
  public int code() {
    return code;
  }

  /// The format of a number read from a record.
  public static Format of(int code) {
    for (Format format : values()) {
      if (format.code == code) {
        return format;
      }
    }
    throw new IllegalArgumentException("no message format has code " + code);
  }
}
