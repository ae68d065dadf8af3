package io.batonmq.sim.pair;

import io.batonmq.sim.SimulationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Many seeds one after another, or one of them told in words.
public final class Campaign {
  private static final String USAGE =
      "usage: simulate --seeds FIRST..LAST [--disk local|network|both|own|all]\n"
          + "       simulate --trace SEED [--disk local|network|own]";

  private Campaign() {}

  /// What one seed came to.
  ///
  /// @param hash of all that happened
  public record Run(long hash, Stats stats) {}

  /// Runs one seed of a pair.
  ///
  /// @throws AssertionError if a promise is broken: says the seed, what, and how to see it again
  public static Run run(long seed, World disk, Tamper tamper) {
    try (var sim = disk.plan(seed).tamper(tamper).start()) {
      Stats stats = sim.live();
      return new Run(sim.hash(), stats);
    } catch (Violation | SimulationFailure e) {
      throw new AssertionError(
          String.format(
              "seed=%d disk=%s: %s%n  to see it again: scripts/simulate --disk %s --trace %d",
              seed, disk.word(), what(e), disk.word(), seed),
          e);
    }
  }

  private static String what(Throwable e) {
    return e.getCause() instanceof Violation violation
        ? String.valueOf(violation.getMessage())
        : String.valueOf(e.getMessage());
  }

  /// See `scripts/simulate`.
  public static void main(String[] args) {
    String seeds = "";
    String trace = "";
    List<World> disks = new ArrayList<>(List.of(World.LOCAL));
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--seeds" -> seeds = value;
        case "--trace" -> trace = value;
        case "--disk" -> {
          disks.clear();
          disks.addAll(disks(value));
        }
        default -> usage();
      }
    }
    boolean sound;
    if (!trace.isEmpty()) {
      sound = trace(Long.parseLong(trace), disks.getFirst());
    } else if (seeds.contains("..")) {
      int dots = seeds.indexOf("..");
      sound =
          all(
              Long.parseLong(seeds.substring(0, dots)),
              Long.parseLong(seeds.substring(dots + 2)),
              disks);
    } else {
      sound = usage();
    }
    System.exit(sound ? 0 : 1);
  }

  private static boolean usage() {
    System.err.println(USAGE);
    System.exit(2);
    return false;
  }

  private static List<World> disks(String word) {
    return switch (word) {
      case "both" -> List.of(World.LOCAL, World.NETWORK);
      case "all" -> List.of(World.values());
      default -> List.of(World.valueOf(word.toUpperCase(Locale.ROOT)));
    };
  }

  private static boolean trace(long seed, World disk) {
    try (var sim = disk.plan(seed).listen(System.out::println).start()) {
      System.out.println(sim.live());
      return true;
    } catch (Violation | SimulationFailure e) {
      System.out.println("BROKEN: " + what(e));
      e.printStackTrace(System.out);
      return false;
    }
  }

  private static boolean all(long first, long last, List<World> disks) {
    Stats all = new Stats();
    int failed = 0;
    for (long seed = first; seed <= last; seed++) {
      for (World disk : disks) {
        try {
          all.add(run(seed, disk, Tamper.NONE).stats());
        } catch (AssertionError e) {
          failed++;
          System.out.println(e.getMessage());
        }
      }
    }
    System.out.println(all + " failed=" + failed);
    return failed == 0;
  }
}
