package io.batonmq.server.admin;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Decides by the `Authorization` of a request whether it may come in.
final class Gate {
  /// Passwords that are looked at in the same moment: each costs milliseconds of a processor, and who
  /// guesses shall wait.
  private static final int CHECKS_MAX = 2;

  private static final long WAIT_SECONDS_MAX = 5;
  private static final int HEADER_LENGTH_MAX = 2048;

  /// What was decided.
  enum Verdict {
    WELCOME,
    STRANGER,
    /// Known, and without the role that it takes.
    LACKS_ROLE,
    /// Too many are asking.
    LATER
  }

  private final AdminAuth auth;
  private final byte[] token;
  private final Semaphore checks = new Semaphore(CHECKS_MAX, true);

  Gate(AdminAuth auth, String token) {
    this.auth = auth;
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  Verdict look(@Nullable String authorization) throws InterruptedException {
    if (authorization == null || authorization.length() > HEADER_LENGTH_MAX) {
      return Verdict.STRANGER;
    }
    int blank = authorization.indexOf(' ');
    if (blank < 0) {
      return Verdict.STRANGER;
    }
    var scheme = authorization.substring(0, blank);
    var credentials = authorization.substring(blank + 1).strip();
    if (scheme.equalsIgnoreCase("Bearer")) {
      return MessageDigest.isEqual(credentials.getBytes(StandardCharsets.UTF_8), token)
          ? Verdict.WELCOME
          : Verdict.STRANGER;
    }
    return scheme.equalsIgnoreCase("Basic") ? basic(credentials) : Verdict.STRANGER;
  }

  private Verdict basic(String credentials) throws InterruptedException {
    char[] pair;
    try {
      var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(credentials));
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes);
      pair = new char[decoded.remaining()];
      decoded.get(pair);
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Verdict.STRANGER;
    }
    int colon = 0;
    while (colon < pair.length && pair[colon] != ':') {
      colon++;
    }
    if (colon == pair.length) {
      return Verdict.STRANGER;
    }
    if (!checks.tryAcquire(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
      return Verdict.LATER;
    }
    char[] password = Arrays.copyOfRange(pair, colon + 1, pair.length);
    try {
      return switch (auth.check(new String(pair, 0, colon), password)) {
        case ADMITTED -> Verdict.WELCOME;
        case LACKS_ROLE -> Verdict.LACKS_ROLE;
        case UNKNOWN -> Verdict.STRANGER;
      };
    } finally {
      checks.release();
      Arrays.fill(password, '\0');
      Arrays.fill(pair, '\0');
    }
  }
}
