package io.batonmq.sim.pair;

import io.batonmq.sim.Chance;
import java.util.ArrayList;
import java.util.List;

/// The clients of one seed.
final class Workload {
  private static final String USUAL = "JMSPriority = 4";
  private static final String UNUSUAL = "JMSPriority <> 4";

  private final List<Client> clients = new ArrayList<>();

  Workload(Simulation sim) {
    Chance chance = sim.chance().fork();
    int producers = 1 + chance.below(4);
    int messages = 10 + chance.below(80);
    for (int i = 0; i < producers; i++) {
      String address = Setup.ADDRESSES.get(chance.below(Setup.ADDRESSES.size()));
      clients.add(
          new Producer(sim, "p" + i, address, messages, 1_000_000_000L / (1 + chance.below(8))));
    }
    for (int i = chance.below(3); i > 0; i--) {
      String source = chance.oneIn(2) ? "" : Setup.QUEUES.get(chance.below(Setup.QUEUES.size()));
      clients.add(
          new Transactor(sim, "t" + i, source, 1 + chance.below(20), 1L << chance.between(20, 29)));
    }
    if (chance.oneIn(12)) {
      clients.add(new Transactor(sim, "h", "", 1 + chance.below(3), 1L << 26, 2));
    }
    for (int i = chance.below(2); i > 0; i--) {
      String source = chance.oneIn(2) ? "" : Setup.QUEUES.get(chance.below(Setup.QUEUES.size()));
      clients.add(
          new Manager(sim, "x" + i, source, 1 + chance.below(15), 1L << chance.between(20, 29)));
    }
    for (String queue : Setup.QUEUES) {
      if (chance.oneIn(2)) {
        clients.add(new Taker(sim, "c-" + queue + "-0", queue, ""));
      } else {
        // Two may share a queue by what they want: then each has to find all of that.
        int choosing = chance.below(3);
        clients.add(new Taker(sim, "c-" + queue + "-0", queue, choosing == 2 ? USUAL : ""));
        clients.add(new Taker(sim, "c-" + queue + "-1", queue, choosing > 0 ? UNUSUAL : ""));
      }
    }
    clients.add(new Taker(sim, "c-dead", Setup.DEAD, ""));
    clients.add(new Taker(sim, "c-expired", Setup.EXPIRED, ""));
  }

  List<Client> clients() {
    return clients;
  }
}
