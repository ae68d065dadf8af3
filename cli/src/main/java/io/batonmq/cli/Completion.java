package io.batonmq.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Has the shell complete the words of this command.
@Command(
    name = "completion",
    description = {
      "Prints a script for bash and zsh that completes the words of baton and artemis.",
      "Use: source <(baton completion)"
    })
final class Completion implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("baton", Main.commandLine()));
    out.println("complete -F _complete_baton -o default artemis");
    return Exit.OK.code();
  }
}
