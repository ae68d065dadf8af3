package io.batonmq.server.config;

import io.batonmq.server.config.Tls.KeyFile;
import io.batonmq.server.config.TlsException.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// What the files of a [Tls] hold, read and tried.
///
/// @param shown the certificate of the key that would be used
public record KeyMaterial(
    KeyManagerFactory keys, Optional<TrustManagerFactory> trust, Optional<X509Certificate> shown) {
  /// No store of a broker is longer; what is read into memory has a limit.
  private static final int FILE_BYTES_MAX = 16 << 20;

  /// @throws TlsException with what to change, if something is not there, is not readable, has another
  ///     password, or has no key
  public static KeyMaterial read(Tls tls) throws TlsException {
    var keys = new Reading(tls.keys(), Part.KEY_STORE, Part.KEY_STORE_PASSWORD);
    var store = keys.store();
    var one = keys.withKey(store, tls.alias());
    Optional<TrustManagerFactory> trust = Optional.empty();
    if (tls.trust().isPresent()) {
      trust =
          Optional.of(
              new Reading(tls.trust().get(), Part.TRUST_STORE, Part.TRUST_STORE_PASSWORD)
                  .trusted());
    }
    return new KeyMaterial(keys.managers(one), trust, shown(one));
  }

  /// Why clients will not like what is shown; empty if nothing is known against it.
  public Optional<String> doubt() {
    return shown
        .map(X509Certificate::getNotAfter)
        .filter(end -> end.toInstant().isBefore(Instant.now()))
        .map(end -> "the certificate expired on " + end.toInstant() + ": clients refuse it");
  }

  private static Optional<X509Certificate> shown(KeyStore store) throws TlsException {
    try {
      for (var alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)
            && store.getCertificate(alias) instanceof X509Certificate certificate) {
          return Optional.of(certificate);
        }
      }
      return Optional.empty();
    } catch (KeyStoreException e) {
      throw new TlsException(Part.KEY_STORE, String.valueOf(e.getMessage()));
    }
  }

  /// One file while it is read.
  private record Reading(KeyFile file, Part part, Part password) {
    private char @Nullable [] storePassword() {
      return file.password().map(String::toCharArray).orElse(null);
    }

    private char[] keyPassword() {
      return file.keyPassword().or(file::password).orElse("").toCharArray();
    }

    private TlsException wrong(String what) {
      return new TlsException(part, file.path() + " " + what);
    }

    KeyStore store() throws TlsException {
      byte[] bytes = bytes(file.path());
      try {
        if (file.type().equals("PEM")) {
          return Pem.read(new String(bytes, StandardCharsets.ISO_8859_1), keyPassword());
        }
        var store = KeyStore.getInstance(file.type());
        store.load(new ByteArrayInputStream(bytes), storePassword());
        return store;
      } catch (IOException e) {
        if (e.getCause() instanceof UnrecoverableKeyException) {
          throw new TlsException(
              password,
              file.password().isPresent()
                  ? "is not the password of " + file.path()
                  : "is missing: " + file.path() + " has a password");
        }
        throw wrong("is not a key store of type " + file.type() + ", or is damaged");
      } catch (GeneralSecurityException e) {
        throw wrong(String.valueOf(e.getMessage()));
      } catch (Exception e) {
        throw wrong("cannot be read: " + e.getClass().getSimpleName());
      }
    }

    private byte[] bytes(Path path) throws TlsException {
      try (var in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
        if (bytes.length > FILE_BYTES_MAX) {
          throw wrong("is longer than " + FILE_BYTES_MAX + " bytes: not read");
        }
        return bytes;
      } catch (TlsException e) {
        throw e;
      } catch (NoSuchFileException e) {
        throw wrong("is not there");
      } catch (AccessDeniedException e) {
        throw wrong("may not be read by this user: change its owner or its mode");
      } catch (IOException e) {
        throw wrong(
            Files.isDirectory(path)
                ? "is a folder: name the file in it"
                : "cannot be read: " + e.getMessage());
      }
    }

    /// The store, or of it the one key of that name.
    KeyStore withKey(KeyStore store, String alias) throws TlsException {
      try {
        List<String> names = new ArrayList<>();
        for (var name : Collections.list(store.aliases())) {
          if (store.isKeyEntry(name)) {
            names.add(name);
          }
        }
        if (names.isEmpty()) {
          throw wrong("has no private key: a broker has to show one");
        }
        if (alias.isEmpty()) {
          return store;
        }
        if (!store.isKeyEntry(alias)) {
          throw new TlsException(
              Part.KEY_ALIAS,
              file.path() + " has no key named " + alias + "; it has " + String.join(", ", names));
        }
        var one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry(alias, key(store, alias), keyPassword(), store.getCertificateChain(alias));
        return one;
      } catch (TlsException e) {
        throw e;
      } catch (GeneralSecurityException | IOException e) {
        throw wrong(String.valueOf(e.getMessage()));
      }
    }

    private Key key(KeyStore store, String alias) throws GeneralSecurityException, TlsException {
      try {
        return store.getKey(alias, keyPassword());
      } catch (UnrecoverableKeyException e) {
        throw locked();
      }
    }

    private TlsException locked() {
      return new TlsException(
          Part.KEY_PASSWORD, "is not the password of the key in " + file.path());
    }

    KeyManagerFactory managers(KeyStore store) throws TlsException {
      try {
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, keyPassword());
        return factory;
      } catch (UnrecoverableKeyException e) {
        throw locked();
      } catch (GeneralSecurityException e) {
        throw wrong(String.valueOf(e.getMessage()));
      }
    }

    TrustManagerFactory trusted() throws TlsException {
      try {
        var store = store();
        boolean any = false;
        for (var name : Collections.list(store.aliases())) {
          any |= store.isCertificateEntry(name);
        }
        if (!any) {
          throw wrong(
              "holds no certificate that could be trusted"
                  + (file.password().isEmpty() ? "; does it need a password?" : ""));
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
      } catch (GeneralSecurityException e) {
        throw wrong(String.valueOf(e.getMessage()));
      }
    }
  }
}
