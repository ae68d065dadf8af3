package io.batonmq.server.net;

import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// One user, `alice`, whose password is `wonderland`.
record TestUsers(List<String> mechanisms) implements Authenticator {
  private static final byte[] SALT = "salt of the earth".getBytes(StandardCharsets.UTF_8);
  private static final int ITERATIONS = 4096;

  @Override
  public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
    boolean right =
        user.equals("alice") && new String(password, StandardCharsets.UTF_8).equals("wonderland");
    answer.accept(right ? Optional.of(new Principal("alice", Set.of("users"))) : Optional.empty());
  }

  @Override
  public ScramVerifier scramVerifier(String user) {
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec("wonderland".toCharArray(), SALT, ITERATIONS, 256))
              .getEncoded();
      byte[] clientKey = hmac(salted, "Client Key");
      return new ScramVerifier(
          SALT,
          ITERATIONS,
          MessageDigest.getInstance("SHA-256").digest(clientKey),
          hmac(salted, "Server Key"),
          user.equals("alice") ? new Principal("alice", Set.of("users")) : null);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String nonce() {
    return UUID.randomUUID().toString();
  }

  @Override
  public Optional<Principal> anonymous() {
    return mechanisms.contains("ANONYMOUS")
        ? Optional.of(new Principal("anonymous", Set.of()))
        : Optional.empty();
  }
}
