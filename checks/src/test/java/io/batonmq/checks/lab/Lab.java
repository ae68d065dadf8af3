package io.batonmq.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/// What a person in a lab has: a distribution, a terminal, and the ports that the lab prints.
final class Lab {
  private final Stage stage;
  private List<String> prefix = List.of();

  Lab(Stage stage) {
    this.stage = stage;
  }

  /// A name space of its own has all ports to itself.
  void ports(Integer... ports) throws IOException {
    if (Shell.noMounts().isEmpty()) {
      var holder =
          new ProcessBuilder("unshare", "-n", "sh", "-c", "ip link set lo up && echo up && cat")
              .start();
      Shell.endWithThisProcess(holder);
      stage.keep(holder::destroy);
      if (holder.inputReader().readLine() != null) {
        prefix = List.of("nsenter", "-t", Long.toString(holder.pid()), "-n", "--");
        return;
      }
    }
    assumeTrue(
        Arrays.stream(ports).allMatch(Ports::isFree),
        "the ports of the lab, "
            + Arrays.toString(ports)
            + ", are taken, and only root can have others of its own");
  }

  /// A distribution as `./baton dist` lays it out, but that its one library names the class path of this
  /// test.
  Path distribution() throws IOException {
    var home = stage.path("a distribution");
    var scripts = Path.of("..", "scripts").toAbsolutePath().normalize();
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    var launcher = home.resolve("bin/baton");
    Files.copy(scripts.resolve("dist-baton"), launcher);
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(home.resolve("bin/artemis"), Path.of("baton"));
    Files.copy(scripts.resolve("launch.sh"), home.resolve("lib/launch.sh"));
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    var jar = home.resolve("lib/baton.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return home;
  }

  private ProcessBuilder builder(List<String> words) {
    var command = new ArrayList<>(prefix);
    command.addAll(words);
    return new ProcessBuilder(command).directory(stage.path("").toFile()).redirectErrorStream(true);
  }

  /// Runs a command to its good end.
  String command(String... words) throws Exception {
    return answered("", words);
  }

  /// The same, with what the command reads when it asks.
  String answered(String input, String... words) throws Exception {
    var out = stage.path("command.out");
    var process = builder(List.of(words)).redirectOutput(out.toFile()).start();
    Shell.endWithThisProcess(process);
    try (var typed = process.outputWriter(StandardCharsets.UTF_8)) {
      typed.write(input);
    } catch (IOException e) {
      // It has ended without a look; its exit code tells.
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(String.join(" ", words)).isTrue();
    var text = Files.readString(out);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  /// What a shell starts in the background ignores SIGINT, and so does all that it starts: these tests too,
  /// if that is how they were started. The person of the lab has a terminal.
  private static final List<String> AS_FROM_A_TERMINAL = List.of("env", "--default-signal=INT");

  Process run(String instance, String out) throws IOException {
    var line = new ArrayList<>(AS_FROM_A_TERMINAL);
    line.addAll(List.of("./brokers/" + instance + "/bin/artemis", "run"));
    var process = builder(line).redirectOutput(stage.path(out).toFile()).start();
    Shell.endWithThisProcess(process);
    stage.keep(process::destroyForcibly);
    return process;
  }

  /// Waits until a process has printed something that matches.
  void printed(String out, String regex) {
    var pattern = java.util.regex.Pattern.compile(regex);
    Until.holds(
        () -> out + " has " + regex + "; it has\n" + text(out),
        Until.PATIENCE,
        () -> pattern.matcher(text(out)).find());
  }

  private String text(String out) {
    try {
      return Files.readString(stage.path(out));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
