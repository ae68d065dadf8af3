package io.batonmq.server.node;

import io.batonmq.server.security.LoginPolicy;
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

/// Lets in the users of an instance, and strangers where its login policy says so.
final class UsersAuthenticator implements Authenticator {
  private static final int NONCE_BYTES = 24;

  private final Users users;
  private final LoginPolicy policy;
  private final SecureRandom random = new SecureRandom();

  UsersAuthenticator(Users users, LoginPolicy policy) {
    this.users = users;
    this.policy = policy;
  }

  @Override
  public List<String> mechanisms() {
    List<String> offered = new ArrayList<>(List.of("SCRAM-SHA-256", "PLAIN"));
    if (policy.allowAnonymous()) {
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
    return policy.anonymous();
  }
}
