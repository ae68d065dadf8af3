package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A `broker.xml` with a core that a test has written.
final class CoreFile {
  private CoreFile() {}

  static BrokerConfig config(Path instance, String core) {
    var result = read(instance, core);
    assertThat(result.errors()).isEmpty();
    return result.config().orElseThrow();
  }

  static ConfigResult read(Path instance, String core) {
    var file = instance.resolve("broker.xml");
    try {
      Files.writeString(
          file,
          "<configuration xmlns=\"urn:activemq\">\n<core>\n" + core + "</core></configuration>");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ConfigReader.read(file, instance);
  }
}
