package io.batonmq.sim;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What nodes say to each other, and a cable that can be cut, in one direction or both. What is under way when it is cut
/// arrives when it is whole again, as with TCP, unless somebody has given up by then.
public final class SimNetwork {
  private static final long LATENCY_NANOS_MAX = 2_000_000L;

  private final Scheduler scheduler;
  private final Chance chance;
  private final Set<String> cut = new HashSet<>();

  public SimNetwork(Scheduler scheduler, Chance chance) {
    this.scheduler = scheduler;
    this.chance = chance;
  }

  /// Lets nothing pass from one name to another, or lets it pass again.
  public void cut(String from, String to, boolean is) {
    if (is) {
      cut.add(from + ">" + to);
    } else {
      cut.remove(from + ">" + to);
    }
    scheduler.trace().tell(() -> scheduler.at() + (is ? "cut: " : "whole: ") + from + ">" + to);
  }

  /// Lets everything pass.
  public void heal() {
    cut.clear();
  }

  /// Whether nothing passes from one name to another.
  public boolean isCut(String from, String to) {
    return cut.contains(from + ">" + to);
  }

  /// One end of a connection.
  public final class End {
    private final SimProcess owner;
    private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
    private @Nullable SimTask task;
    private @Nullable End other;
    private boolean closed;
    private boolean gone;
    private long lastAt;

    private End(SimProcess owner) {
      this.owner = owner;
    }

    /// Sends to the other end; does nothing once this one is closed.
    public void send(ByteBuffer frame) {
      End to = other;
      if (closed || to == null || to.closed) {
        return;
      }
      byte[] bytes = new byte[frame.remaining()];
      frame.get(bytes);
      to.arrive(bytes);
      scheduler.point();
    }

    private void arrive(byte[] bytes) {
      lastAt = Math.max(lastAt, scheduler.nanos() + chance.magnitude(LATENCY_NANOS_MAX));
      arrivals.add(new Arrival(lastAt, bytes));
      wake();
    }

    private void wake() {
      SimTask waiting = task;
      if (waiting != null) {
        waiting.unpark();
      }
    }

    /// Ends the connection; what was sent before arrives.
    public void close() {
      closed = true;
      wake();
      End to = other;
      if (to != null) {
        to.gone = true;
        to.wake();
      }
    }

    private void died() {
      End to = other;
      closed = true;
      if (to != null) {
        if (chance.oneIn(2)) {
          to.arrivals.clear();
        }
        to.gone = true;
        to.wake();
      }
    }

    private void listen(Consumer<ByteBuffer> frames, Runnable lost) {
      while (!closed) {
        Arrival next = arrivals.peek();
        boolean held = next != null && passes();
        if (held && next.at <= scheduler.nanos()) {
          arrivals.remove();
          frames.accept(ByteBuffer.wrap(next.bytes));
        } else if (next == null && gone && passes()) {
          break;
        } else {
          long nanos = held ? next.at - scheduler.nanos() : 20_000_000L;
          owner.park(Duration.ofNanos(Math.max(1, nanos)));
        }
      }
      closed = true;
      lost.run();
    }

    private boolean passes() {
      End from = other;
      return from == null || !isCut(from.owner.name(), owner.name());
    }
  }

  private record Arrival(long at, byte[] bytes) {}

  /// Who hears one end.
  ///
  /// @param frames takes each frame
  /// @param lost is run once, when nothing comes any more
  public record Hearing(Consumer<ByteBuffer> frames, Runnable lost) {}

  /// Makes a connection between two processes.
  ///
  /// @param there makes what hears the far end, from that end
  public End connect(SimProcess from, Hearing here, SimProcess to, Function<End, Hearing> there) {
    End near = new End(from);
    End far = new End(to);
    near.other = far;
    far.other = near;
    from.onDeath(near::died);
    to.onDeath(far::died);
    Hearing heard = there.apply(far);
    near.task = from.spawn("link", () -> near.listen(here.frames, here.lost));
    far.task = to.spawn("link", () -> far.listen(heard.frames, heard.lost));
    return near;
  }
}
