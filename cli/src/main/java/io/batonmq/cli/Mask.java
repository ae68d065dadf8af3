package io.batonmq.cli;

import io.batonmq.server.security.Users;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Turns a password into what `artemis-users.properties` keeps.
@Command(
    name = "mask",
    description = {
      "Prints what proves a password, as a line of etc/artemis-users.properties has it.",
      "It cannot be turned back, so it is of no use where a broker has to show a password itself."
    })
final class Mask implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "PASSWORD", description = "Asked for where missing.")
  private @Nullable String password;

  @Option(names = "--hash", description = "One way; it is the only one here.")
  @SuppressWarnings("UnusedVariable") // it says what is so anyway
  private boolean hash;

  @Option(
      names = {"--key", "--password-codec"},
      arity = "0..1",
      hidden = true)
  private String[] twoWay = {};

  @Override
  public Integer call() throws IOException {
    if (twoWay.length > 0) {
      throw UserException.usage(
          "--key and --password-codec are about masks that can be taken off: Baton reads none");
    }
    var out = spec.commandLine().getOut();
    var secret =
        password != null
            ? password
            : new Prompter(spec.commandLine().getErr())
                .ask("PASSWORD:", true)
                .orElseThrow(() -> UserException.usage("name a PASSWORD"));
    try {
      Users.check("user", secret, Set.of());
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
    out.println("result: " + Users.proof(secret));
    return Exit.OK.code();
  }
}
