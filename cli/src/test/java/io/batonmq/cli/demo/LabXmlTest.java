package io.batonmq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.config.HaPolicy;
import io.batonmq.server.config.Problem;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabXmlTest {
  @TempDir private Path folder;

  @Test
  void twoNodesThatAreOnlyEditedAsInTheLabAreAPair() throws IOException {
    var stage = Stage.build(folder);
    var master = read(stage.master());
    var slave = read(stage.slave());
    assertThat(master.name()).isEqualTo("master");
    assertThat(slave.name()).isEqualTo("slave");
    assertThat(master.directories().journal().normalize())
        .isEqualTo(stage.store())
        .isEqualTo(slave.directories().journal().normalize());
    assertThat(((HaPolicy.SharedStore) master.ha()).role()).isEqualTo(HaPolicy.Role.PRIMARY);
    assertThat(((HaPolicy.SharedStore) slave.ha()).role()).isEqualTo(HaPolicy.Role.BACKUP);
    assertThat(master.connectors()).hasSize(2);
    assertThat(stage.url())
        .contains("localhost:" + stage.master().port())
        .contains("localhost:" + stage.slave().port());
  }

  private static BrokerConfig read(Broker broker) {
    var instance = broker.instance();
    var result = ConfigReader.read(instance.brokerXml(), instance.dir());
    assertThat(result.problems())
        .noneSatisfy(it -> assertThat(it.severity()).isNotEqualTo(Problem.Severity.INFO));
    return result.config().orElseThrow();
  }
}
