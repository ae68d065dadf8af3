package io.batonmq.server.net;

import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// Has passwords checked away from the event loop, and brings the answer back to it. Deriving a key takes
/// tens of milliseconds by design: on the loop, a few logins would stop every other connection of it.
final class LoopAuthenticator implements Authenticator {
  private final Authenticator authenticator;
  private final Executor passwords;
  private final Consumer<Runnable> loop;

  LoopAuthenticator(Authenticator authenticator, Executor passwords, Consumer<Runnable> loop) {
    this.authenticator = authenticator;
    this.passwords = passwords;
    this.loop = loop;
  }

  @Override
  public List<String> mechanisms() {
    return authenticator.mechanisms();
  }

  @Override
  public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
    try {
      passwords.execute(() -> {
        try {
          authenticator.plain(user, password, found -> loop.accept(() -> answer.accept(found)));
        } catch (RuntimeException failed) {
          loop.accept(() -> answer.accept(Optional.empty()));
        }
      });
    } catch (RejectedExecutionException full) {
      // More logins than can be checked: this one is refused, and the client tries again.
      Arrays.fill(password, (byte) 0);
      answer.accept(Optional.empty());
    }
  }

  @Override
  public ScramVerifier scramVerifier(String user) {
    return authenticator.scramVerifier(user);
  }

  @Override
  public String nonce() {
    return authenticator.nonce();
  }

  @Override
  public Optional<Principal> anonymous() {
    return authenticator.anonymous();
  }
}
