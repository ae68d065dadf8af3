package io.batonmq.checks.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a file may hold.
class FilesTest {
  private static final int LINES_MAX = 500;

  /// Files that are longer, with the lines they may have. This list only shrinks: split the file, lower
  /// its number, or take it out.
  private static final Map<String, Long> LONGER = Map.of();

  private static final Pattern PROMISE = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");
  private static final Pattern ISSUE = Pattern.compile("#\\d+");
  private static final Pattern MACHINE_PATH =
      Pattern.compile(
          "(^|[^A-Za-z0-9_.*])/(work|root|farm|home/[a-z][a-z0-9]*|Users/[A-Za-z][a-z0-9]*|usr/lib/jvm/[a-z0-9][a-z0-9.-]*)/");
  private static final Pattern REGISTRY =
      Pattern.compile(
          "repo1?\\.maven\\.(apache\\.)?org|registry\\.npmjs\\.org|deb\\.debian\\.org|proxy\\.golang\\.org|files\\.pythonhosted\\.org|index\\.crates\\.io",
          Pattern.CASE_INSENSITIVE);

  @Test
  void aFileFitsInAHead() {
    var problems = new TreeSet<String>();
    for (var file : House.files(".java")) {
      var lines = House.text(file).lines().count();
      var allowed = LONGER.get(House.slashed(file));
      if (allowed == null && lines > LINES_MAX) {
        problems.add(
            "%s has %d lines, at most %d: look for the second noun inside"
                .formatted(file, lines, LINES_MAX));
      } else if (allowed != null && lines > allowed) {
        problems.add("%s grew to %d lines, was %d".formatted(file, lines, allowed));
      } else if (allowed != null && lines < allowed) {
        problems.add(
            "%s shrank to %d lines: lower its number in LONGER, or take it out"
                .formatted(file, lines));
      }
    }
    LONGER.keySet().stream()
        .filter(name ->
            House.files(".java").stream().noneMatch(file -> House.slashed(file).equals(name)))
        .forEach(name -> problems.add(name + " is gone: take it out of LONGER"));
    assertThat(problems).as("long files").isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsAndRefusesNull() {
    var wordless = new TreeSet<Path>();
    for (var file : House.files(".java")) {
      var place = file.getParent();
      if (House.slashed(file).contains("src/main/java/") && !saysWhatItIs(place))
        wordless.add(place);
    }
    assertThat(wordless)
        .as("Packages that need a package-info.java with a `///` sentence and @NullMarked")
        .isEmpty();
  }

  private static boolean saysWhatItIs(Path place) {
    var info = place.resolve("package-info.java");
    if (!House.files(".java").contains(info)) return false;
    var text = House.text(info);
    return text.contains("///") && text.contains("@NullMarked");
  }

  @Test
  void aPromiseHasAnIssueNumber() {
    assertThat(
            code()
                .flatMap(file ->
                    House.lines(
                        file, line -> PROMISE.matcher(line).find() && !ISSUE.matcher(line).find())))
        .as(
            "Promises that nobody will find again: do it now, or open an issue and write its"
                + " #number")
        .isEmpty();
  }

  @Test
  void nothingNamesAMachineOrARegistry() {
    assertThat(
            House.files().stream()
                .flatMap(file ->
                    House.lines(
                        file,
                        line ->
                            MACHINE_PATH.matcher(line).find() || REGISTRY.matcher(line).find())))
        .as(
            "Paths of one machine or names of a registry: use a relative path, or the tool's own"
                + " setting")
        .isEmpty();
  }

  /// Text that a machine reads; prose may speak about promises.
  private static Stream<Path> code() {
    return House.files().stream().filter(file -> !file.toString().endsWith(".md"));
  }
}
