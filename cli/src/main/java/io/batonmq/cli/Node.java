package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.AdminException;
import io.batonmq.server.admin.AdminException.Kind;
import io.batonmq.server.admin.RunFile;
import io.batonmq.server.instance.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A node that commands are for, and what is known of its process.
///
/// @param where what people call it: the folder of its instance, or a URL
/// @param process that runs it, where that can be known
record Node(String where, AdminClient admin, Optional<ProcessHandle> process) {
  Node(String where, AdminClient admin) {
    this(where, admin, Optional.empty());
  }

  /// A sentence about an instance that does not run.
  static final class NotRunning extends IOException {
    NotRunning(String sentence) {
      super(sentence);
    }
  }

  /// A sentence about a node that was asked and has not answered in time.
  static final class Silent extends IOException {
    Silent(String sentence) {
      super(sentence);
    }
  }

  interface Question<T> {
    T ask(AdminClient admin) throws AdminException;
  }

  /// @throws NotRunning if nothing was left by a run
  static Node of(Instance instance) throws IOException {
    var file = RunFile.in(instance.dir());
    var run =
        RunFile.read(file).orElseThrow(() -> new NotRunning(instance.dir() + " is not running"));
    return new Node(instance.dir().toString(), AdminClient.of(run), process(file, run));
  }

  /// The process that wrote the file, unless it is gone and its number belongs to another.
  private static Optional<ProcessHandle> process(Path file, RunFile run) throws IOException {
    var written = Files.getLastModifiedTime(file).toInstant();
    return ProcessHandle.of(run.pid())
        .filter(ProcessHandle::isAlive)
        .filter(process ->
            process.info().startInstant().map(start -> !start.isAfter(soon(written))).orElse(true));
  }

  /// Clocks of processes and of files differ a little.
  private static Instant soon(Instant written) {
    return written.plusSeconds(2);
  }

  /// The same, waiting for each answer as long as given, but for a moment at least.
  Node patient(Duration limit) {
    var moment = Duration.ofSeconds(1);
    return new Node(where, admin.patient(limit.compareTo(moment) < 0 ? moment : limit), process);
  }

  /// Asks; what stands in the way becomes a sentence.
  ///
  /// @throws NotRunning if there is nobody to ask
  <T> T ask(Question<T> question) throws IOException {
    try {
      return question.ask(admin);
    } catch (AdminException e) {
      throw said(e);
    }
  }

  private IOException said(AdminException e) {
    var pid = process.map(it -> Long.toString(it.pid()));
    return switch (e.kind()) {
      case UNREACHABLE ->
          pid.isPresent()
              ? new IOException(
                  where
                      + ": process "
                      + pid.get()
                      + " lives, and its admin listener does not answer: "
                      + e.getMessage())
              : new NotRunning(where + " is not running");
      case SILENT ->
          new Silent(
              where
                  + " does not answer"
                  + pid.map(it -> "; its process is " + it).orElse("")
                  + "; where another node stands by, it takes over from one that hangs");
      case LOST, DENIED, REFUSED, STRANGE -> e;
    };
  }

  /// Whether nobody is there any more. A process that has ended and that its parent has not asked about
  /// counts as alive until then; it has no program any more.
  boolean gone() {
    if (process.isPresent()) {
      return !process.get().isAlive()
          || (process.get().info().command().isEmpty() && unreachable());
    }
    return unreachable();
  }

  private boolean unreachable() {
    try {
      admin.status();
      return false;
    } catch (AdminException e) {
      return e.kind() == Kind.UNREACHABLE;
    }
  }
}
