package io.batonmq.server.node;

import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Lets everybody in, by whatever name and password: what `security-enabled` asks for when it is `false`.
final class OpenAuthenticator implements Authenticator {
  /// Without SCRAM, by which a client wants proof that this side knows its password too.
  @Override
  public List<String> mechanisms() {
    return List.of("PLAIN", "ANONYMOUS");
  }

  @Override
  public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
    Arrays.fill(password, (byte) 0);
    answer.accept(Optional.of(new Principal(user, Set.of())));
  }

  @Override
  public ScramVerifier scramVerifier(String user) {
    throw new IllegalStateException("SCRAM was not offered");
  }

  @Override
  public String nonce() {
    throw new IllegalStateException("SCRAM was not offered");
  }

  @Override
  public Optional<Principal> anonymous() {
    return Optional.of(new Principal("anonymous", Set.of()));
  }
}
