package io.batonmq.server.node;

import io.batonmq.server.security.Users;
import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Lets in the users of a broker, and strangers where it is told as whom.
final class UsersAuthenticator implements Authenticator {
  private static final int NONCE_BYTES = 24;

  private final Users users;
  private final Optional<Principal> anonymous;
  private final SecureRandom random = new SecureRandom();

  /// @param anonymous who those are that give no name; absent, they are not let in
  UsersAuthenticator(Users users, Optional<Principal> anonymous) {
    this.users = users;
    this.anonymous = anonymous;
  }

  @Override
  public List<String> mechanisms() {
    List<String> offered = new ArrayList<>(List.of("SCRAM-SHA-256", "PLAIN"));
    if (anonymous.isPresent()) {
      offered.add("ANONYMOUS");
    }
    return offered;
  }

  @Override
  public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
    Optional<Principal> principal = users.login(user, new String(password, StandardCharsets.UTF_8));
    Arrays.fill(password, (byte) 0);
    answer.accept(principal);
  }

  @Override
  public ScramVerifier scramVerifier(String user) {
    var verifier = users.verifier(user);
    return new ScramVerifier(
        bytes(verifier.salt()),
        verifier.iterations(),
        bytes(verifier.storedKey()),
        bytes(verifier.serverKey()),
        users.principal(user).orElse(null));
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  @Override
  public String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public Optional<Principal> anonymous() {
    return anonymous;
  }
}
