package io.batonmq.checks.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/// What is made of rows.
class ReportTest {
  private static final Row BATON = sends("baton", 1, 4000, 30);
  private static final Row ARTEMIS = sends("artemis", 1, 1600, 60);

  private static Row sends(String subject, int round, double rate, double cpu) {
    return new Row(
        "sends",
        "1 producer",
        subject,
        round,
        Map.of(
            "rate",
            rate,
            "broker_cpu_us",
            cpu,
            "at_50_us",
            100.0,
            "at_99_us",
            1000.0,
            "at_99.9_us",
            5000.0));
  }

  @Test
  void aTargetThatWasNotMeasuredIsNotMet() {
    assertThat(new Targets(List.of()).lines())
        .hasSize(15)
        .allSatisfy(line -> assertThat(line.met()).isEqualTo("not measured"));
    assertThat(line(List.of(BATON), "confirmed sends, 1 producer").met()).isEqualTo("not measured");
  }

  @Test
  void aTargetIsHeldAgainstTheMediansOfTheRun() {
    var rows = new ArrayList<>(List.of(BATON, ARTEMIS));
    rows.add(sends("baton", 2, 100, 90));
    rows.add(sends("baton", 3, 3900, 37));

    var rate = line(rows, "confirmed sends, 1 producer");
    var processor = line(rows, "processor time of the broker per message, 1 producer");

    assertThat(rate.reached()).isEqualTo("3,900 against 1,600 a second");
    assertThat(rate.ratio()).isEqualTo("×2.44");
    assertThat(rate.met()).isEqualTo("yes");
    assertThat(processor.ratio()).isEqualTo("×0.62");
    assertThat(processor.met()).isEqualTo("no");
  }

  @Test
  void fewKillsAreNotFifty() {
    var kills =
        IntStream.rangeClosed(1, Targets.KILLS)
            .mapToObj(i -> new Row("gap", "kill", "baton", i, Map.of("gap_ms", 100.0 + i)))
            .toList();

    assertThat(line(kills.subList(0, 3), "take-over gap").met()).isEqualTo("so far: 3 of 50");
    assertThat(line(kills, "take-over gap").met()).isEqualTo("yes");
    assertThat(line(kills, "take-over gap").reached()).isEqualTo("150");
  }

  @Test
  void aShallowBacklogIsNotTheDeepOne() {
    var rows =
        List.of(
            new Row("gap", "kill", "baton", 1, Map.of("gap_ms", 200.0)),
            new Row("gap", Targets.killWith(1000), "baton", 1, Map.of("gap_ms", 200.0)),
            new Row("gap", Targets.killWith(Targets.BACKLOG), "baton", 1, Map.of("gap_ms", 300.0)));

    assertThat(line(rows.subList(0, 2), "the same with").met()).isEqualTo("not measured");
    assertThat(line(rows, "the same with").met()).isEqualTo("no");
  }

  @Test
  void tablesHaveMediansAndRatiosAndLeaveCurvesToThePlots() {
    var text = new Report(List.of(BATON, ARTEMIS)).markdown(Map.of());

    assertThat(text).contains("| artemis | ").contains("1,600 ×0.40").doesNotContain("at_50_us");
  }

  @Test
  void barsAreAsLongAsTheirMediansAndCurvesHaveEveryPoint() throws Exception {
    var plots = new Plots(List.of(BATON, ARTEMIS)).all();

    assertThat(plots)
        .extracting(Plots.Plot::file)
        .containsExactly(
            "sends-rate.svg", "sends-broker-cpu-us.svg", "sends-1-producer-latency.svg");
    var rates = xml(plots.getFirst().svg()).getElementsByTagName("rect");
    // The first is the page.
    assertThat(rates.getLength()).isEqualTo(3);
    assertThat(width(rates.item(1)) / width(rates.item(2))).isCloseTo(2.5, within(0.01));
    var curves = xml(plots.getLast().svg()).getElementsByTagName("polyline");
    assertThat(curves.getLength()).isEqualTo(2);
    assertThat(curves.item(0).getAttributes().getNamedItem("points").getNodeValue().split(" "))
        .hasSize(3);
  }

  private static double width(Node rectangle) {
    return Double.parseDouble(rectangle.getAttributes().getNamedItem("width").getNodeValue());
  }

  private static Document xml(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static Targets.Line line(List<Row> rows, String start) {
    return new Targets(rows)
        .lines().stream().filter(it -> it.target().startsWith(start)).findFirst().orElseThrow();
  }
}
