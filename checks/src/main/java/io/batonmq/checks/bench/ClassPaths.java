package io.batonmq.checks.bench;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Who is started with which part of this process's class path.
///
/// @param loads [io.batonmq.checks.bench.load.Driver], without any client; the first entry has our classes
/// @param client Qpid JMS and what it needs
/// @param ours the product's classes with their libraries, without one that writes log lines
record ClassPaths(List<Path> loads, List<Path> client, List<Path> ours) {
  private static final List<String> CLIENT =
      List.of("qpid-jms-client-", "proton-j-", "netty-", "slf4j-api-", "jakarta.jms-api-");

  /// What `./baton bench` starts this process with: folders of classes, of which the first is that of this
  /// class, then libraries.
  static ClassPaths ofThisProcess() {
    List<Path> all =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath())
            .toList();
    return new ClassPaths(
        Stream.concat(Stream.of(all.getFirst()), all.stream().filter(named("HdrHistogram-")))
            .toList(),
        all.stream()
            .filter(entry -> CLIENT.stream().anyMatch(it -> named(it).test(entry)))
            .toList(),
        all.stream().filter(named("logback-").negate()).toList());
  }

  private static Predicate<Path> named(String start) {
    return entry -> String.valueOf(entry.getFileName()).startsWith(start);
  }
}
