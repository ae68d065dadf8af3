package io.batonmq.server.net;

/// Limits of everything that comes in by a socket.
///
/// @param threads event loops
/// @param connections at once, over all acceptors
/// @param backlog connections that the system may hold before they are accepted
/// @param detectMillis time in which a peer has to show which protocol it speaks
/// @param lingerMillis time that the last bytes to a peer may take before its socket is closed all the
///     same
/// @param unsentLow,unsentHigh bytes waiting for a peer: above the upper mark its engine stops sending,
///     below the lower one it goes on
/// @param unsentMax bytes waiting for a peer above which nothing more is read from it: answers wait there
///     that an engine has to give, to a peer that asks and does not listen
/// @param passwordThreads threads that derive keys from passwords; as many others sign for TLS
/// @param passwordQueue logins that may wait for them
/// @param handshakes TLS handshakes under way at once; the oldest goes for a newer one
/// @param handshakeMillis time that one may take
public record FrontSettings(
    int threads,
    int connections,
    int backlog,
    int detectMillis,
    int lingerMillis,
    int unsentLow,
    int unsentHigh,
    int unsentMax,
    int passwordThreads,
    int passwordQueue,
    int handshakes,
    int handshakeMillis) {

  public FrontSettings {
    if (threads < 1
        || connections < 1
        || passwordThreads < 1
        || passwordQueue < 1
        || handshakes < 1) {
      throw new IllegalArgumentException("nobody can be served with nothing");
    }
  }

  /// What a node uses whose owner chose nothing.
  public static FrontSettings standard() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new FrontSettings(
        Math.clamp(cores, 2, 16),
        16_384,
        1_024,
        10_000,
        2_000,
        128 << 10,
        512 << 10,
        16 << 20,
        Math.clamp(cores / 2, 1, 4),
        1_024,
        1_024,
        5_000);
  }
}
