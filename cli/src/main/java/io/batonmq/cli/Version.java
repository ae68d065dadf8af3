package io.batonmq.cli;

import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Tells which Baton this is, as the build wrote it down.
@Command(name = "version", description = "Prints the version.")
final class Version implements Callable<Integer>, IVersionProvider {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    spec.commandLine().getOut().println(getVersion()[0]);
    return CommandLine.ExitCode.OK;
  }

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"Baton " + number()};
  }

  static String number() throws IOException {
    var build = new Properties();
    try (var file = Version.class.getResourceAsStream("build.properties")) {
      if (file == null) throw new IOException("this jar lacks build.properties");
      build.load(file);
    }
    return build.getProperty("version", "unknown");
  }
}
