package io.batonmq.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How an acceptor speaks TLS: what it shows, whom it believes, and how.
///
/// @param keys its private key and certificates
/// @param alias of the key among several; empty for the store's own choice
/// @param trust whose certificates are believed; present where clients are asked for one
/// @param protocols of [#PROTOCOLS], never empty
/// @param cipherSuites in order of preference; empty for those that the JDK deems safe
public record Tls(
    KeyFile keys,
    String alias,
    Optional<KeyFile> trust,
    ClientAuth clientAuth,
    List<String> protocols,
    List<String> cipherSuites) {
  /// What is spoken, the best first. The JDK has what is older switched off.
  public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  public Tls {
    protocols = List.copyOf(protocols);
    cipherSuites = List.copyOf(cipherSuites);
  }

  /// Whether clients show a certificate.
  public enum ClientAuth {
    NONE,
    /// Asked for, and whoever has none comes in all the same.
    WANTED,
    /// Who has none that is believed does not come in.
    NEEDED
  }

  /// A file of keys or certificates. Its passwords are never printed.
  ///
  /// @param type `JKS`, `PKCS12`, `JCEKS` or `PEM`
  /// @param password that opens it; absent where none is written
  /// @param keyPassword of the keys in it; that of the file where absent
  public record KeyFile(
      Path path, String type, Optional<String> password, Optional<String> keyPassword) {
    @Override
    public String toString() {
      return "KeyFile[" + path + ", " + type + "]";
    }
  }
}
