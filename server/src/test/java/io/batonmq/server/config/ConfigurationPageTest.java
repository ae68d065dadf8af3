package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationPageTest {
  @TempDir Path instance;

  /// Where a setting of a section stands in a file.
  private record Written(Setting<?> setting, String before, String after) {
    @Override
    public String toString() {
      return setting.name() + " in " + before;
    }
  }

  static Stream<Written> defaults() {
    return Stream.of(
            at(CoreBinder.SECTIONS, "core", "", ""),
            at(
                HaPolicyBinder.SECTIONS,
                "core/ha-policy/shared-store/backup",
                "<ha-policy><shared-store><backup>",
                "</backup></shared-store></ha-policy>"),
            at(
                AddressBinder.SECTIONS,
                "core/address-settings/address-setting",
                "<address-settings><address-setting match=\"#\">",
                "</address-setting></address-settings>"),
            at(
                AddressBinder.SECTIONS,
                "core/addresses/address/anycast/queue",
                "<addresses><address name=\"a\"><anycast><queue name=\"q\"",
                "</queue></anycast></address></addresses>"),
            at(
                DivertBinder.SECTIONS,
                "core/diverts/divert",
                "<diverts><divert name=\"d\"><address>a</address>"
                    + "<forwarding-address>b</forwarding-address>",
                "</divert></diverts>"),
            at(
                WildcardBinder.SECTIONS,
                "core/wildcard-addresses",
                "<wildcard-addresses>",
                "</wildcard-addresses>"))
        .flatMap(stream -> stream)
        .filter(written -> written.setting.usual().isPresent());
  }

  private static Stream<Written> at(
      List<Section> sections, String place, String before, String after) {
    return sections.stream()
        .filter(section -> section.place().equals(place))
        .findFirst()
        .orElseThrow()
        .vocabulary()
        .settings()
        .stream()
        .map(setting -> new Written(setting, before, after));
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void aDefaultOnThePageIsWhatHoldsWithoutIt(Written written) throws IOException {
    var setting = written.setting;
    var text = setting.usual().orElseThrow();
    boolean open = written.before.endsWith("\"") && !written.before.endsWith(">");
    var attribute = setting.attribute() ? " " + setting.name() + "=\"" + text + "\"" : "";
    var element =
        setting.attribute() ? "" : "<" + setting.name() + ">" + text + "</" + setting.name() + ">";
    var with = read(written.before + (open ? attribute + ">" : "") + element + written.after);
    var without = read(written.before + (open ? ">" : "") + written.after);
    assertThat(with.ha()).isEqualTo(without.ha());
    assertThat(with.settings("a")).isEqualTo(without.settings("a"));
    assertThat(with.addresses()).isEqualTo(without.addresses());
    assertThat(with.diverts()).isEqualTo(without.diverts());
    assertThat(with.wildcards()).isEqualTo(without.wildcards());
    assertThat(with.directories()).isEqualTo(without.directories());
    assertThat(with.journal()).isEqualTo(without.journal());
    assertThat(with.limits()).isEqualTo(without.limits());
    assertThat(with.securityEnabled()).isEqualTo(without.securityEnabled());
  }

  private BrokerConfig read(String core) throws IOException {
    var file = instance.resolve("broker.xml");
    Files.writeString(file, "<configuration><core>" + core + "</core></configuration>");
    var result = ConfigReader.read(file, instance);
    // What a default would be, were it acted on, is refused today: then there is nothing to
    // compare.
    assertThat(result.errors()).isEmpty();
    return result.config().orElseThrow();
  }

  @Test
  void whatIsRefusedOrIgnoredIsOnThePage() {
    var page = ConfigurationPage.text();
    assertThat(page)
        .contains("| `journal-file-size` | a size from 64K to 1G | `10M` |")
        .contains("`bridges`: there are no bridges")
        .contains("`transformer`, `transformer-class-name`: Baton loads no classes of others")
        .contains("`persistence-enabled`: Baton always writes its log; silent where it is `true`")
        .contains("| `redelivery-delay-multiplier` | a number from 1 to 1000000 | `1.0` |")
        .contains("## core/acceptors/acceptor, parameters of the URL");
    assertThat(page.lines().filter(line -> line.startsWith("| `")))
        .allSatisfy(row -> assertThat(row.split(" \\| ", -1)).hasSize(4));
  }
}
