package io.batonmq.mirror;

import io.batonmq.ha.UndecidedException;
import io.batonmq.ha.Warrant;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Monitor;
import io.batonmq.seam.Now;
import io.batonmq.seam.StorageException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What this node and the others agree upon: who is active, and who has all that was confirmed. The arbiter keeps it.
///
/// *While active*: a node that is lost is first taken out of the set at the arbiter, and only then waited for no more;
/// one that has become whole is first waited for, and only then put into the set. So everyone in the set has every
/// confirmed record, at every moment, and whatever became of an answer of the arbiter.
///
/// *While not*: keeps a link to the active node, and its copy by it. When the link is lost, the node asks the
/// arbiter for the baton: it gets it if it is in the set, and whoever had it confirms nothing more, because this
/// node answers no more.
///
/// Three lanes: the baton's calls the methods of [Warrant], the accord's [#doWork], which may block for
/// as long as the arbiter does, and the copying lane [#copy].
public final class Accord implements Warrant {
  private static final long DIAL_NANOS = 250_000_000L;
  private static final long AGAIN_NANOS = 500_000_000L;
  private static final long LIFE_NANOS = 500_000_000L;
  private static final int CLAIM_LOOKS_MAX = 5;

  /// A backup is in no hurry where a primary could come.
  private static final int BACKUP_PATIENCE = 3;

  /// How the shell is told and woken.
  ///
  /// @param baton wakes the baton's lane
  /// @param accord wakes the accord's
  /// @param copier wakes the copying lane
  /// @param tell says something worth a line
  public record Shell(Runnable baton, Runnable accord, Runnable copier, Consumer<String> tell) {}

  private final Mirror mirror;
  private final Arbiter arbiter;
  private final AccordSettings settings;
  private final Dialer dialer;
  private final Supplier<String> unique;
  private final Shell shell;
  private final Clock clock;
  private final Supplier<Monitor> monitors;
  private final Monitor turn;
  private final Memory memory;
  private final Leading leading;

  private volatile boolean active;
  private volatile boolean claiming;

  /// Version of the newest reign that this node was in sync with.
  private volatile long remembered;

  private volatile Reign reign = Reign.NONE;

  /// Whether the arbiter was asked since this node stands by.
  private volatile boolean asked;

  private volatile boolean incomplete;
  private volatile boolean looked;
  private volatile long aloneSinceNanos;

  /// Whether this node has followed an active since it started: then it is not the start of all nodes at once.
  private volatile boolean followed;

  private volatile @Nullable Upstream upstream;
  private volatile String trouble = "";

  // The accord lane's.
  private boolean begun;
  private long nextDialNanos;
  private long nextLifeNanos;
  private String told = "";

  public Accord(
      Mirror mirror,
      Arbiter arbiter,
      AccordSettings settings,
      Dialer dialer,
      Supplier<String> unique,
      Shell shell,
      Clock clock,
      Supplier<Monitor> monitors) {
    this.mirror = mirror;
    this.arbiter = arbiter;
    this.settings = settings;
    this.dialer = dialer;
    this.unique = unique;
    this.shell = shell;
    this.clock = clock;
    this.monitors = monitors;
    this.turn = monitors.get();
    this.memory = new Memory(mirror.own(), unique);
    this.leading = new Leading(this, mirror.quorum());
    mirror.listens(this::away, this::said);
  }

  // ---- anyone

  /// What is agreed, as far as this node knows.
  public Reign reign() {
    return reign;
  }

  /// The standbys that are connected to this node while it is active.
  public List<Leading.Standing> standbys() {
    return leading.standbys();
  }

  /// Whether this node, not active, has a link to the active, and its whole store.
  public boolean following() {
    Upstream up = upstream;
    return up != null && up.whole();
  }

  /// Whether this node is in the set.
  public boolean inSync() {
    return reign.inSync().contains(settings.node());
  }

  /// The id of this node.
  public String node() {
    return settings.node();
  }

  /// What keeps the arbiter from being asked; empty if nothing does.
  public String trouble() {
    return trouble;
  }

  // ---- baton's lane

  @Override
  public boolean readable() {
    Upstream up = upstream;
    if (up != null) {
      return up.whole();
    }
    if (!looked) {
      incomplete = Copyist.incomplete(mirror.own());
      looked = true;
    }
    return !incomplete;
  }

  @Override
  public Optional<String> objection(Now now) {
    if (!asked) {
      return Optional.of(
          "the arbiter has not answered yet" + (trouble.isEmpty() ? "" : ": " + trouble));
    }
    Reign known = reign;
    if (known.version() < remembered) {
      return Optional.of(
          "%s knows less than this node (%d changes, not %d): it was lost or is an old copy"
              .formatted(arbiter.describe(), known.version(), remembered));
    }
    if (known.version() == 0) {
      return settings.primary()
          ? Optional.empty()
          : Optional.of("a backup waits until its primary has been active once");
    }
    if (!known.inSync().contains(settings.node())) {
      return Optional.of(
          "the copy of the store here may lack what was confirmed; start one of "
              + String.join(", ", known.inSync()));
    }
    return readable() ? Optional.empty() : Optional.of("the copy of the store is not whole yet");
  }

  @Override
  public boolean sole() {
    return asked && reign.inSync().size() == 1 && inSync();
  }

  @Override
  public boolean claim(Now now) {
    claiming = true;
    try {
      return claimed();
    } catch (ArbiterException e) {
      throw new UndecidedException(String.valueOf(e.getMessage()), e);
    } finally {
      claiming = false;
      shell.accord().run();
    }
  }

  private boolean claimed() {
    // From here on this node answers nobody: what the active has not confirmed by now it cannot
    // confirm
    // without the arbiter.
    dropUpstream("this node asks for the baton");
    turn.enter();
    try {
      Reign seen = arbiter.read();
      learn(seen);
      boolean mayBeFirst = seen.version() == 0 && settings.primary();
      if (seen.version() < memory.version()
          || (!mayBeFirst && !seen.inSync().contains(settings.node()))) {
        return false;
      }
      Reign next = seen.taken(settings.node(), settings.addresses(), unique.get());
      if (!changed(next)) {
        learn(arbiter.read());
        return false;
      }
      learn(next);
      active = true;
      leading.begin();
      mirror.quorum().serve();
      return true;
    } finally {
      turn.leave();
    }
  }

  /// Whether a change was made; where no answer came, what is there now tells.
  private boolean changed(Reign next) {
    try {
      return arbiter.change(next);
    } catch (ArbiterException e) {
      for (int look = 1; look < CLAIM_LOOKS_MAX; look++) {
        try {
          return arbiter.read().stamp().equals(next.stamp());
        } catch (ArbiterException _) {
          // Once more.
        }
      }
      throw e;
    }
  }

  @Override
  public void begun() {
    mirror.quorum().require(settings.nodesMin());
  }

  @Override
  public void ending() {
    mirror.quorum().ending();
  }

  @Override
  public void over() {
    active = false;
    asked = false;
    aloneSinceNanos = nanos();
    mirror.quorum().rest();
    shell.accord().run();
  }

  /// Whether the node whose tenure it is cannot be seen any more.
  private boolean away() {
    if (upstream != null || !asked) {
      return false;
    }
    Reign known = reign;
    if (known.version() == 0 || known.active().equals(settings.node())) {
      return true;
    }
    boolean hurried = settings.primary() || followed;
    long patience = settings.headStartNanos() * (hurried ? 1 : BACKUP_PATIENCE);
    return nanos() - aloneSinceNanos >= patience;
  }

  // ---- accord's lane

  /// Does what is due; answers whether there may be more at once. May block for as long as the arbiter, or a node
  /// that is dialled, takes to answer.
  public boolean doWork(Now now) {
    if (!begun) {
      begun = true;
      aloneSinceNanos = now.nanos();
      nextDialNanos = now.nanos();
      nextLifeNanos = now.nanos();
    }
    try {
      return active ? leading.doWork(now) : !claiming && stand(now);
    } catch (ArbiterException e) {
      trouble = String.valueOf(e.getMessage());
      tellOnce(trouble);
      nextDialNanos = now.nanos() + AGAIN_NANOS;
      return false;
    } catch (StorageException e) {
      tellOnce("what is agreed cannot be written down here: " + e.getMessage());
      nextDialNanos = now.nanos() + AGAIN_NANOS;
      return false;
    }
  }

  private void tellOnce(String what) {
    if (!what.equals(told)) {
      told = what;
      shell.tell().accept(what);
    }
  }

  private boolean stand(Now now) {
    Upstream up = upstream;
    if (up != null) {
      if (!up.isLost() && now.nanos() - up.heardNanos() < settings.stallNanos()) {
        if (now.nanos() - nextLifeNanos >= 0) {
          nextLifeNanos = now.nanos() + LIFE_NANOS;
          up.live();
        }
        if (up.takeNews()) {
          ask();
          shell.baton().run();
        }
        return false;
      }
      dropUpstream("the link to the active node is lost: " + up.why());
      aloneSinceNanos = now.nanos();
      nextDialNanos = now.nanos();
    }
    if (now.nanos() - nextDialNanos < 0) {
      return false;
    }
    nextDialNanos = now.nanos() + DIAL_NANOS;
    ask();
    shell.baton().run();
    if (!reign.active().equals(settings.node())) {
      dial();
    }
    return false;
  }

  private void ask() {
    turn.enter();
    try {
      Reign read = arbiter.read();
      if (!active) {
        learn(read);
        asked = true;
        trouble = "";
      }
    } finally {
      turn.leave();
    }
  }

  void learn(Reign read) {
    reign = read;
    remembered = memory.version();
    if (read.inSync().contains(settings.node())) {
      memory.keep(read);
    }
  }

  private void dial() {
    Set<String> addresses = new LinkedHashSet<>(reign.addresses());
    addresses.addAll(settings.peers());
    settings.addresses().forEach(addresses::remove);
    for (String address : addresses) {
      Upstream up = new Upstream(this, address);
      Link link;
      try {
        link = dialer.dial(address, up);
      } catch (Dialer.DialException e) {
        tellOnce(String.valueOf(e.getMessage()));
        continue;
      }
      turn.enter();
      boolean mine = !active && !claiming;
      if (mine) {
        // Before a word is said: from then on the store here may change.
        upstream = up;
      }
      turn.leave();
      if (mine) {
        up.begin(link);
      } else {
        link.close();
      }
      return;
    }
  }

  private void dropUpstream(String why) {
    turn.enter();
    Upstream up = upstream;
    upstream = null;
    turn.leave();
    if (up != null) {
      if (up.whole()) {
        followed = true;
      }
      up.close();
      incomplete = Copyist.incomplete(mirror.own());
      shell.tell().accept(why);
      shell.baton().run();
    }
  }

  // ---- links to standbys

  /// A node wants to stand by. What it says is to be handed to the answer.
  public Receiver accept(Link link) {
    return new Downstream(this, link);
  }

  long nanos() {
    return clock.monotonicNanos();
  }

  Monitor gate() {
    return monitors.get();
  }

  /// Kept while the arbiter is asked.
  Monitor turn() {
    return turn;
  }

  Arbiter arbiter() {
    return arbiter;
  }

  boolean active() {
    return active;
  }

  String unique() {
    return unique.get();
  }

  /// The arbiter has answered.
  void answered() {
    trouble = "";
    told = "";
  }

  Leading leading() {
    return leading;
  }

  Mirror mirror() {
    return mirror;
  }

  Shell shell() {
    return shell;
  }

  AccordSettings settings() {
    return settings;
  }

  private void said(String name, byte[] bytes) {
    Upstream up = upstream;
    if (up != null && !active) {
      up.say(name, bytes);
    }
  }

  // ---- copying lane

  /// Makes copies whole; answers whether there may be more to do at once.
  public boolean copy() {
    boolean more = false;
    if (active) {
      for (Copy copy : mirror.quorum().copies()) {
        try {
          more |= copy.copy();
        } catch (StorageException e) {
          shell.tell().accept("standby " + copy.name() + " cannot be served: " + e.getMessage());
          copy.lost();
          shell.accord().run();
        }
      }
    }
    return more;
  }
}
