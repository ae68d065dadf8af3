package io.batonmq.server.net;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Why a handshake came to nothing, for people to read.
final class TlsFailure {
  private static final int WORDS_MAX = 200;

  private TlsFailure() {}

  /// Whether it is the peer's doing, and told by the handshake.
  static boolean is(Throwable cause) {
    return cause instanceof DecoderException && cause.getCause() instanceof SSLException;
  }

  /// Nothing where the peer has only gone, as those do who look whether a port answers.
  static Optional<String> said(Throwable cause) {
    return switch (cause) {
      case ClosedChannelException _ -> Optional.empty();
      // Its own words have all that the peer sent in them.
      case NotSslRecordException _ ->
          Optional.of(
              "the peer does not speak TLS, and this port does: let it use ssl:// or amqps://");
      case SslHandshakeTimeoutException _ -> Optional.of("no TLS handshake in time");
      default ->
          Optional.of("TLS handshake failed: " + printable(String.valueOf(cause.getMessage())));
    };
  }

  private static String printable(String words) {
    StringBuilder text = new StringBuilder();
    words
        .chars()
        .limit(WORDS_MAX)
        .map(c -> c >= ' ' && c < 0x7f ? c : '?')
        .forEach(c -> text.append((char) c));
    return text.toString();
  }
}
