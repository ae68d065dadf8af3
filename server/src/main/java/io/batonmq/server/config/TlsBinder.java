package io.batonmq.server.config;

import io.batonmq.server.config.Tls.ClientAuth;
import io.batonmq.server.config.Tls.KeyFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/// Binds what an acceptor's URL says of TLS, and what both dialects say of it in the same way.
final class TlsBinder {
  static final Setting<Boolean> ENABLED =
      Setting.of(
              "sslEnabled",
              Values.FLAG,
              "false",
              "Whether this port speaks TLS, and nothing else ([tls.md](tls.md)).")
          .asAttribute();

  /// A password; never printed, whatever is wrong with it.
  static final Kind<String> SECRET = Kind.secret("text; never printed", TlsBinder::secret);

  private static final Kind<String> PATH =
      new Kind<>("a path, from the instance's folder or its `etc` if relative", TlsBinder::decoded);
  private static final List<String> TYPES = List.of("JKS", "PKCS12", "JCEKS", "PEM");
  static final Kind<String> TYPE =
      new Kind<>("one of " + String.join(", ", TYPES), TlsBinder::type);
  private static final List<String> OLD_PROTOCOLS =
      List.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1");

  private static final String KEYS = "File of the private key and its certificates.";
  private static final Setting<String> KEY_STORE =
      Setting.of("keyStorePath", PATH, KEYS).asAttribute();
  private static final Setting<String> KEY_STORE_PASSWORD =
      Setting.of(
              "keyStorePassword",
              SECRET,
              "Its password, and that of the key in it; `%XX` for what a URL has no room for.")
          .asAttribute();
  private static final Setting<String> KEY_STORE_TYPE =
      Setting.of("keyStoreType", TYPE, "JKS", "`JKS` reads PKCS12 too.").asAttribute();
  private static final Setting<String> KEY_ALIAS =
      Setting.of("keyStoreAlias", Values.TEXT, "Which key, where there are several.").asAttribute();
  private static final Setting<String> TRUST_STORE =
      Setting.of("trustStorePath", PATH, "File of the certificates by which clients are believed.")
          .asAttribute();
  private static final Setting<String> TRUST_STORE_PASSWORD =
      Setting.of("trustStorePassword", SECRET, "Its password.").asAttribute();
  private static final Setting<String> TRUST_STORE_TYPE =
      Setting.of("trustStoreType", TYPE, "JKS", "As `keyStoreType`.").asAttribute();
  static final Setting<Boolean> NEED_CLIENT =
      Setting.of(
              "needClientAuth",
              Values.FLAG,
              "false",
              "Whether a client has to show a certificate that is believed. Who it is, it says by"
                  + " its login all the same.")
          .asAttribute();
  static final Setting<Boolean> WANT_CLIENT =
      Setting.of("wantClientAuth", Values.FLAG, "false", "Asked for, and not insisted on.")
          .asAttribute();
  static final Setting<List<String>> PROTOCOLS =
      Setting.of(
              "enabledProtocols",
              Values.NAMES,
              "Of " + String.join(", ", Tls.PROTOCOLS) + "; both where this is missing.")
          .asAttribute();
  static final Setting<List<String>> SUITES =
      Setting.of(
              "enabledCipherSuites",
              Values.NAMES,
              "By the JDK's names, the preferred first; its own choice where this is missing.")
          .asAttribute();

  private static final List<Setting<?>> SETTINGS =
      List.of(
          KEY_STORE,
          KEY_STORE_PASSWORD,
          KEY_STORE_TYPE,
          KEY_ALIAS,
          TRUST_STORE,
          TRUST_STORE_PASSWORD,
          TRUST_STORE_TYPE,
          NEED_CLIENT,
          WANT_CLIENT,
          PROTOCOLS,
          SUITES);

  private static final Map<TlsException.Part, String> PARAMETERS =
      Map.of(
          TlsException.Part.KEY_STORE, KEY_STORE.name(),
          TlsException.Part.KEY_STORE_PASSWORD, KEY_STORE_PASSWORD.name(),
          TlsException.Part.KEY_PASSWORD, KEY_STORE_PASSWORD.name(),
          TlsException.Part.KEY_ALIAS, KEY_ALIAS.name(),
          TlsException.Part.TRUST_STORE, TRUST_STORE.name(),
          TlsException.Part.TRUST_STORE_PASSWORD, TRUST_STORE_PASSWORD.name());

  /// Of an acceptor.
  static final Vocabulary ACCEPTOR =
      new Vocabulary()
          .honouring(ENABLED)
          .honouring(SETTINGS.toArray(Setting<?>[]::new))
          .missingUnless("false", "clients are believed by trustStorePath alone", "trustAll")
          .missingUnless("false", "the name of a client's host is not looked at", "verifyHost")
          .missing("certificates that were called back are not known here", "crlPath")
          .missing("all names of hosts are served", "sniHost")
          .missing("no class is loaded by name", "trustManagerFactoryPlugin")
          .missing("Kerberos is not spoken", "kerb5Config")
          .missing("name the files instead", "sslContext")
          .missingUnless("false", "name the files instead", "useDefaultSslContext")
          .harmlessUnless("false", "what stands here is what holds", "forceSSLParameters")
          .harmlessUnless("JDK", "TLS is the JDK's own", "sslProvider")
          .harmlessUnless("true", "files that change are read again, always", "sslAutoReload")
          .harmless("the JDK finds who reads a type", "keyStoreProvider", "trustStoreProvider");

  /// Of a connector, which only names an address.
  static final Vocabulary CONNECTOR =
      new Vocabulary()
          .honouring(
              Setting.of(
                      ENABLED.name(),
                      Values.FLAG,
                      "false",
                      "Whether TLS is spoken there: clients are told of places that they can come"
                          + " to as they came here.")
                  .asAttribute())
          .harmless(
              "a connector only names an address",
              Stream.concat(
                      SETTINGS.stream().map(Setting::name),
                      Stream.of(
                          "crlPath",
                          "forceSSLParameters",
                          "keyStoreProvider",
                          "sniHost",
                          "sslAutoReload",
                          "sslProvider",
                          "trustAll",
                          "trustStoreProvider",
                          "useDefaultSslContext",
                          "verifyHost"))
                  .toArray(String[]::new));

  private TlsBinder() {}

  /// What the parameters of an acceptor say; absent where it is plain, or where they make no sense, which is
  /// then reported.
  static Optional<Tls> bind(Binding url, Path instance) {
    if (!url.value(ENABLED)) {
      for (var setting : SETTINGS) {
        if (url.optional(setting).isPresent()) {
          url.warning(setting.name() + " has no effect without sslEnabled=true");
        }
      }
      return Optional.empty();
    }
    var keyPath = url.optional(KEY_STORE);
    var keyType = url.value(KEY_STORE_TYPE);
    var keyPassword = url.optional(KEY_STORE_PASSWORD);
    var alias = url.optional(KEY_ALIAS).orElse("");
    var trustPath = url.optional(TRUST_STORE);
    var trustType = url.value(TRUST_STORE_TYPE);
    var trustPassword = url.optional(TRUST_STORE_PASSWORD);
    if (!url.has(KEY_STORE.name())) {
      url.error("needs the parameter keyStorePath: the file of the key that it shows");
    }
    var keys =
        keyPath.map(
            path -> new KeyFile(file(instance, path), keyType, keyPassword, Optional.empty()));
    var trust =
        trustPath.map(
            path -> new KeyFile(file(instance, path), trustType, trustPassword, Optional.empty()));
    return bind(url, url, keys, alias, trust, PARAMETERS);
  }

  /// @param url has `needClientAuth` and its kin
  /// @param at where problems of the files are reported
  /// @param names of the parameters in this dialect
  static Optional<Tls> bind(
      Binding url,
      Binding at,
      Optional<KeyFile> keys,
      String alias,
      Optional<KeyFile> trust,
      Map<TlsException.Part, String> names) {
    var clients = clients(url);
    if (clients != ClientAuth.NONE && trust.isEmpty()) {
      url.error(
          (clients == ClientAuth.NEEDED ? NEED_CLIENT : WANT_CLIENT).name()
              + " needs "
              + names.get(TlsException.Part.TRUST_STORE)
              + ": whose certificates are believed");
    }
    var protocols = protocols(url);
    var suites = suites(url);
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    var tls = new Tls(keys.get(), alias, trust, clients, protocols, suites);
    try {
      KeyMaterial.read(tls).doubt().ifPresent(at::warning);
      return Optional.of(tls);
    } catch (TlsException e) {
      at.error(names.get(e.part()) + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private static ClientAuth clients(Binding url) {
    boolean needed = url.value(NEED_CLIENT);
    boolean wanted = url.value(WANT_CLIENT);
    if (needed) {
      return ClientAuth.NEEDED;
    }
    return wanted ? ClientAuth.WANTED : ClientAuth.NONE;
  }

  private static List<String> protocols(Binding url) {
    var named = url.optional(PROTOCOLS);
    if (named.isEmpty()) {
      return Tls.PROTOCOLS;
    }
    List<String> taken = new ArrayList<>();
    for (var name : named.get()) {
      if (Tls.PROTOCOLS.contains(name)) {
        taken.add(name);
      } else if (OLD_PROTOCOLS.contains(name)) {
        url.warning("enabledProtocols: " + name + " has no effect: it is not safe, nor in the JDK");
      } else {
        url.unknown("enabledProtocols: " + name + " is not known", name, Tls.PROTOCOLS);
      }
    }
    if (taken.isEmpty()) {
      url.error("enabledProtocols: none of them is spoken; there are " + Tls.PROTOCOLS);
      return Tls.PROTOCOLS;
    }
    return taken;
  }

  private static List<String> suites(Binding url) {
    var named = url.optional(SUITES).orElse(List.of());
    if (named.isEmpty()) {
      return named;
    }
    try {
      var known = List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
      for (var name : named) {
        if (!known.contains(name)) {
          url.unknown("enabledCipherSuites: " + name + " is not in this JDK", name, known);
        }
      }
    } catch (NoSuchAlgorithmException e) {
      url.error("enabledCipherSuites: " + e.getMessage());
    }
    return named;
  }

  private static Path file(Path instance, String path) {
    var file = instance.resolve(path).normalize();
    var inEtc = instance.resolve("etc").resolve(path).normalize();
    return !Files.exists(file) && Files.exists(inEtc) ? inEtc : file;
  }

  private static String type(String text) {
    var upper = text.toUpperCase(Locale.ROOT);
    if (!TYPES.contains(upper)) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not one of " + String.join(", ", TYPES));
    }
    return upper;
  }

  private static String secret(String text) {
    if (text.startsWith("ENC(")) {
      throw new IllegalArgumentException(
          "is masked, which is not read: write it plain, in a file of mode 600");
    }
    return decoded(text);
  }

  /// With `%XX` for any byte of UTF-8.
  private static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    var bytes = new ByteArrayOutputStream();
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      int high = raw[i] == '%' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = high >= 0 ? Character.digit(raw[i + 2], 16) : -1;
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(raw[i]);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
