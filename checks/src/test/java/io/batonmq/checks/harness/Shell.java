package io.batonmq.checks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Commands of the system, for what Java cannot do: signals, mounts, name spaces.
public final class Shell {
  private Shell() {}

  private static final Set<Process> OURS = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OURS.forEach(Process::destroyForcibly), "end brokers"));
  }

  /// Sees to it that the process ends, at the latest when this one does.
  public static void endWithThisProcess(Process process) {
    OURS.removeIf(old -> !old.isAlive());
    OURS.add(process);
  }

  /// What a command said and how it ended.
  public record Result(int code, String out) {}

  /// Runs a command to its end.
  ///
  /// @throws AssertionError if it fails
  public static String run(String... command) {
    var result = attempt(command);
    if (result.code() != 0) {
      throw new AssertionError(
          String.join(" ", command) + ": code " + result.code() + "\n" + result.out());
    }
    return result.out();
  }

  /// Runs a command to its end, whatever that is.
  public static Result attempt(String... command) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), out);
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Why mounts cannot be made here; empty if they can.
  public static String noMounts() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return "only root may mount; run this as root to see it";
    }
    return attempt("unshare", "-m", "true").code() == 0 ? "" : "this machine has no name spaces";
  }

  /// Mounts memory as a disk of this size, such as `64m`; it is gone when the result is closed.
  public static AutoCloseable memoryDisk(Path at, String size) {
    try {
      Files.createDirectories(at);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "none", at.toString());
    return () -> List.of(attempt("umount", "-l", at.toString()));
  }
}
