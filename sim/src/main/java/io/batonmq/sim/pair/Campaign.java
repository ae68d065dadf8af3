package io.batonmq.sim.pair;

import io.batonmq.sim.SimDisk;
import java.util.Locale;

/// Many seeds, one after another, or one of them told in words.
public final class Campaign {
  private Campaign() {}

  /// @param args `FIRST LAST local|network`, or `trace SEED local|network`
  public static void main(String[] args) {
    SimDisk.Model model = SimDisk.Model.valueOf(args[2].toUpperCase(Locale.ROOT));
    if (args[0].equals("trace")) {
      try (var sim =
          Simulation.seeded(Long.parseLong(args[1]))
              .disk(model)
              .listen(System.out::println)
              .start()) {
        System.out.println(sim.live());
      }
      return;
    }
    Stats all = new Stats();
    int failed = 0;
    for (long seed = Long.parseLong(args[0]); seed <= Long.parseLong(args[1]); seed++) {
      try (var sim = Simulation.seeded(seed).disk(model).start()) {
        all.add(sim.live());
      } catch (Throwable e) {
        failed++;
        System.out.println("seed " + seed + ": " + e.getMessage());
      }
    }
    System.out.println(all + " failed=" + failed);
  }
}
