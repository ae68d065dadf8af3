package io.batonmq.checks.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Rooms and the walls between them, as ARCHITECTURE.md draws them.
class WallsTest {
  private static final String HOME = "io.batonmq.";

  private final Rooms rooms = Rooms.read();

  @Test
  void theArchitecturePageNamesExactlyTheRoomsThatExist() {
    var problems = new TreeSet<String>();
    var inUse = new TreeSet<String>();
    for (var place : House.packages()) {
      rooms
          .of(place)
          .ifPresentOrElse(
              room -> inUse.add(room.name()),
              () -> problems.add(place + " has no row in the table of rooms: add one"));
    }
    for (var room : rooms.byName().values()) {
      var exists = inUse.contains(room.name());
      if (exists && room.next())
        problems.add(room.name() + " exists now: take `(next)` off its row");
      if (!exists && !room.next()) problems.add(room.name() + " is gone: take its row out");
      for (var used : room.mayUse()) {
        if (!used.equals("everything") && !rooms.byName().containsKey(used)) {
          problems.add(room.name() + " may use " + used + ", which is no room");
        }
      }
    }
    assertThat(rooms.byName()).as("rooms read from ARCHITECTURE.md").isNotEmpty();
    assertThat(problems).as("the table of rooms in ARCHITECTURE.md").isEmpty();
  }

  @Test
  void aRoomUsesOnlyWhatItsRowSays() {
    var breaches = new TreeSet<String>();
    for (var type : House.CLASSES) {
      roomOf(type)
          .ifPresent(from -> {
            for (var dependency : type.getDirectDependenciesFromSelf()) {
              roomOf(dependency.getTargetClass())
                  .filter(to -> !rooms.allows(from, to))
                  .ifPresent(to -> breaches.add(breach(from, to, dependency)));
            }
          });
    }
    assertThat(breaches)
        .as(
            "Walls broken. Move the line to the room that may know it, or turn the call into an"
                + " effect")
        .isEmpty();
  }

  @Test
  void noRoomNeedsItself() {
    for (var rooms : List.of(HOME + "(*)..", HOME + "server.(*)..")) {
      slices()
          .matching(rooms)
          .should()
          .beFreeOfCycles()
          .because("a cycle means that two rooms are one, or that a contract belongs below both")
          .allowEmptyShould(true)
          .check(House.CLASSES);
    }
  }

  @Test
  void aLibraryStaysInItsRoom() {
    stays("io.netty..", "the network lives in server.net", HOME + "server.net..");
    stays("org.apache.qpid.protonj2..", "AMQP lives in wire.amqp", HOME + "wire.amqp..");
    stays(
        "jakarta.jms..",
        "only the command line and the loads of the benchmark are JMS clients",
        HOME + "cli..",
        HOME + "checks.bench.load..");
    stays("org.apache.qpid.jms..", "only the command line is a JMS client", HOME + "cli..");
    stays(
        "org.apache.qpid.proton..",
        "only `data imp` sends bytes as they are; brokers speak protonj2",
        HOME + "cli..");
    stays("org.openjdk.jmh..", "it measures, and nothing else", HOME + "checks.bench.micro..");
    stays("picocli..", "only commands read words", HOME + "cli..", HOME + "checks.bench..");
    stays(
        "ch.qos.logback..",
        "log through slf4j; the node sets logback up",
        HOME + "server.node..",
        HOME + "cli..");
    stays(
        "org.slf4j..",
        "the core tells facts as effects; the shell writes them",
        HOME + "server..",
        HOME + "cli..");
    stays(
        "java.lang.foreign..", "native calls live in server.platform", HOME + "server.platform..");
  }

  private static void stays(String library, String reason, String... rooms) {
    noClasses()
        .that()
        .resideOutsideOfPackages(rooms)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because(reason)
        .allowEmptyShould(true)
        .check(House.CLASSES);
  }

  private Optional<Rooms.Room> roomOf(JavaClass type) {
    var place = type.getPackageName();
    return place.startsWith(HOME) ? rooms.of(place.substring(HOME.length())) : Optional.empty();
  }

  private static String breach(Rooms.Room from, Rooms.Room to, Dependency dependency) {
    return "%s may not use %s: %s".formatted(from.name(), to.name(), dependency.getDescription());
  }
}
