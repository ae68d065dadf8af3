package io.batonmq.cli.demo;

import static io.batonmq.cli.demo.Narrator.number;

import io.batonmq.cli.Exit;
import io.batonmq.cli.UserException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Shows a pair that hands over, with real processes and real clients, and accounts for every message.
@Command(
    name = "demo",
    description = {
      "Shows a pair that hands over: two brokers over one folder, a producer and a consumer, a kill"
          + " in mid-stream, the way back, and an account of every message.",
      "Takes half a minute, uses free ports and a temporary folder, and leaves nothing behind."
    },
    footer = {"", "The exit code is 6 if a message was lost or doubled."})
public final class Demo implements Callable<Integer> {
  private static final int SECONDS_MAX = 300;

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      description = "How long the stream runs in each of three scenes (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--keep", description = "Keep the folder, with both brokers and their logs.")
  private boolean keep;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1 || seconds > SECONDS_MAX) {
      throw new UserException(Exit.USAGE, "--seconds is a number from 1 to " + SECONDS_MAX);
    }
    var narrator = new Narrator(spec.commandLine().getOut(), Ansi.AUTO);
    narrator.title("Baton: a pair that hands over, with real processes and real clients");
    narrator.line("");
    var stage = Stage.build();
    var over = new AtomicBoolean();
    var interrupted =
        new Thread(
            () -> {
              if (over.compareAndSet(false, true)) {
                narrator.hush();
                strike(stage);
              }
            },
            "strike");
    Runtime.getRuntime().addShutdownHook(interrupted);
    narrator.step("two instances over one shared folder, as in the lab: " + stage.folder());
    try {
      var balance = new Play(stage, narrator, Duration.ofSeconds(seconds)).perform();
      stage.end();
      return close(over, stage, narrator, balance);
    } catch (IOException | RuntimeException e) {
      stage.end();
      if (over.compareAndSet(false, true)) {
        tellWhere(stage, narrator);
      }
      throw e;
    }
  }

  private int close(AtomicBoolean over, Stage stage, Narrator narrator, Account.Balance balance)
      throws IOException {
    boolean last = over.compareAndSet(false, true);
    if (last && balance.good() && !keep) {
      stage.strike();
      narrator.step("the folder is removed");
    }
    tell(narrator, balance);
    if (last && (keep || !balance.good())) {
      tellWhere(stage, narrator);
    }
    return (balance.good() ? Exit.OK : Exit.ACCOUNT).code();
  }

  private static void tell(Narrator narrator, Account.Balance balance) {
    narrator.line("");
    entry(narrator, "sent", balance.sent(), false);
    entry(narrator, "confirmed", balance.confirmed(), false);
    if (balance.unknown() > 0) {
      entry(narrator, "neither confirmed nor refused", balance.unknown(), false);
    }
    entry(narrator, "received", balance.received(), false);
    entry(narrator, "delivered again, and said so", balance.flagged(), false);
    entry(narrator, "lost", balance.lost(), true);
    entry(narrator, "enqueued twice", balance.twice(), true);
    entry(narrator, "delivered again without saying so", balance.silent(), true);
    narrator.line("");
    if (!balance.missing().isEmpty()) {
      narrator.line("lost: messages " + balance.missing());
    }
    if (!balance.repeated().isEmpty()) {
      narrator.line("came again in silence: messages " + balance.repeated());
    }
    narrator.line(
        balance.good()
            ? narrator.paint("fg(green),bold", "Nothing was dropped and nothing was doubled.")
            : narrator.paint(
                "fg(red),bold", "The account is wrong: this is a bug, please report it."));
  }

  private static void entry(Narrator narrator, String name, long value, boolean mustBeZero) {
    var line = "%10s  %s".formatted(number(value), name);
    narrator.line(
        mustBeZero ? narrator.paint(value == 0 ? "fg(green)" : "fg(red),bold", line) : line);
  }

  private static void tellWhere(Stage stage, Narrator narrator) {
    narrator.line("Kept for a look: " + stage.folder());
    for (var broker : new Broker[] {stage.master(), stage.slave()}) {
      broker.logs().forEach(log -> narrator.line("  " + log));
    }
  }

  private static void strike(Stage stage) {
    try {
      stage.strike();
    } catch (IOException e) {
      System.err.println("baton: " + stage.folder() + " could not be removed: " + e.getMessage());
    }
  }
}
