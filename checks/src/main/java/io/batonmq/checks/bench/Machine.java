package io.batonmq.checks.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// What figures depend on: the machine, and which Baton it was. Each part as far as the system tells.
///
/// @param work folder on the disk to be measured
/// @param checkout any folder of the checkout that is measured
record Machine(Path work, Path checkout) {
  private static final String UNKNOWN = "not known";

  String markdown() {
    return """
    - machine: %d processors, %s, %s
    - disk: %s
    - Java %s (%s)
    - begun %s, at commit %s
    """
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            memory(),
            System.getProperty("os.name") + " " + System.getProperty("os.version"),
            disk(),
            System.getProperty("java.version"),
            System.getProperty("java.vm.vendor"),
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT)
                .format(ZonedDateTime.now(ZoneOffset.UTC)),
            commit());
  }

  private static String memory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"), StandardCharsets.US_ASCII)) {
        if (line.startsWith("MemTotal:")) {
          long kib = Long.parseLong(line.replaceAll("\\D", ""));
          return String.format(Locale.ROOT, "%.1f GiB of memory", kib / 1048576.0);
        }
      }
    } catch (IOException _) {
      // Another system.
    }
    return "memory " + UNKNOWN;
  }

  private String disk() {
    try {
      FileStore store = Files.getFileStore(work);
      return store.type() + kind(store.name());
    } catch (IOException _) {
      return UNKNOWN;
    }
  }

  private static String kind(String device) {
    Path name = Path.of(device).getFileName();
    if (name == null || !device.startsWith("/dev/")) {
      return "";
    }
    // A partition's disk is the folder around it.
    Path block = Path.of("/sys/class/block").resolve(name);
    try {
      Path real = block.toRealPath();
      Path rotational = real.resolve("queue/rotational");
      if (!Files.exists(rotational)) {
        rotational = real.resolveSibling("queue/rotational");
      }
      return Files.readString(rotational).strip().equals("0")
          ? ", " + name + ", does not rotate"
          : ", " + name + ", says that it rotates";
    } catch (IOException _) {
      return ", " + name;
    }
  }

  private String commit() {
    String commit = git("rev-parse", "--short=12", "HEAD");
    return commit.isEmpty()
        ? UNKNOWN
        : commit + (git("status", "--porcelain").isEmpty() ? "" : ", with changes");
  }

  private String git(String... words) {
    try {
      List<String> command = new ArrayList<>(List.of("git", "-C", checkout.toString()));
      command.addAll(List.of(words));
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.waitFor(20, TimeUnit.SECONDS) && git.exitValue() == 0 ? said.strip() : "";
    } catch (IOException _) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
