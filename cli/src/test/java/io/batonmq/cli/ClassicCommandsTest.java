package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands about files in the dialect of Classic.
class ClassicCommandsTest {
  private static final String GOOD =
      """
      <broker brokerName="shared">
        <persistenceAdapter><kahaDB directory="${activemq.data}/kahadb"/></persistenceAdapter>
        <transportConnectors><transportConnector name="all" uri="tcp://localhost:61699"/></transportConnectors>
      </broker>
      """;

  @TempDir private Path folder;

  private Path file(String xml) throws IOException {
    var conf = Files.createDirectories(folder.resolve("classic/conf"));
    return Files.writeString(conf.resolve("activemq.xml"), xml);
  }

  @Test
  void checkConfigTakesEitherDialect() throws IOException {
    var good = Command.run("check", "config", file(GOOD));
    assertThat(good.exit()).as(good.out()).isZero();
    assertThat(good.out())
        .contains(
            "activemq.xml:2:23: warning: broker/persistenceAdapter/kahaDB: the store there is")
        .contains(folder.resolve("classic/data/kahadb").toString())
        .contains(": good, ");
    var bad = Command.run("check", "config", file("<broker waitForSlave='true'/>"));
    assertThat(bad.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(bad.out())
        .contains("activemq.xml:1:1: error: broker: waitForSlave is not honoured")
        .contains(": 1 errors, ");
  }

  @Test
  void importMakesAnInstanceThatCheckConfigReads() throws IOException {
    var dir = folder.resolve("instance");
    var made = Command.run("import", "classic", file(GOOD), dir);
    assertThat(made.exit()).as(made.err()).isZero();
    assertThat(made.out())
        .contains("Created the instance " + dir)
        .contains("The store is in " + dir.toRealPath().resolve("data/kahadb"))
        .contains("bin/baton\" run");
    var checked = Command.run("check", "config", "--instance", dir);
    assertThat(checked.exit()).as(checked.out()).isZero();
    assertThat(checked.out()).contains("etc/activemq.xml: good");
  }

  @Test
  void importOfAFileWithErrorsMakesNothing() throws IOException {
    var dir = folder.resolve("instance");
    var refused =
        Command.run("import", "classic", file("<broker><networkConnectors/></broker>"), dir);
    assertThat(refused.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(refused.out()).contains("networkConnectors is not honoured");
    assertThat(refused.err()).contains("has errors: nothing was written");
    assertThat(dir).doesNotExist();
  }

  @Test
  void runOfAFileThatIsNotThereSaysSo() {
    var run = Command.run("run", "--config", folder.resolve("none.xml"));
    assertThat(run.exit()).isEqualTo(Exit.CONFIGURATION.code());
    assertThat(run.err()).contains("none.xml is not there");
  }
}
