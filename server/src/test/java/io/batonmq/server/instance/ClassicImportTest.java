package io.batonmq.server.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.server.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassicImportTest {
  @TempDir Path folder;

  private Path conf;

  @BeforeEach
  void conf() throws IOException {
    conf = Files.createDirectories(folder.toRealPath().resolve("classic/conf"));
    Files.writeString(conf.resolve("credentials.properties"), "name=imported\n");
    Files.writeString(conf.resolve("users.properties"), "admin=secret\n");
    Files.writeString(conf.resolve("other.txt"), "stays");
  }

  private Path file(String broker) throws IOException {
    return Files.writeString(
        conf.resolve("activemq.xml"),
        """
        <beans>
          <bean class="org.springframework.beans.factory.config.PropertyPlaceholderConfigurer">
            <property name="locations"><value>file:${activemq.conf}/credentials.properties</value></property>
          </bean>
          %s
        </beans>
        """
            .formatted(broker));
  }

  @Test
  void anInstanceIsMadeThatRunsTheFileAsItIs() throws IOException {
    var file =
        file(
            "<broker brokerName='${name}'><persistenceAdapter><kahaDB"
                + " directory='${activemq.data}/kahadb'/></persistenceAdapter></broker>");
    var dir = folder.toRealPath().resolve("instance");
    var outcome = ClassicImport.run(file, dir, folder);
    var instance = outcome.instance().orElseThrow();
    assertThat(outcome.copied()).containsExactly("credentials.properties", "users.properties");
    assertThat(instance.config())
        .isEqualTo(dir.resolve("etc/activemq.xml"))
        .hasSameTextualContentAs(file);
    var config = outcome.result().config().orElseThrow();
    assertThat(config.name()).isEqualTo("imported");
    assertThat(config.directories().journal()).isEqualTo(dir.resolve("data/kahadb"));
    assertThat(instance.bin().resolve("baton")).isExecutable();
    assertThat(AdminEndpoint.read(instance.admin()).role()).isEqualTo("admins");
    Files.delete(conf.resolve("credentials.properties"));
    assertThat(ConfigReader.read(instance.config(), dir).errors())
        .as("it stands for itself")
        .isEmpty();
  }

  @Test
  void aFileWithErrorsLeavesNothingBehind() throws IOException {
    var dir = folder.resolve("instance");
    var outcome = ClassicImport.run(file("<broker waitForSlave='true'/>"), dir, folder);
    assertThat(outcome.instance()).isEmpty();
    assertThat(outcome.result().errors()).hasSize(1);
    assertThat(dir).doesNotExist();
  }

  @Test
  void aFolderThatIsInUseStaysAsItIs() throws IOException {
    var file = file("<broker/>");
    assertThatThrownBy(() -> ClassicImport.run(file, conf, folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use");
  }
}
