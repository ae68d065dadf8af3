package io.batonmq.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Keys and certificates of a test, made by the JDK's `keytool`.
public final class Certificates {
  public static final String PASSWORD = "secret-of-tests";
  private static final String LOCAL = "san=dns:localhost,ip:127.0.0.1";

  private Certificates() {}

  /// A store with one key and its own certificate, for this machine.
  ///
  /// @param options more of `keytool -genkeypair`, such as its validity
  public static Path keys(Path folder, String name, String... options) throws IOException {
    Path store = folder.resolve(name + ".p12");
    var words =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                LOCAL,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString()));
    words.addAll(List.of(options));
    keytool(words);
    return store;
  }

  /// A store that believes the certificate of the only key in another.
  public static Path trust(Path keys, String name) throws IOException {
    Path certificate = keys.resolveSibling(name + ".pem");
    Path store = keys.resolveSibling(name + "-trust.p12");
    keytool(
        List.of(
            "-exportcert",
            "-rfc",
            "-alias",
            name,
            "-keystore",
            keys.toString(),
            "-file",
            certificate.toString()));
    keytool(
        List.of(
            "-importcert",
            "-noprompt",
            "-alias",
            name,
            "-file",
            certificate.toString(),
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString()));
    return store;
  }

  private static void keytool(List<String> words) throws IOException {
    var command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(words);
    command.addAll(List.of("-storepass", PASSWORD));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(command + "\n" + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
