package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Nothing is silent: each name of the dialect that Baton does not honour says so where it stands, as an attribute
/// and as an element, with a value that no broker has by itself.
class ClassicVocabularyTest {
  private static final String POLICY =
      "<broker><destinationPolicy><policyMap><policyEntries><policyEntry queue='a'%s>%s"
          + "</policyEntry></policyEntries></policyMap></destinationPolicy></broker>";
  private static final String USAGE =
      "<broker><systemUsage><systemUsage>%s</systemUsage></systemUsage></broker>";

  @TempDir Path base;

  /// @param xml with a place for an attribute and one for an element
  private record Name(String name, String xml) {
    @Override
    public String toString() {
      return name + " in " + xml;
    }
  }

  static Stream<Name> names() {
    return Stream.of(
            of(ClassicBinder.SECTIONS, 0, "<broker%s>%s</broker>"),
            of(ClassicBinder.SECTIONS, 1, "<broker><services%s>%s</services></broker>"),
            of(
                ClassicConnectorBinder.SECTIONS,
                0,
                "<broker><transportConnectors><transportConnector"
                    + " uri='amqp://h:1'%s>%s</transportConnector></transportConnectors></broker>"),
            of(
                ClassicStoreBinder.SECTIONS,
                0,
                "<broker><persistenceAdapter%s>%s</persistenceAdapter></broker>"),
            of(
                ClassicStoreBinder.SECTIONS,
                1,
                "<broker><persistenceAdapter><kahaDB%s>%s</kahaDB></persistenceAdapter></broker>"),
            of(
                ClassicStoreBinder.SECTIONS,
                3,
                "<broker><persistenceAdapter><kahaDB><locker%s>%s</locker></kahaDB></persistenceAdapter></broker>"),
            of(
                ClassicUsageBinder.SECTIONS,
                0,
                "<broker><systemUsage><systemUsage%s>%s</systemUsage></systemUsage></broker>"),
            of(
                ClassicUsageBinder.SECTIONS,
                1,
                USAGE.formatted("<memoryUsage><memoryUsage%s>%s</memoryUsage></memoryUsage>")),
            of(
                ClassicUsageBinder.SECTIONS,
                2,
                USAGE.formatted("<storeUsage><storeUsage%s>%s</storeUsage></storeUsage>")),
            of(ClassicPolicyBinder.SECTIONS, 0, POLICY),
            of(
                ClassicDeadLetterBinder.SECTIONS,
                0,
                POLICY.formatted("", "<deadLetterStrategy%s>%s</deadLetterStrategy>")),
            of(
                ClassicDeadLetterBinder.SECTIONS,
                1,
                POLICY.formatted(
                    "",
                    "<deadLetterStrategy><individualDeadLetterStrategy%s>%s</individualDeadLetterStrategy></deadLetterStrategy>")),
            of(
                ClassicRecoveryBinder.SECTIONS,
                0,
                POLICY.formatted(
                    "", "<subscriptionRecoveryPolicy%s>%s</subscriptionRecoveryPolicy>")),
            of(
                ClassicRecoveryBinder.SECTIONS,
                2,
                POLICY.formatted(
                    "",
                    "<subscriptionRecoveryPolicy><fixedSizedSubscriptionRecoveryPolicy%s>%s</fixedSizedSubscriptionRecoveryPolicy></subscriptionRecoveryPolicy>")),
            of(ClassicAccessBinder.SECTIONS, 0, "<broker><plugins%s>%s</plugins></broker>"),
            of(
                ClassicDestinationBinder.SECTIONS,
                0,
                "<broker><destinations%s>%s</destinations></broker>"),
            of(
                ClassicDestinationBinder.SECTIONS,
                2,
                "<broker><destinationInterceptors%s>%s</destinationInterceptors></broker>"))
        .flatMap(names -> names);
  }

  private static Stream<Name> of(List<Section> sections, int at, String xml) {
    return sections.get(at).vocabulary().fates().keySet().stream().map(name -> new Name(name, xml));
  }

  @ParameterizedTest
  @MethodSource("names")
  void saysSo(Name name) {
    for (var xml :
        List.of(
            name.xml.formatted(" " + name.name + "='odd'", ""),
            name.xml.formatted("", "<" + name.name + ">odd</" + name.name + ">"))) {
      assertThat(ClassicFile.read(base, xml).problems())
          .as(xml)
          .extracting(Problem::message)
          .anyMatch(message ->
              message.startsWith(name.name + " is not honoured: ")
                  || message.startsWith(name.name + " has no effect: "));
    }
  }
}
