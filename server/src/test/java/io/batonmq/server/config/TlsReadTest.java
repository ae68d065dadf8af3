package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.config.Tls.ClientAuth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What both dialects say of TLS; the files are looked into at once, and what is wrong has its place.
class TlsReadTest {
  @TempDir static Path made;

  @TempDir Path folder;

  private static Path keys;
  private static Path trust;
  private static Path expired;

  @BeforeAll
  static void make() throws IOException {
    keys = Certificates.keys(made, "server");
    trust = Certificates.trust(keys, "server");
    expired = Certificates.keys(made, "expired", "-startdate", "-3d", "-validity", "1");
  }

  private ConfigResult core(String parameters) {
    var result =
        CoreFile.read(
            folder,
            "<acceptors>\n<acceptor name='secure'>tcp://h:61617?"
                + parameters
                    .replace("KEYS", keys.toString())
                    .replace("TRUST", trust.toString())
                    .replace("EXPIRED", expired.toString())
                    .replace("PW", Certificates.PASSWORD)
                + "</acceptor></acceptors>");
    // Whatever is wrong with a password, it is not printed.
    assertThat(result.problems().toString()).doesNotContain(Certificates.PASSWORD, "hunter2");
    return result;
  }

  @Test
  void anAcceptorSpeaksTlsAsItsParametersSay() {
    var tls =
        core("sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;keyStoreAlias=server;trustStorePath=TRUST;"
                 + "trustStorePassword=PW;needClientAuth=true;enabledProtocols=TLSv1.2;"
                 + "enabledCipherSuites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
            .config()
            .orElseThrow()
            .acceptors()
            .getFirst()
            .tls()
            .orElseThrow();
    assertThat(tls.keys().path()).isEqualTo(keys);
    assertThat(tls.alias()).isEqualTo("server");
    assertThat(tls.clientAuth()).isEqualTo(ClientAuth.NEEDED);
    assertThat(tls.protocols()).containsExactly("TLSv1.2");
    assertThat(tls.cipherSuites()).containsExactly("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    assertThat(tls.toString()).doesNotContain(Certificates.PASSWORD);
  }

  @Test
  void whatIsSafeIsUsual() {
    var config = core("sslEnabled=true&amp;keyStorePath=KEYS&amp;keyStorePassword=PW").config();
    var tls = config.orElseThrow().acceptors().getFirst().tls().orElseThrow();
    assertThat(tls.protocols()).containsExactly("TLSv1.3", "TLSv1.2");
    assertThat(tls.clientAuth()).isEqualTo(ClientAuth.NONE);
    assertThat(tls.cipherSuites()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sslEnabled=true|needs the parameter keyStorePath",
        "sslEnabled=true;keyStorePath=nowhere.p12|keyStorePath: %s/nowhere.p12 is not there",
        "sslEnabled=true;keyStorePath=.|keyStorePath: %s is a folder",
        "sslEnabled=true;keyStorePath=broker.xml|keyStorePath: %s/broker.xml is not a key store of"
            + " type JKS",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=hunter2|keyStorePassword: is not the"
            + " password of",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=ENC(hunter2)|keyStorePassword: is"
            + " masked",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=${hunter2}|${…} is not replaced",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=x&amp;hunter2|write %%26 for & and"
            + " %%3B",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;keyStoreAlias=other|keyStoreAlias:",
        "sslEnabled=true;keyStorePath=TRUST;keyStorePassword=PW|keyStorePath: TRUST has no private"
            + " key",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;keyStoreType=BKS|\"BKS\" is not one"
            + " of JKS",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;trustStorePath=TRUST;trustStorePassword=hunter2|trustStorePassword:"
            + " is not the password of",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;trustStorePath=KEYS;trustStorePassword=PW|holds"
            + " no certificate that could be trusted",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;needClientAuth=true|needClientAuth"
            + " needs trustStorePath",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;enabledProtocols=TLSv1.1|none of"
            + " them is spoken",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;enabledProtocols=TLSv1.4|TLSv1.4 is"
            + " not known; did you mean TLSv1.",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;enabledCipherSuites=TLS_NONE|TLS_NONE"
            + " is not in this JDK",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;crlPath=x|crlPath is not honoured",
        "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;trustAll=true|trustAll is not"
            + " honoured",
      })
  void whatCannotBeUsedSaysSoWithItsPlace(String parameters, String message) {
    var errors = core(parameters).errors();
    assertThat(errors)
        .anySatisfy(problem -> {
          assertThat(problem.line()).isEqualTo(4);
          assertThat(problem.toString())
              .contains(message.replace("TRUST", trust.toString()).formatted(folder));
        });
  }

  @Test
  void whatTheParserStumblesOverIsNotQuoted() {
    assertThat(core("sslEnabled=true;keyStorePassword=x&hunter2").errors().toString())
        .contains("write &amp; for it");
  }

  @Test
  void aPortThatIsPlainSaysWhatHasNoEffectThere() {
    var result = core("keyStorePath=KEYS;keyStorePassword=PW");
    assertThat(result.config().orElseThrow().acceptors().getFirst().tls()).isEmpty();
    assertThat(result.problems().toString())
        .contains("keyStorePath has no effect without sslEnabled=true");
  }

  @Test
  void oldProtocolsBesideNewOnesAreAWarning() {
    var result =
        core(
            "sslEnabled=true;keyStorePath=KEYS;keyStorePassword=PW;enabledProtocols=TLSv1,TLSv1.1,TLSv1.2");
    var tls = result.config().orElseThrow().acceptors().getFirst().tls().orElseThrow();
    assertThat(tls.protocols()).containsExactly("TLSv1.2");
    assertThat(result.problems().toString()).contains("TLSv1.1 has no effect");
  }

  @Test
  void aCertificateThatHasExpiredIsAWarning() {
    var result = core("sslEnabled=true;keyStorePath=EXPIRED;keyStorePassword=PW");
    assertThat(result.config()).isPresent();
    assertThat(result.problems().toString()).contains("the certificate expired on");
  }

  @Test
  void pemIsReadAndItsKeyHasToFit() throws Exception {
    write("server.pem", pem(keys, "server"));
    var usable = core("sslEnabled=true;keyStorePath=server.pem;keyStoreType=PEM");
    assertThat(usable.errors()).isEmpty();

    write(
        "mixed.pem",
        pem(keys, "server").split("-----BEGIN PRIVATE", -1)[0] + key(expired, "expired"));
    assertThat(core("sslEnabled=true;keyStorePath=mixed.pem;keyStoreType=PEM").errors().toString())
        .contains("has a private key that is not of its first certificate");

    write("old.pem", pem(keys, "server").replace("PRIVATE KEY", "EC PRIVATE KEY"));
    assertThat(core("sslEnabled=true;keyStorePath=old.pem;keyStoreType=PEM").errors().toString())
        .contains("has an EC PRIVATE KEY: write it as openssl pkcs8 -topk8 -nocrypt does");

    write("cut.pem", pem(keys, "server").substring(0, 200));
    assertThat(core("sslEnabled=true;keyStorePath=cut.pem;keyStoreType=PEM").errors().toString())
        .contains("ends within a block");
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve("etc"));
    // Found there without being told where.
    Files.writeString(folder.resolve("etc").resolve(name), text);
  }

  private static String pem(Path store, String alias) throws Exception {
    var certificate = open(store).getCertificate(alias).getEncoded();
    return block("CERTIFICATE", certificate) + key(store, alias);
  }

  private static String key(Path store, String alias) throws Exception {
    var key = open(store).getKey(alias, Certificates.PASSWORD.toCharArray());
    return block("PRIVATE KEY", key.getEncoded());
  }

  private static KeyStore open(Path store) throws Exception {
    return KeyStore.getInstance(store.toFile(), Certificates.PASSWORD.toCharArray());
  }

  private static String block(String name, byte[] bytes) {
    var base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(name, base64.encodeToString(bytes), name);
  }

  @Test
  void aConnectorSaysWhetherTlsIsSpokenThere() {
    var config =
        CoreFile.config(
            folder,
            "<connectors><connector name='a'>tcp://h:1?sslEnabled=true</connector></connectors>");
    assertThat(config.connectors()).containsExactly(new Connector("a", "h", 1, true));
  }

  // ---- Classic

  private ConfigResult classic(String context, String uri, Map<String, String> properties) {
    var result =
        ClassicFile.read(
            folder,
            "<broker>\n"
                + context
                    .replace("KEYS", keys.toString())
                    .replace("TRUST", trust.toString())
                    .replace("PW", Certificates.PASSWORD)
                + "\n<transportConnectors><transportConnector uri='"
                + uri
                + "'/></transportConnectors></broker>",
            properties);
    assertThat(result.problems().toString()).doesNotContain(Certificates.PASSWORD, "hunter2");
    return result;
  }

  private static final String CONTEXT =
      "<sslContext><sslContext keyStore='file:KEYS' keyStorePassword='PW' trustStore='TRUST'"
          + " trustStorePassword='PW'/></sslContext>";

  @ParameterizedTest
  @CsvSource({
    "ssl, 2",
    "nio+ssl, 2",
    "auto+ssl, 2",
    "auto+nio+ssl, 2",
    "amqp+ssl, 1",
    "amqp+nio+ssl, 1"
  })
  void everyTransportWithTlsIsSpoken(String scheme, int protocols) {
    var result = classic(CONTEXT, scheme + "://h:61617?transport.needClientAuth=true", Map.of());
    assertThat(result.errors()).isEmpty();
    var acceptor = result.config().orElseThrow().acceptors().getFirst();
    assertThat(acceptor.protocols()).hasSize(protocols);
    assertThat(acceptor.tls().orElseThrow().clientAuth()).isEqualTo(ClientAuth.NEEDED);
    assertThat(acceptor.tls().orElseThrow().keys().path()).isEqualTo(keys);
    var announced = result.config().orElseThrow().cluster().announced();
    assertThat(announced.orElseThrow().tls()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"tcp", "nio", "auto", "auto+nio"})
  void everyTransportWithoutIsPlain(String scheme) {
    var acceptor =
        classic(CONTEXT, scheme + "://h:61617", Map.of())
            .config()
            .orElseThrow()
            .acceptors()
            .getFirst();
    assertThat(acceptor.tls()).isEmpty();
    assertThat(acceptor.protocols()).hasSize(2);
  }

  @Test
  void aProcessMayBeToldOfItsKeysOnItsCommandLine() {
    var result =
        classic(
            "",
            "ssl://h:61617",
            Map.of(
                "javax.net.ssl.keyStore",
                keys.toString(),
                "javax.net.ssl.keyStorePassword",
                Certificates.PASSWORD));
    assertThat(result.errors()).isEmpty();
    assertThat(result.config().orElseThrow().acceptors().getFirst().tls()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "|ssl://h:1|3:22: error:"
            + " broker/transportConnectors/transportConnector: needs an <sslContext>",
        "<sslContext/>|ssl://h:1|2:1: error: broker/sslContext: has no <sslContext",
        "<sslContext><sslContext/></sslContext>|ssl://h:1|2:13: error:"
            + " broker/sslContext/sslContext: needs the attribute keyStore",
        "<sslContext><sslContext keyStore='x.ks'/></sslContext>|ssl://h:1|2:13: error:"
            + " broker/sslContext/sslContext: keyStore: ",
        "<sslContext><sslContext keyStore='KEYS'"
            + " keyStorePassword='hunter2'/></sslContext>|ssl://h:1|keyStorePassword: is not the"
            + " password of",
        "<sslContext><sslContext keyStore='KEYS'"
            + " keyStorePassword='${hunter2'/></sslContext>|ssl://h:1|keyStorePassword: ${ without",
        "<sslContext><sslContext keyStore='KEYS'"
            + " keyStorePassword='PW'/></sslContext>|ssl://h:1?needClientAuth=true|needClientAuth"
            + " needs trustStore",
        "<sslContext><sslContext keyStore='classpath:KEYS'/></sslContext>|ssl://h:1|there is no"
            + " class path to look in",
        "<sslContext><sslContext keyManagers='#x'/></sslContext>|ssl://h:1|no class is loaded by"
            + " name",
      })
  void whatCannotBeUsedOfAClassicFileSaysSoWithItsPlace(
      String context, String uri, String message) {
    var result = classic(context == null ? "" : context, uri, Map.of());
    assertThat(result.config()).isEmpty();
    assertThat(result.errors())
        .anySatisfy(problem -> assertThat(problem.toString()).contains(message));
  }

  @ParameterizedTest
  @CsvSource({"stomp+ssl", "mqtt+nio+ssl", "wss", "https", "stomp", "mqtt", "ws"})
  void whatIsNotSpokenIsNotOpenedWithTlsEither(String scheme) {
    var result = classic(CONTEXT, scheme + "://h:1", Map.of());
    assertThat(result.config().orElseThrow().acceptors()).isEmpty();
    assertThat(result.problems().toString())
        .contains("is not opened: Baton does not speak " + scheme);
  }
}
