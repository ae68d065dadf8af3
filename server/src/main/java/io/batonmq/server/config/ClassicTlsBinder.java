package io.batonmq.server.config;

import io.batonmq.server.config.Tls.KeyFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Binds `<sslContext>`, or what a process is told by `javax.net.ssl` where there is none; and what a connector
/// with TLS adds to it.
final class ClassicTlsBinder {
  private static final Kind<String> FILE =
      new Kind<>("a path or `file:` URL, from `${activemq.base}` if relative", text -> text);

  private static final Setting<String> KEY_STORE =
      Setting.of("keyStore", FILE, "File of the broker's private key and its certificates.")
          .asAttribute();
  private static final Setting<String> KEY_STORE_PASSWORD =
      Setting.of("keyStorePassword", TlsBinder.SECRET, "Its password.").asAttribute();
  private static final Setting<String> KEY_PASSWORD =
      Setting.of(
              "keyStoreKeyPassword",
              TlsBinder.SECRET,
              "That of the key in it, where it is another.")
          .asAttribute();
  private static final Setting<String> KEY_STORE_TYPE =
      Setting.of("keyStoreType", TlsBinder.TYPE, "JKS", "`JKS` reads PKCS12 too.").asAttribute();
  private static final Setting<String> TRUST_STORE =
      Setting.of("trustStore", FILE, "File of the certificates by which clients are believed.")
          .asAttribute();
  private static final Setting<String> TRUST_STORE_PASSWORD =
      Setting.of("trustStorePassword", TlsBinder.SECRET, "Its password.").asAttribute();
  private static final Setting<String> TRUST_STORE_TYPE =
      Setting.of("trustStoreType", TlsBinder.TYPE, "JKS", "As `keyStoreType`.").asAttribute();

  private static final Vocabulary CONTEXT =
      new Vocabulary()
          .honouring(
              KEY_STORE,
              KEY_STORE_PASSWORD,
              KEY_PASSWORD,
              KEY_STORE_TYPE,
              TRUST_STORE,
              TRUST_STORE_PASSWORD,
              TRUST_STORE_TYPE)
          .missing("certificates that were called back are not known here", "crlPath")
          .harmless(
              "the JDK knows best",
              "keyStoreAlgorithm",
              "protocol",
              "provider",
              "secureRandomAlgorithm",
              "trustStoreAlgorithm")
          .missing("no class is loaded by name", "keyManagers", "secureRandom", "trustManagers");

  /// Of a connector's URI.
  static final Vocabulary PARAMETERS =
      new Vocabulary()
          .honouring(
              TlsBinder.NEED_CLIENT, TlsBinder.WANT_CLIENT, TlsBinder.PROTOCOLS, TlsBinder.SUITES)
          .missingUnless("false", "the name of a client's host is not looked at", "verifyHostName");

  static final Section SECTION =
      new Section(
          "broker/sslContext/sslContext",
          "What connectors with TLS show, and whom they believe ([tls.md](tls.md)). Where it is"
              + " missing, the system properties `javax.net.ssl.keyStore`, `.keyStorePassword`,"
              + " `.trustStore` and their kin say it.",
          CONTEXT);

  private static final Map<TlsException.Part, String> ATTRIBUTES =
      Map.of(
          TlsException.Part.KEY_STORE, KEY_STORE.name(),
          TlsException.Part.KEY_STORE_PASSWORD, KEY_STORE_PASSWORD.name(),
          TlsException.Part.KEY_PASSWORD, KEY_PASSWORD.name(),
          TlsException.Part.KEY_ALIAS, KEY_STORE.name(),
          TlsException.Part.TRUST_STORE, TRUST_STORE.name(),
          TlsException.Part.TRUST_STORE_PASSWORD, TRUST_STORE_PASSWORD.name());

  private final Optional<Binding> place;
  private final Optional<KeyFile> keys;
  private final Optional<KeyFile> trust;

  private ClassicTlsBinder(
      Optional<Binding> place, Optional<KeyFile> keys, Optional<KeyFile> trust) {
    this.place = place;
    this.keys = keys;
    this.trust = trust;
  }

  static ClassicTlsBinder of(Binding broker, Path base, ClassicPlaceholders placeholders) {
    var outer = broker.child("sslContext");
    var inner = outer.flatMap(found -> found.child("sslContext"));
    outer.ifPresent(found -> {
      if (inner.isEmpty()) {
        found.error("has no <sslContext keyStore=\"…\"/> in it");
      }
      found.rest(new Vocabulary());
    });
    if (outer.isEmpty()) {
      return new ClassicTlsBinder(
          Optional.empty(),
          property(placeholders, base, "keyStore"),
          property(placeholders, base, "trustStore"));
    }
    Optional<KeyFile> keys = Optional.empty();
    Optional<KeyFile> trust = Optional.empty();
    if (inner.isPresent()) {
      var context = inner.get();
      var keyType = context.value(KEY_STORE_TYPE);
      var keyPassword = context.optional(KEY_STORE_PASSWORD);
      var keyOwn = context.optional(KEY_PASSWORD);
      keys =
          file(context, KEY_STORE, base)
              .map(path -> new KeyFile(path, keyType, keyPassword, keyOwn));
      var trustType = context.value(TRUST_STORE_TYPE);
      var trustPassword = context.optional(TRUST_STORE_PASSWORD);
      trust =
          file(context, TRUST_STORE, base)
              .map(path -> new KeyFile(path, trustType, trustPassword, Optional.empty()));
      context.rest(CONTEXT);
    }
    return new ClassicTlsBinder(inner, keys, trust);
  }

  private static Optional<Path> file(Binding context, Setting<String> setting, Path base) {
    return context
        .optional(setting)
        .flatMap(text -> {
          try {
            return Optional.of(base.resolve(ClassicBeans.file(text)).normalize());
          } catch (IllegalArgumentException e) {
            context.error(setting.name() + ": " + e.getMessage());
            return Optional.empty();
          }
        });
  }

  /// As the JVM would read it, with its default for the type.
  private static Optional<KeyFile> property(
      ClassicPlaceholders placeholders, Path base, String store) {
    var name = "javax.net.ssl." + store;
    return placeholders
        .systemProperty(name)
        .filter(path -> !path.isEmpty())
        .map(path ->
            new KeyFile(
                base.resolve(path).normalize(),
                placeholders
                    .systemProperty(name + "Type")
                    .map(type -> type.toUpperCase(Locale.ROOT))
                    .orElse("JKS"),
                placeholders.systemProperty(name + "Password"),
                Optional.empty()));
  }

  /// Of a connector that speaks TLS; absent where that cannot be, which is then reported.
  Optional<Tls> tls(Binding connector, Binding parameters) {
    if (place.isEmpty() && keys.isEmpty()) {
      connector.error(
          "needs an <sslContext><sslContext keyStore=\"…\" keyStorePassword=\"…\"/></sslContext> in"
              + " the broker, or the system property javax.net.ssl.keyStore");
    } else if (keys.isEmpty()) {
      place.ifPresent(context -> {
        if (!context.has(KEY_STORE.name())) {
          context.error("needs the attribute keyStore: the file of the key that connectors show");
        }
      });
    }
    return TlsBinder.bind(parameters, place.orElse(connector), keys, "", trust, ATTRIBUTES);
  }
}
