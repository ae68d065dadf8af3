package io.batonmq.checks.house;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// This checkout: its files as text, and its product as classes.
final class House {
  /// Every class of the product, of all modules, without their tests.
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.batonmq");

  /// The same without the benchmark, which measures from outside, with clocks and clients of its own.
  static final JavaClasses PRODUCT =
      CLASSES.that(
          DescribedPredicate.not(
              JavaClass.Predicates.resideInAPackage("io.batonmq.checks.bench..")));

  static final Path ROOT = root();

  private static final List<Path> FILES =
      Files.exists(ROOT.resolve(".git")) ? filesOfGit() : filesOnDisk();

  private House() {}

  /// The files that are, or would be, in the repository, relative to [#ROOT]. Without git (an
  /// unpacked archive) every file outside `target` and hidden folders.
  static List<Path> files() {
    return FILES;
  }

  static List<Path> files(String suffix) {
    return files().stream().filter(file -> file.toString().endsWith(suffix)).toList();
  }

  static String text(Path file) {
    try {
      return new String(Files.readAllBytes(ROOT.resolve(file)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `file:line: text` for each line that holds what `offends` looks for.
  static Stream<String> lines(Path file, java.util.function.Predicate<String> offends) {
    var lines = text(file).lines().toList();
    return java.util.stream.IntStream.range(0, lines.size())
        .filter(i -> offends.test(lines.get(i)))
        .mapToObj(i -> file + ":" + (i + 1) + ": " + lines.get(i).strip());
  }

  /// The packages of the product that hold classes or a `package-info`, without the common beginning: `log`,
  /// `log.file`, `server.net`.
  static Set<String> packages() {
    var names = new TreeSet<String>();
    for (var file : files(".java")) {
      var place = slashed(file);
      var start = place.indexOf("src/main/java/io/batonmq/");
      if (start < 0) continue;
      var name = place.substring(start + "src/main/java/io/batonmq/".length());
      if (name.contains("/")) names.add(name.substring(0, name.lastIndexOf('/')).replace('/', '.'));
    }
    return names;
  }

  static String slashed(Path file) {
    return file.toString().replace('\\', '/');
  }

  private static Path root() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("ARCHITECTURE.md"))) return folder;
    }
    throw new IllegalStateException("no ARCHITECTURE.md in this folder or above it");
  }

  private static List<Path> filesOfGit() {
    try {
      var git =
          new ProcessBuilder("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
              .directory(ROOT.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (git.waitFor() != 0) return filesOnDisk();
      return Stream.of(names.split("\0"))
          .map(Path::of)
          .filter(file -> Files.isRegularFile(ROOT.resolve(file)))
          .toList();
    } catch (IOException e) {
      return filesOnDisk();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> filesOnDisk() {
    var files = new ArrayList<Path>();
    var visitor =
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            var name = folder.getFileName().toString();
            var skip = name.equals("target") || (name.startsWith(".") && !name.equals(".ci"));
            return skip && !folder.equals(ROOT)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(ROOT.relativize(file));
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(ROOT, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
