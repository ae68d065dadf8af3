package io.batonmq.mirror;

import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The active node's part of an [Accord]: it keeps the copies of its standbys, and the arbiter's knowledge of them.
/// By the accord's lane, but where it says otherwise.
public final class Leading {
  private static final long ASK_NANOS = 2_000_000_000L;
  private static final long LIFE_NANOS = 500_000_000L;
  private static final int SAID_MAX = 64;

  /// The stamp of a reign that nobody is told of.
  private static final String BEFORE = "?";

  private final Accord accord;
  private final Quorum quorum;
  private final ConcurrentLinkedQueue<Said> said = new ConcurrentLinkedQueue<>();

  /// Whether a change may have been made of which no answer came.
  private volatile boolean unsure;

  private long nextAskNanos;
  private long nextLifeNanos;

  /// What a standby says of itself.
  private record Said(String name, byte[] bytes) {}

  Leading(Accord accord, Quorum quorum) {
    this.accord = accord;
    this.quorum = quorum;
  }

  /// This node has become active.
  void begin() {
    unsure = false;
    said.clear();
    // Not 0: a monotonic clock may begin anywhere, also far below it.
    nextAskNanos = accord.nanos();
    nextLifeNanos = accord.nanos();
  }

  /// How a copy stands, for people.
  ///
  /// @param state `in-sync` or `catching-up`
  /// @param compared bytes that were compared when it came
  /// @param sent bytes that differed, and were sent
  public record Standing(String node, String name, String state, long compared, long sent) {}

  /// The standbys that are connected to this node while it is active.
  List<Standing> standbys() {
    List<Standing> all = new ArrayList<>();
    for (Copy copy : quorum.copies()) {
      String state = accord.reign().inSync().contains(copy.node()) ? "in-sync" : "catching-up";
      all.add(
          new Standing(copy.node(), copy.name(), state, copy.comparedBytes(), copy.sentBytes()));
    }
    return all;
  }

  /// Does what is due; answers whether there may be more at once.
  boolean doWork(Now now) {
    relay();
    boolean life = now.nanos() - nextLifeNanos >= 0;
    nextLifeNanos = life ? now.nanos() + LIFE_NANOS : nextLifeNanos;
    List<Copy> live = new ArrayList<>();
    for (Copy copy : quorum.copies()) {
      if (copy.isLost() || copy.silentNanos() >= accord.settings().stallNanos() / 2) {
        copy.close();
        quorum.detach(copy);
        accord.shell().tell().accept("standby " + copy.name() + " is lost");
      } else {
        live.add(copy);
        if (life) {
          copy.send(new Frame.Alive());
        }
      }
    }
    if (unsure || now.nanos() - nextAskNanos >= 0) {
      nextAskNanos = now.nanos() + ASK_NANOS;
      look();
    }
    Reign known = accord.reign();
    for (String node : known.inSync()) {
      if (!node.equals(accord.settings().node())
          && live.stream().noneMatch(copy -> is(copy, node))) {
        return change(known.without(node, accord.unique()));
      }
    }
    for (Copy copy : live) {
      if (isWhole(copy) && !known.inSync().contains(copy.node())) {
        // Waited for from now on, whatever becomes of the answer.
        quorum.await(others(known.with(copy.node(), BEFORE)));
        boolean more = change(known.with(copy.node(), accord.unique()));
        if (accord.reign().inSync().contains(copy.node())) {
          copy.send(new Frame.InSync(true));
        }
        return more;
      }
    }
    return false;
  }

  private static boolean is(Copy copy, String node) {
    return copy.node().equals(node);
  }

  private boolean isWhole(Copy copy) {
    quorum.monitor().enter();
    try {
      return copy.whole();
    } finally {
      quorum.monitor().leave();
    }
  }

  private SortedSet<String> others(Reign of) {
    SortedSet<String> others = new TreeSet<>(of.inSync());
    others.remove(accord.settings().node());
    return others;
  }

  /// Makes a change of an active node; answers true, for there may be more to be changed.
  private boolean change(Reign to) {
    accord.turn().enter();
    try {
      if (!accord.active()) {
        return false;
      }
      unsure = true;
      if (accord.arbiter().change(to)) {
        unsure = false;
        adopt(to);
      }
    } finally {
      accord.turn().leave();
    }
    return true;
  }

  private void look() {
    accord.turn().enter();
    try {
      if (accord.active()) {
        Reign read = accord.arbiter().read();
        unsure = false;
        accord.answered();
        if (read.version() != accord.reign().version()) {
          adopt(read);
        } else {
          quorum.await(others(read));
        }
      }
    } finally {
      accord.turn().leave();
    }
  }

  private void adopt(Reign now) {
    if (now.epoch() != accord.reign().epoch() || !now.active().equals(accord.settings().node())) {
      String by = now.version() == 0 ? "its arbiter has forgotten it" : "another has the baton";
      quorum.fence("this node is active no more: " + by + ", says " + accord.arbiter().describe());
      return;
    }
    Set<String> gone = new TreeSet<>(accord.reign().inSync());
    gone.removeAll(now.inSync());
    Set<String> come = new TreeSet<>(now.inSync());
    come.removeAll(accord.reign().inSync());
    accord.learn(now);
    quorum.await(others(now));
    gone.forEach(node ->
        accord
            .shell()
            .tell()
            .accept(
                "standby "
                    + node
                    + " is out of sync: "
                    + (now.inSync().size() == 1
                        ? "what is confirmed from now on is on this node alone"
                        : now.inSync().size() + " nodes have what is confirmed")));
    come.forEach(node ->
        accord
            .shell()
            .tell()
            .accept(
                "standby "
                    + node
                    + " is in sync: what is confirmed is on "
                    + now.inSync().size()
                    + " nodes"));
  }

  /// Answers the copy that is kept from now on, or why there is none.
  Copy.Attached attach(Frame.Hello hello, Link link) {
    if (hello.version() != Frame.VERSION) {
      return Copy.Attached.refused(
          "this node speaks version %d of the protocol, not %d"
              .formatted(Frame.VERSION, hello.version()));
    }
    if (!hello.cluster().equals(accord.settings().cluster())) {
      return Copy.Attached.refused("this node is of the cluster " + accord.settings().cluster());
    }
    if (hello.node().equals(accord.settings().node())) {
      return Copy.Attached.refused(
          "both nodes have the id " + hello.node() + ": one is a copy of the other's instance");
    }
    if (!accord.active()) {
      return Copy.Attached.refused("this node is not active");
    }
    for (Copy copy : quorum.copies()) {
      if (is(copy, hello.node())) {
        copy.close();
        copy.lost();
      }
    }
    if (accord.reign().inSync().contains(hello.node())) {
      accord.shell().accord().run();
      return Copy.Attached.refused("not yet: it has to be recorded first that the node was away");
    }
    Copy copy = new Copy(accord.mirror(), link, hello.node(), hello.name());
    copy.send(
        new Frame.Welcome(
            accord.reign().epoch(), accord.settings().node(), accord.settings().name()));
    quorum.attach(copy);
    accord.shell().tell().accept("standby " + hello.name() + " is catching up");
    accord.shell().copier().run();
    return Copy.Attached.to(copy);
  }

  /// A copy has answered.
  void noteWhole(Copy copy) {
    if (!accord.reign().inSync().contains(copy.node()) && isWhole(copy)) {
      accord.shell().accord().run();
    }
  }

  /// What a standby says of itself; shown to this node once it is in sync, so that nobody hands over to one that is not.
  void present(Copy copy, String name, byte[] bytes) {
    if (accord.reign().inSync().contains(copy.node())
        && Paths.sound(name)
        && said.size() < SAID_MAX) {
      said.add(new Said(name, bytes));
      accord.shell().accord().run();
    }
  }

  private void relay() {
    for (Said next = said.poll(); next != null; next = said.poll()) {
      String path = "presence/" + next.name();
      Optional<StoredFile> file =
          accord
              .mirror()
              .own()
              .open(path, Storage.Access.WRITE)
              .or(() -> accord.mirror().own().createExclusive(path));
      if (file.isPresent()) {
        try (StoredFile to = file.get()) {
          to.write(0, ByteBuffer.wrap(next.bytes()));
        }
      }
    }
  }
}
