package io.batonmq.cli.demo;

import static io.batonmq.cli.demo.Narrator.number;

import io.batonmq.cli.Exit;
import io.batonmq.cli.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    var show = new Show(narrator, Files.createTempDirectory("baton-demo-"));
    Runtime.getRuntime().addShutdownHook(new Thread(show::breakOff, "break-off"));
    try {
      return tell(show.perform(Duration.ofSeconds(seconds)), show, narrator);
    } catch (IOException | RuntimeException e) {
      if (show.endNow()) {
        tellWhere(show, narrator);
        throw e;
      }
      return Exit.FAILED.code(); // broken off by a signal, whose code the process has
    }
  }

  /// Who ends the demo: it itself, or a signal; one of them.
  private static final class Show {
    private final Narrator narrator;
    private final Path folder;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Stage stage;

    Show(Narrator narrator, Path folder) {
      this.narrator = narrator;
      this.folder = folder;
    }

    Account.Balance perform(Duration scene) throws IOException, InterruptedException {
      var built = Stage.build(folder);
      stage = built;
      narrator.step("two instances over one shared folder, as in the lab: " + folder);
      return new Play(built, narrator, scene).perform();
    }

    List<Path> logs() {
      var built = stage;
      return built == null
          ? List.of()
          : Stream.of(built.master(), built.slave()).flatMap(it -> it.logs().stream()).toList();
    }

    /// Ends what runs; false if a signal did so before.
    boolean endNow() {
      if (!over.compareAndSet(false, true)) {
        return false;
      }
      endProcesses();
      return true;
    }

    private void endProcesses() {
      var built = stage;
      if (built != null) {
        built.end();
      }
    }

    void breakOff() {
      if (over.compareAndSet(false, true)) {
        narrator.hush();
        endProcesses();
        try {
          Folders.remove(folder);
        } catch (IOException e) {
          System.err.println("baton: " + folder + " could not be removed: " + e.getMessage());
        }
      }
    }
  }

  private int tell(Account.Balance balance, Show show, Narrator narrator) throws IOException {
    if (!show.endNow()) {
      return Exit.FAILED.code();
    }
    boolean stays = keep || !balance.good();
    if (!stays) {
      Folders.remove(show.folder);
      narrator.step("the folder is removed");
    }
    tell(narrator, balance);
    if (stays) {
      tellWhere(show, narrator);
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
    if (balance.forgotten() > 0) {
      narrator.line(
          "the broker has forgotten that %s of them came in"
              .formatted(number(balance.forgotten())));
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

  private static void tellWhere(Show show, Narrator narrator) {
    narrator.line("Kept for a look: " + show.folder);
    show.logs().forEach(log -> narrator.line("  " + log));
  }
}
