package io.batonmq.sim.pair;

import io.batonmq.ha.Warrant;
import io.batonmq.mirror.Accord;
import io.batonmq.mirror.AccordSettings;
import io.batonmq.mirror.Dialer;
import io.batonmq.mirror.FileArbiter;
import io.batonmq.mirror.Link;
import io.batonmq.mirror.Mirror;
import io.batonmq.mirror.Receiver;
import io.batonmq.seam.Monitor;
import io.batonmq.seam.Storage;
import io.batonmq.sim.SimMonitor;
import io.batonmq.sim.SimNetwork;
import io.batonmq.sim.SimProcess;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// What a life of a node has more where each node has a disk of its own: the mirror, the accord and their lanes.
final class Together {
  private final Simulation sim;
  private final SimNode owner;
  private final SimProcess process;
  private final SimLanes lanes;
  private final Mirror mirror;
  private final Accord accord;
  private Runnable wakeAccord = () -> {};
  private Runnable wakeCopier = () -> {};

  Together(Simulation sim, SimNode owner, SimProcess process, SimLanes lanes, Storage own) {
    this.sim = sim;
    this.owner = owner;
    this.process = process;
    this.lanes = lanes;
    Supplier<Monitor> monitors = () -> new SimMonitor(process);
    this.mirror = new Mirror(own, monitors.get(), process.clock());
    Storage shared = sim.disk().mount(process);
    List<String> others =
        sim.nodes().stream().map(SimNode::name).filter(name -> !name.equals(owner.name())).toList();
    this.accord =
        new Accord(
            mirror,
            sim.tamper()
                .arbiter(new SimArbiter(sim, process, new FileArbiter(shared, sim::unique, "sim"))),
            new AccordSettings(
                "sim",
                owner.name(),
                owner.name(),
                List.of(owner.name()),
                others,
                owner.primary(),
                sim.setup().headStartNanos(),
                owner.ha().stallNanos(),
                sim.nodesMin()),
            this::dial,
            sim::unique,
            new Accord.Shell(
                lanes::wakeBaton,
                () -> wakeAccord.run(),
                () -> wakeCopier.run(),
                what -> sim.tell(() -> owner.name() + ": " + what)),
            process.clock(),
            monitors);
  }

  void start() {
    wakeAccord = lanes.startBeside("accord", accord::doWork, 100_000_000L);
    wakeCopier = lanes.startBeside("copier", _ -> accord.copy(), 100_000_000L);
  }

  Storage storage() {
    return mirror;
  }

  Warrant warrant() {
    return sim.tamper().warrant(accord);
  }

  Accord accord() {
    return accord;
  }

  private Link dial(String address, Receiver receiver) {
    SimNode to =
        sim.nodes().stream().filter(node -> node.name().equals(address)).findFirst().orElseThrow();
    process.sleep(Duration.ofNanos(sim.chance().magnitude(1_000_000)));
    boolean cut =
        sim.network().isCut(owner.name(), address) || sim.network().isCut(address, owner.name());
    if (cut) {
      process.sleep(Duration.ofMillis(500));
      throw new Dialer.DialException(address + " does not answer");
    }
    Life life =
        to.life()
            .filter(Life::open)
            .orElseThrow(() -> new Dialer.DialException(address + " is not active"));
    Accord there = life.together().orElseThrow().accord;
    SimNetwork.End end =
        sim.network()
            .connect(
                process,
                new SimNetwork.Hearing(
                    receiver::frame, () -> receiver.lost("the connection ended")),
                life.process(),
                far -> hearing(there.accept(link(far))));
    return link(end);
  }

  private static SimNetwork.Hearing hearing(Receiver receiver) {
    return new SimNetwork.Hearing(receiver::frame, () -> receiver.lost("the connection ended"));
  }

  private static Link link(SimNetwork.End end) {
    return new Link() {
      @Override
      public void send(ByteBuffer frame) {
        end.send(frame);
      }

      @Override
      public void close() {
        end.close();
      }
    };
  }
}
