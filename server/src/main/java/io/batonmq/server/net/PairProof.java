package io.batonmq.server.net;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// How two nodes of a pair show each other that they know the cluster's password, without saying it: both send a
/// random number, and each a keyed hash (HMAC-SHA-256, RFC 2104) of its role and both numbers. The key is derived from
/// user and password (PBKDF2, RFC 8018).
///
/// | from | bytes |
/// |---|---|
/// | standby | `BATONPR1`, 16 random |
/// | active | 16 random |
/// | standby | 32: proof of a standby |
/// | active | 1 and 32: proof of an active; or 0, and the end |
public final class PairProof {
  static final byte[] MAGIC = "BATONPR1".getBytes(StandardCharsets.US_ASCII);
  static final int NONCE = 16;
  static final int PROOF = 32;
  private static final int ITERATIONS = 100_000;
  private static final String HMAC = "HmacSHA256";

  private final byte[] key;
  private final SecureRandom random = new SecureRandom();

  /// Takes some tens of milliseconds.
  public PairProof(String user, String password) {
    try {
      PBEKeySpec spec =
          new PBEKeySpec(
              password.toCharArray(),
              ("baton-pair:" + user).getBytes(StandardCharsets.UTF_8),
              ITERATIONS,
              256);
      key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2", e);
    }
  }

  byte[] nonce() {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    return nonce;
  }

  /// What a standby shows.
  ///
  /// @param standby,active the random numbers of both
  byte[] ofStandby(byte[] standby, byte[] active) {
    return proof("standby", standby, active);
  }

  /// What an active node shows.
  ///
  /// @param standby,active the random numbers of both
  byte[] ofActive(byte[] standby, byte[] active) {
    return proof("active", standby, active);
  }

  private byte[] proof(String role, byte[] standby, byte[] active) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      mac.update(role.getBytes(StandardCharsets.US_ASCII));
      mac.update(standby);
      mac.update(active);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC", e);
    }
  }

  /// Compares without telling by its time where they differ.
  static boolean same(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }
}
