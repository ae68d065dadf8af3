package io.batonmq.cli;

import io.batonmq.server.admin.AdminPage;
import io.batonmq.server.config.ConfigurationPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes the pages of the documentation that are printed from the code. A test compares them.
@Command(
    name = "reference",
    hidden = true,
    description = "Writes the reference pages of the documentation into a folder.")
final class Reference implements Callable<Integer> {
  private static final int WIDTH = 100;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder, such as docs.")
  private Path dir;

  @Override
  public Integer call() throws IOException {
    for (var page : pages().entrySet()) {
      Files.writeString(dir.resolve(page.getKey()), page.getValue());
      spec.commandLine().getOut().println(dir.resolve(page.getKey()));
    }
    return Exit.OK.code();
  }

  /// The pages by the names of their files.
  static SequencedMap<String, String> pages() {
    var pages = new LinkedHashMap<String, String>();
    pages.put("commands.md", commands());
    pages.put("configuration.md", ConfigurationPage.text());
    pages.put("classic-configuration.md", ConfigurationPage.classic());
    pages.put("metrics.md", AdminPage.text());
    return pages;
  }

  private static String commands() {
    var page =
        new StringBuilder(
            """
            # Commands

            <!-- Printed from the code by scripts/reference; do not edit. -->

            What `baton COMMAND --help` says, for every command. `bin/artemis` is the same command. Exit
            codes are in [exit-codes.md](exit-codes.md).
            """);
    append(Main.commandLine().setUsageHelpAutoWidth(false).setUsageHelpWidth(WIDTH), page);
    return page.toString();
  }

  private static void append(CommandLine command, StringBuilder page) {
    var spec = command.getCommandSpec();
    if (spec.usageMessage().hidden() || spec.name().equals("help")) {
      return;
    }
    page.append("\n## ").append(spec.qualifiedName()).append("\n\n```text\n");
    command
        .getUsageMessage(Ansi.OFF)
        .lines()
        .forEach(line -> page.append(line.stripTrailing()).append('\n'));
    page.append("```\n");
    command.getSubcommands().values().stream()
        .distinct()
        .forEach(subcommand -> append(subcommand, page));
  }
}
