package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// An `activemq.xml` in the `conf` of a folder.
final class ClassicFile {
  private ClassicFile() {}

  static Path conf(Path base) {
    return base.resolve("conf");
  }

  /// A broker with these elements in it.
  static BrokerConfig broker(Path base, String content) {
    var result = read(base, "<broker>\n" + content + "</broker>");
    assertThat(result.errors()).isEmpty();
    return result.config().orElseThrow();
  }

  static ConfigResult read(Path base, String xml) {
    return read(base, xml, Map.of());
  }

  static ConfigResult read(Path base, String xml, Map<String, String> properties) {
    var file = conf(base).resolve("activemq.xml");
    try {
      Files.createDirectories(conf(base));
      Files.writeString(file, xml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ConfigReader.read(file, base, name -> Optional.ofNullable(properties.get(name)));
  }

  /// What is printed in the documents that Baton answers to.
  static String seed(String name) throws IOException {
    try (var in = ClassicFile.class.getResourceAsStream("/classic/seeds/" + name + ".xml")) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
