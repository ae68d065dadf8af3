package io.batonmq.session;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Who may come in by one acceptor. It belongs to the accepting port, never to anything that a client
/// says.
public interface Authenticator {
  /// SASL mechanisms offered here, strongest first, out of `SCRAM-SHA-256`, `PLAIN`, `ANONYMOUS`.
  List<String> mechanisms();

  /// Checks a password. Deriving a key takes long by design, so the answer comes when it comes: once,
  /// by the thread that owns the connection, possibly before this returns.
  ///
  /// @param password UTF-8; the callee's from now on, to be wiped
  void plain(String user, byte[] password, Consumer<Optional<Principal>> answer);

  /// The verifier of a user. For a name that does not exist the answer is made up, and the same each
  /// time: a stranger cannot find out which names exist by asking for their salt.
  ScramVerifier scramVerifier(String user);

  /// Printable text without commas that nobody can guess, at least 24 characters, new each time.
  String nonce();

  /// Who a peer without a name is; empty where that is not allowed.
  Optional<Principal> anonymous();
}
