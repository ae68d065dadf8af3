package io.batonmq.server.platform;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Another process that wants a lock. It tries once for each line that it is sent, and keeps what
/// it got.
final class LockChild implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;

  LockChild(Path root) throws IOException {
    process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                LockChild.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = process.inputReader();
  }

  boolean tries() {
    try {
      process.outputWriter().write("try\n");
      process.outputWriter().flush();
      return Boolean.parseBoolean(answers.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }

  public static void main(String[] arguments) throws IOException {
    var storage = DiskStorage.open(Path.of(arguments[0]));
    var commands = new BufferedReader(new InputStreamReader(System.in));
    while (commands.readLine() != null) {
      System.out.println(storage.tryLock("lock").isPresent());
    }
  }
}
