package io.batonmq.server.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.config.Problem.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each kind of problem, with its place: what stands under `core` starts in line 3, column 1.
class ConfigProblemsTest {
  @TempDir Path instance;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        // Unknown and misspelt
        "<ha-polcy/>|3:1: error: configuration/core/ha-polcy: is not known here; did you mean"
            + " ha-policy?",
        "<journl-directory>x</journl-directory>|3:1: error: configuration/core/journl-directory: is"
            + " not known here; did you mean journal-directory?",
        "<wombat/>|3:1: error: configuration/core/wombat: is not known here",
        "<address-settings><address-setting"
            + " match='#'><max-delivery-attemps>3</max-delivery-attemps></address-setting></address-settings>|3:46:"
            + " error: configuration/core/address-settings/address-setting/max-delivery-attemps: is"
            + " not known here; did you mean max-delivery-attempts?",
        "<address-settings><address-setting mach='#'/></address-settings>|3:19: error:"
            + " configuration/core/address-settings/address-setting: mach is not known here; did"
            + " you mean match?",
        "<acceptors><acceptor name='a'>tcp://h:1?tcpNoDela=true</acceptor></acceptors>|3:12: error:"
            + " configuration/core/acceptors/acceptor: tcpNoDela is not known here; did you mean"
            + " tcpNoDelay?",
        "<acceptors><acceptor name='a'>tcp://h:1?protocols=AMPQ</acceptor></acceptors>|3:12: error:"
            + " configuration/core/acceptors/acceptor: protocols: AMPQ is not a protocol; did you"
            + " mean AMQP?",
        "<security-settings><security-setting match='#'><permission type='sent'"
            + " roles='a'/></security-setting></security-settings>|3:48: error:"
            + " configuration/core/security-settings/security-setting/permission: type sent is not"
            + " a permission; did you mean send?",
        // Values
        "<journal-file-size>10X</journal-file-size>|3:1: error:"
            + " configuration/core/journal-file-size: \"10X\" is not a size such as 10485760, 100K,"
            + " 10M or 1G",
        "<journal-file-size>99999999999G</journal-file-size>|is not a size such as",
        "<journal-file-size>1</journal-file-size>|is not a size from 64K to 1G",
        "<global-max-size>-2</global-max-size>|\"-2\" is not -1 or a size of at least 1048576"
            + " bytes",
        "<max-disk-usage>101</max-disk-usage>|\"101\" is not a whole number from -1 to 100",
        "<max-disk-usage>many</max-disk-usage>|\"many\" is not a whole number from -1 to 100",
        "<journal-datasync>yes</journal-datasync>|\"yes\" is not true or false",
        "<name></name>|is empty: write a value or remove it",
        "<name>${user}</name>|${…} is not replaced: write the value",
        "<name>a<b/></name>|3:8: error: configuration/core/name/b: is not known here",
        "<name x='y'>a</name>|3:1: error: configuration/core/name: x is not known here",
        "stray <name>a</name>|2:1: error: configuration/core: has text between its elements:"
            + " \"stray\"",
        "<address-settings><address-setting"
            + " match='#'><address-full-policy>SPILL</address-full-policy></address-setting></address-settings>|\"SPILL\""
            + " is not one of PAGE, BLOCK, FAIL, DROP",
        "<address-settings><address-setting"
            + " match='#'><redelivery-delay-multiplier>x</redelivery-delay-multiplier></address-setting></address-settings>|\"x\""
            + " is not a number from 1 to 1000000",
        "<address-settings><address-setting"
            + " match='#'><redelivery-collision-avoidance-factor>1.1</redelivery-collision-avoidance-factor></address-setting></address-settings>|\"1.1\""
            + " is not a number from 0 to 1",
        "<address-settings><address-setting/></address-settings>|needs the attribute match=\"…\"",
        // Twice
        "<name>a</name>\\n<name>b</name>|4:1: error: configuration/core/name: there is one in line"
            + " 3: keep one of them",
        "<address-settings><address-setting match='#'/>\\n<address-setting"
            + " match='#'/></address-settings>|4:1: error:"
            + " configuration/core/address-settings/address-setting: \"#\" stands in line 3 too",
        "<acceptors><acceptor name='a'>tcp://0.0.0.0:1</acceptor>\\n<acceptor"
            + " name='b'>tcp://h:1</acceptor></acceptors>|4:1: error:"
            + " configuration/core/acceptors/acceptor: has the name or port of the acceptor in line"
            + " 3",
        "<connectors><connector name='a'>tcp://h:1</connector><connector"
            + " name='a'>tcp://h:2</connector></connectors>|there is another connector named a",
        // URLs
        "<acceptors><acceptor name='a'>http://h:1</acceptor></acceptors>|\"http://h:1\" is not"
            + " tcp://host:port",
        "<acceptors><acceptor name='a'>tcp://h:70000</acceptor></acceptors>|is not a whole number"
            + " from 0 to 65535",
        "<acceptors><acceptor name='a'>tcp://h:1?protocols</acceptor></acceptors>|parameter"
            + " protocols has no value",
        "<acceptors><acceptor"
            + " name='a'>tcp://h:1?amqpCredits=1;amqpCredits=2</acceptor></acceptors>|parameter"
            + " amqpCredits stands twice",
        "<acceptors><acceptor name='a'>tcp://h:1?amqpCredits=no</acceptor></acceptors>|amqpCredits:"
            + " \"no\" is not a whole number from 1",
        "<acceptors><acceptor"
            + " name='a'>tcp://h:1?amqpCredits=10;amqpLowCredits=20</acceptor></acceptors>|amqpLowCredits"
            + " is more than amqpCredits",
        "<acceptors><acceptor>tcp://h:1</acceptor></acceptors>|needs the attribute name=\"…\"",
        // Known, and missing here
        "<acceptors><acceptor"
            + " name='a'>tcp://h:1?anycastPrefix=q.</acceptor></acceptors>|anycastPrefix is not"
            + " honoured",
        "<ha-policy><replication><primary/></replication></ha-policy>|needs an <arbiter>: a"
            + " directory that all nodes reach",
        "<ha-policy><replication><slave><arbiter>x</arbiter></slave></replication></ha-policy>|needs"
            + " cluster-user and cluster-password",
        "<ha-policy><replication><master><arbiter>x</arbiter></master></replication></ha-policy>|needs"
            + " a cluster-connection with a connector-ref",
        "<ha-policy><replication><backup><manager/></backup></replication></ha-policy>|only a"
            + " directory is an arbiter yet",
        "<ha-policy><replication><colocated/></replication></ha-policy>|a process is one node yet",
        "<ha-policy><replication><primary><arbiter>x</arbiter></primary></replication><shared-store><primary/></shared-store></ha-policy>|has"
            + " replication and another policy",
        "<ha-policy><shared-store><colocated/></shared-store></ha-policy>|colocated is not"
            + " honoured",
        "<ha-policy><shared-store><backup><scale-down/></backup></shared-store></ha-policy>|scale-down"
            + " is not honoured",
        "<ha-policy><shared-store><backup><restart-backup>false</restart-backup></backup></shared-store></ha-policy>|restart-backup"
            + " is not honoured",
        "<ha-policy><shared-store><primary><allow-failback>true</allow-failback></primary></shared-store></ha-policy>|allow-failback"
            + " is not honoured: it is the backup",
        "<diverts><divert"
            + " name='d'><address>a</address><forwarding-address>b</forwarding-address>\\n<transformer-class-name>x.Y</transformer-class-name></divert></diverts>|4:1:"
            + " error: configuration/core/diverts/divert/transformer-class-name:"
            + " transformer-class-name is not honoured: Baton loads no classes of others",
        "<diverts><divert name='d'><address>a</address><forwarding-address>b</forwarding-address>"
            + "<transformer><class-name>x.Y</class-name></transformer></divert></diverts>|transformer"
            + " is not honoured: Baton loads no classes of others",
        "<diverts><divert name='d'><address>a</address></divert></diverts>|divert: needs"
            + " <forwarding-address>",
        "<diverts><divert"
            + " name='d'><forwarding-address>b</forwarding-address></divert></diverts>|divert:"
            + " needs <address>",
        "<diverts><divert/></diverts>|needs the attribute name",
        "<wildcard-addresses><delimiter>..</delimiter></wildcard-addresses>|3:21: error:"
            + " configuration/core/wildcard-addresses/delimiter: \"..\" is not one character",
        "<wildcard-addresses><delimiter>*</delimiter></wildcard-addresses>|wildcard-addresses:"
            + " needs three different characters",
        "<diverts><divert"
            + " name='d'><address>a</address><forwarding-address>b</forwarding-address></divert><divert"
            + " name='d'/></diverts>|\"d\" stands in line 3 too",
        "<diverts><divert name='d'><routing-type>BOTH</routing-type></divert></diverts>|\"BOTH\" is"
            + " not one of ANYCAST, MULTICAST, PASS, STRIP",
        "<diverts><divert name='d'><filter string='x ='/></divert></diverts>|divert/filter: string:"
            + " the selector is wrong at character 4",
        "<address-settings><address-setting"
            + " match='#'><default-ring-size>0</default-ring-size></address-setting></address-settings>|default-ring-size:"
            + " \"0\" is not -1 or a whole number from 1",
        "<addresses><address name='a'><anycast><queue"
            + " name='q'><durable>false</durable></queue></anycast></address></addresses>|durable"
            + " is not honoured",
        "<addresses><address name='a'><anycast><queue name='q'"
            + " purge-on-no-consumers='perhaps'/></anycast></address></addresses>|purge-on-no-consumers:"
            + " \"perhaps\" is not true or false",
        "<address-settings><address-setting"
            + " match='#'><auto-delete-queues-delay>-1</auto-delete-queues-delay></address-setting></address-settings>|auto-delete-queues-delay:"
            + " \"-1\" is not a whole number from 0",
        "<address-settings><address-setting"
            + " match='#'><auto-delete-queues-message-count>-2</auto-delete-queues-message-count></address-setting></address-settings>|auto-delete-queues-message-count:"
            + " \"-2\" is not a whole number from -1",
        "<address-settings><address-setting"
            + " match='#'><slow-consumer-policy>WARN</slow-consumer-policy></address-setting></address-settings>|\"WARN\""
            + " is not one of KILL, NOTIFY",
        "<address-settings><address-setting"
            + " match='#'><slow-consumer-check-period>0</slow-consumer-check-period></address-setting></address-settings>|\"0\""
            + " is not a whole number from 1",
        "<address-settings><address-setting"
            + " match='#'><max-size-messages>-2</max-size-messages></address-setting></address-settings>|\"-2\""
            + " is not a whole number from -1",
        "<address-queue-scan-period>soon</address-queue-scan-period>|address-queue-scan-period:"
            + " \"soon\" is not a whole number from -1",
        "<bridges/>|bridges is not honoured",
        "<broker-connections/>|broker-connections is not honoured",
        "<federations/>|federations is not honoured",
        "<store/>|store is not honoured",
        "<persistence-enabled>false</persistence-enabled>|persistence-enabled is not honoured:"
            + " Baton always writes its log",
        "<address-settings><address-setting"
            + " match='#'><retroactive-message-count>3</retroactive-message-count></address-setting></address-settings>|retroactive-message-count"
            + " is not honoured",
        "<addresses><address name='a'><anycast><queue name='q'"
            + " enabled='false'/></anycast></address></addresses>|enabled is not honoured",
        "<addresses><address name='a'><anycast><queue name='q'"
            + " max-consumers='0'/></anycast></address></addresses>|max-consumers: \"0\" is not -1"
            + " or a whole number from 1",
        "<addresses><address name='a'><anycast><queue name='q' group-first-key='a"
            + " b'/></anycast></address></addresses>|group-first-key: \"a b\" is not 1 to 255"
            + " printable ASCII characters",
        "<addresses><address name='a'><anycast><queue name='q'"
            + " group-buckets='-2'/></anycast></address></addresses>|group-buckets: \"-2\" is not a"
            + " whole number from -1",
        "<address-settings><address-setting"
            + " match='#'><default-delay-before-dispatch>soon</default-delay-before-dispatch></address-setting></address-settings>|default-delay-before-dispatch:"
            + " \"soon\" is not a whole number from -1",
        "<addresses><address name='a'><anycast><queue name='q'><filter"
            + " string='x ='/></queue></anycast></address></addresses>|queue/filter: string: the"
            + " selector is wrong at character 4 (its end)",
        "<addresses><address name='a'><anycast><queue"
            + " name='q'><filter/></queue></anycast></address></addresses>|queue/filter: needs the"
            + " attribute string",
        "<addresses><address name='a'/></addresses>|needs <anycast/> or <multicast/>",
        // High availability
        "<ha-policy/>|3:1: error: configuration/core/ha-policy: is empty: write shared-store,"
            + " replication or primary-only",
        "<ha-policy><shared-store/></ha-policy>|needs <primary/> or <backup/>",
        "<ha-policy><shared-store><primary/><slave/></shared-store></ha-policy>|3:36: error:"
            + " configuration/core/ha-policy/shared-store/slave: there is one in line 3",
        "<ha-policy><primary-only/><shared-store><primary/></shared-store></ha-policy>|has"
            + " primary-only and shared-store: keep one",
        "<ha-policy><shared-store><primary><failover-on-shutdown>perhaps</failover-on-shutdown></primary></shared-store></ha-policy>|\"perhaps\""
            + " is not true or false",
        // Cluster
        "<cluster-user>a</cluster-user>|needs both cluster-user and cluster-password",
        "<cluster-user>a</cluster-user><cluster-password>ENC(1)</cluster-password>|is masked",
        "<cluster-connections><cluster-connection name='c'/></cluster-connections>|needs a"
            + " connector-ref",
        "<connectors><connector"
            + " name='node'>tcp://h:1</connector></connectors><cluster-connections><cluster-connection"
            + " name='c'><connector-ref>nod</connector-ref></cluster-connection></cluster-connections>|no"
            + " connector is named nod; did you mean node?",
        "<cluster-connections><cluster-connection name='c'><discovery-group-ref"
            + " discovery-group-name='x'/></cluster-connection></cluster-connections>|discovery-group-ref"
            + " is not honoured",
      })
  void errors(String core, String expected) throws IOException {
    var result = core(core.replace("\\n", "\n"));
    assertThat(result.config()).isEmpty();
    assertThat(result.errors()).extracting(Problem::toString).anyMatch(p -> p.contains(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<journal-pool-files>10</journal-pool-files>",
        "<page-sync-timeout>1</page-sync-timeout>",
        "<journal-sync-transactional>false</journal-sync-transactional>",
        "<message-counter-enabled>true</message-counter-enabled>",
        "<node-manager-lock-directory>x</node-manager-lock-directory>",
        "<network-check-list>10.0.0.1</network-check-list>",
        "<address-settings><address-setting"
            + " match='#'><default-consumer-window-size>1000</default-consumer-window-size></address-setting></address-settings>",
        "<address-settings><address-setting"
            + " match='#'><max-read-page-bytes>20M</max-read-page-bytes></address-setting></address-settings>",
        "<address-settings><address-setting"
            + " match='#'><page-size-bytes>10M</page-size-bytes></address-setting></address-settings>",
        "<acceptors><acceptor name='a'>tcp://h:1?directDeliver=true</acceptor></acceptors>",
        "<ha-policy><shared-store><primary/></shared-store></ha-policy>"
      })
  void warnings(String core) throws IOException {
    var result = core("<acceptors/>" + (core.startsWith("<acc") ? "" : core));
    var read = core.startsWith("<acc") ? core(core) : result;
    assertThat(read.config()).isPresent();
    assertThat(read.problems())
        .anyMatch(problem -> problem.severity() == Severity.WARNING && problem.line() >= 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<persistence-enabled>true</persistence-enabled>",
        "<journal-sync-transactional>true</journal-sync-transactional>",
        "<global-max-messages>-1</global-max-messages>",
        "<create-journal-dir>true</create-journal-dir>"
      })
  void whatSaysWhatBatonDoesAnywayIsNotMentioned(String core) throws IOException {
    var open = "<acceptors><acceptor name='a'>tcp://h:1</acceptor></acceptors>";
    assertThat(core(open + core).problems()).isEmpty();
  }

  @Test
  void allProblemsAreFoundAtOnceInTheOrderOfTheFile() throws IOException {
    var result =
        core(
            "<nam/>\n"
                + "<journal-file-size>x</journal-file-size>\n"
                + "<bridges/>\n"
                + "<journal-type>NIO</journal-type>\n");
    assertThat(result.problems()).extracting(Problem::line).containsExactly(2, 3, 4, 5, 6);
    assertThat(result.errors()).hasSize(3);
  }

  @Test
  void thePlaceIsThatOfTheOpeningBracket() throws IOException {
    var result = core("  <!-- <x> -->\n   <wombat\n\n  a='>'   b=\"1\"\n/>");
    assertThat(result.errors().getFirst().line()).isEqualTo(4);
    assertThat(result.errors().getFirst().column()).isEqualTo(4);
  }

  @Test
  void manyProblemsAreCut() throws IOException {
    var problems = core("<wombat/>".repeat(100_000)).problems();
    assertThat(problems).hasSize(Problems.PROBLEMS_MAX + 1);
    assertThat(problems.getLast().message()).startsWith("more than 200 problems");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "<configuration>|broker.xml:1:16: error: is not well-formed XML",
        "<configuration><core></configuration>|is not well-formed XML",
        "not xml|is not well-formed XML",
        "<a>&lol;</a>|is not well-formed XML",
        "<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b"
            + " '&a;&a;'>]><configuration><core><name>&b;</name></core></configuration>|1:1: error:"
            + " has a DOCTYPE, which is not read: remove it",
        "<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>|has a DOCTYPE",
        "<configuration/>|1:1: error: configuration: has no <core>",
        "<configuration><core/><jms/></configuration>|jms is not honoured",
        "<beans/>|1:1: error: beans: has no <broker>",
        "<html/>|is not a configuration: the root is <configuration>, <broker> or <beans>",
        "<configuration xmlns:xi='http://www.w3.org/2001/XInclude'><core><xi:include"
            + " href='x'/></core></configuration>|include is not honoured: XInclude is not"
            + " followed",
      })
  void nonsense(String xml, String expected) throws IOException {
    var result = read(xml.getBytes(UTF_8));
    assertThat(result.config()).isEmpty();
    assertThat(result.problems()).extracting(Problem::toString).anyMatch(p -> p.contains(expected));
  }

  @Test
  void emptyAbsentHugeDeepAndForeignFilesAreProblems() throws IOException {
    assertThat(read(new byte[0]).errors()).hasSize(1);
    assertThat(ConfigReader.read(instance.resolve("none.xml"), instance).errors())
        .singleElement()
        .hasToString(
            instance.resolve("none.xml")
                + ": error: is not there: `baton create DIR` makes an instance with an"
                + " etc/broker.xml");
    assertThat(ConfigReader.read(instance, instance).errors())
        .singleElement()
        .hasToString(instance + ": error: is a folder: name the file in it");
    assertThat(
            read(" ".repeat(ElementReader.FILE_BYTES_MAX + 1).getBytes(UTF_8)).errors().toString())
        .contains("longer than");
    assertThat(read("<a>".repeat(10_000).getBytes(UTF_8)).errors().toString())
        .contains("nested deeper than 32");
    assertThat(read("<a>\u00fc</a>".getBytes(ISO_8859_1)).errors().toString())
        .contains("is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void mutatedFilesNeverThrow(long seed) throws IOException {
    var random = new Random(seed);
    var good =
        "<configuration><core><name>a</name><acceptors><acceptor"
            + " name='a'>tcp://h:1?protocols=AMQP</acceptor></acceptors><address-settings><address-setting"
            + " match='#'><max-size-bytes>10M</max-size-bytes>"
            + "</address-setting></address-settings></core></configuration>";
    for (int i = 0; i < 500; i++) {
      var bytes = good.getBytes(UTF_8);
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] =
            (byte) random.nextInt(random.nextInt(8) == 0 ? 256 : 128);
      }
      var result = read(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1));
      assertThat(result.config().isPresent()).isEqualTo(result.errors().isEmpty());
    }
  }

  private ConfigResult core(String core) throws IOException {
    return read(
        ("<configuration>\n<core>"
                + (core.startsWith("stray") ? "" : "\n")
                + core
                + "</core></configuration>")
            .getBytes(UTF_8));
  }

  private ConfigResult read(byte[] bytes) throws IOException {
    var file = instance.resolve("broker.xml");
    Files.write(file, bytes);
    return ConfigReader.read(file, instance);
  }
}
