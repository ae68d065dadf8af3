package io.batonmq.server.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// What is kept of a password: enough to check one, and to run the server's side of SCRAM-SHA-256.
///
/// In a file: `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`, the bytes in base64, which is
/// also how they are held here: so it has a value's equality and cannot be changed.
public record ScramVerifier(int iterations, String salt, String storedKey, String serverKey) {
  public static final int ITERATIONS_DEFAULT = 15_000;
  public static final int ITERATIONS_MIN = 4096;
  public static final int ITERATIONS_MAX = 10_000_000;

  static final int SALT_BYTES = 16;

  private static final String HMAC = "HmacSHA256";
  private static final int HASH_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String BASE64 = "([A-Za-z0-9+/]+={0,2})";
  private static final Pattern LINE =
      Pattern.compile("SCRAM-SHA-256\\$(\\d{1,8}):" + BASE64 + "\\$" + BASE64 + ":" + BASE64);

  public ScramVerifier {
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      throw new IllegalArgumentException(
          "a verifier has from " + ITERATIONS_MIN + " to " + ITERATIONS_MAX + " iterations");
    }
    if (decode(salt).length == 0
        || decode(storedKey).length != HASH_BYTES
        || decode(serverKey).length != HASH_BYTES) {
      throw new IllegalArgumentException("a verifier has a salt and two keys of 32 bytes");
    }
  }

  /// For a new password, with fresh salt. Takes some milliseconds.
  public static ScramVerifier of(String password) {
    return of(password, randomSalt(), ITERATIONS_DEFAULT);
  }

  static ScramVerifier of(String password, byte[] salt, int iterations) {
    byte[] salted = saltedPassword(password, salt, iterations);
    byte[] clientKey = hmac(salted, bytes("Client Key"));
    return new ScramVerifier(
        iterations,
        encode(salt),
        encode(sha256(clientKey)),
        encode(hmac(salted, bytes("Server Key"))));
  }

  /// One that no password fits, made from `seed` alone.
  static ScramVerifier fake(byte[] seed, int iterations) {
    return new ScramVerifier(
        iterations,
        encode(Arrays.copyOf(hmac(seed, bytes("salt")), SALT_BYTES)),
        encode(hmac(seed, bytes("stored key"))),
        encode(hmac(seed, bytes("server key"))));
  }

  /// Reads what [#line] writes.
  ///
  /// @throws IllegalArgumentException if it is anything else; the message does not repeat it
  public static ScramVerifier parse(String line) {
    var parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalArgumentException("is not a SCRAM-SHA-256 verifier");
    }
    return new ScramVerifier(
        Integer.parseInt(parts.group(1)), parts.group(2), parts.group(3), parts.group(4));
  }

  /// The form for a file.
  public String line() {
    return "SCRAM-SHA-256$" + iterations + ":" + salt + "$" + storedKey + ":" + serverKey;
  }

  /// Whether this is the password. Takes some milliseconds, as long for a wrong one as for the right one.
  public boolean matches(String password) {
    byte[] salted = saltedPassword(password, decode(salt), iterations);
    byte[] candidate = sha256(hmac(salted, bytes("Client Key")));
    return MessageDigest.isEqual(candidate, decode(storedKey));
  }

  /// Whether the client's proof in a SCRAM exchange shows that it knows the password.
  ///
  /// @param authMessage the three messages so far, joined as RFC 5802 §3 says
  public boolean proves(byte[] authMessage, byte[] clientProof) {
    if (clientProof.length != HASH_BYTES) {
      return false;
    }
    byte[] stored = decode(storedKey);
    byte[] clientKey = hmac(stored, authMessage);
    for (int i = 0; i < HASH_BYTES; i++) {
      clientKey[i] ^= clientProof[i];
    }
    return MessageDigest.isEqual(sha256(clientKey), stored);
  }

  /// What shows the client, at the end of a SCRAM exchange, that this server knows it.
  public byte[] serverSignature(byte[] authMessage) {
    return hmac(decode(serverKey), authMessage);
  }

  /// Says how it was made, never what it is.
  @Override
  public String toString() {
    return "ScramVerifier[iterations=" + iterations + "]";
  }

  static byte[] hmac(byte[] key, byte[] message) {
    try {
      var mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + HMAC, e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] randomSalt() {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return salt;
  }

  /// Text that looks the same is the same password, as SASLprep asks; plain ASCII stays as it is.
  private static byte[] saltedPassword(String password, byte[] salt, int iterations) {
    var prepared = Normalizer.normalize(password, Normalizer.Form.NFKC).toCharArray();
    var spec = new PBEKeySpec(prepared, salt, iterations, HASH_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2", e);
    } finally {
      spec.clearPassword();
      Arrays.fill(prepared, '\0');
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
