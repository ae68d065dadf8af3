package io.batonmq.cli;

import io.batonmq.server.admin.Json;
import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Tells which Baton this is, as the build wrote it down.
@Command(name = "version", description = "Prints the version.")
final class Version implements Callable<Integer>, IVersionProvider {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "As JSON, with that of Java.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.fields()
              .with("version", number())
              .with("java", Runtime.version().toString())
              .pretty());
    } else {
      out.println(getVersion()[0]);
    }
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
