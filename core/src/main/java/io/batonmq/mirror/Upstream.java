package io.batonmq.mirror;

import io.batonmq.seam.Monitor;
import io.batonmq.seam.StorageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A standby's link to the active node, and the copy that it keeps by it.
final class Upstream implements Receiver {
  private final Accord accord;
  private final String address;
  private final Monitor gate;
  private volatile @Nullable Link link;
  private @Nullable Copyist copyist;
  private volatile boolean whole;
  private volatile boolean lost;
  private volatile boolean closed;
  private volatile boolean news;
  private volatile String why = "it was silent";
  private volatile long heardNanos;

  Upstream(Accord accord, String address) {
    this.accord = accord;
    this.address = address;
    this.gate = accord.gate();
    this.heardNanos = accord.nanos();
  }

  /// Says who this node is.
  void begin(Link to) {
    link = to;
    AccordSettings me = accord.settings();
    to.send(new Frame.Hello(Frame.VERSION, me.cluster(), me.node(), me.name()).encode());
  }

  boolean whole() {
    return whole;
  }

  boolean isLost() {
    return lost;
  }

  String why() {
    return why;
  }

  long heardNanos() {
    return heardNanos;
  }

  /// Whether the active said something that the arbiter is to be asked about.
  boolean takeNews() {
    boolean had = news;
    news = false;
    return had;
  }

  /// Shows that this node lives, whatever its disk does.
  void live() {
    Link to = link;
    if (to != null) {
      to.send(new Frame.Alive().encode());
    }
  }

  void say(String name, byte[] bytes) {
    Link to = link;
    if (to != null && whole) {
      to.send(new Frame.Presence(name, bytes).encode());
    }
  }

  @Override
  public void frame(ByteBuffer bytes) {
    gate.enter();
    try {
      if (!closed && !lost) {
        heardNanos = accord.nanos();
        heard(Frame.decode(bytes));
      }
    } catch (Frame.BadFrameException e) {
      end("what " + address + " says cannot be understood: " + e.getMessage());
    } catch (StorageException e) {
      Link to = link;
      if (to != null) {
        to.send(new Frame.Trouble(String.valueOf(e.getMessage())).encode());
      }
      end("the disk here failed: " + e.getMessage());
    } finally {
      gate.leave();
    }
  }

  private void heard(Frame frame) {
    switch (frame) {
      case Frame.Welcome welcome -> {
        Link to = link;
        if (copyist != null || to == null) {
          throw new Frame.BadFrameException("a second welcome");
        }
        copyist = new Copyist(accord.mirror().own(), to, accord.shell().tell());
        accord
            .shell()
            .tell()
            .accept("making the copy of " + welcome.name() + " at " + address + " whole");
        accord.shell().baton().run();
      }
      case Frame.Refused(String reason) -> end(address + " refuses: " + reason);
      case Frame.Alive _ -> {
        // It was heard.
      }
      case Frame.InSync _ -> {
        news = true;
        accord.shell().accord().run();
      }
      default -> {
        Copyist to = copyist;
        if (to == null) {
          throw new Frame.BadFrameException("no welcome");
        }
        to.heard(frame);
        if (!whole && to.whole()) {
          whole = true;
          accord.shell().baton().run();
        }
      }
    }
  }

  private void end(String reason) {
    why = reason;
    lost = true;
    Link to = link;
    if (to != null) {
      to.close();
    }
    accord.shell().accord().run();
  }

  @Override
  public void lost(String reason) {
    if (!lost) {
      why = reason;
      lost = true;
    }
    accord.shell().accord().run();
  }

  /// Answers nothing more. When this returns nothing is done to the store any more either.
  void close() {
    closed = true;
    Link to = link;
    if (to != null) {
      to.close();
    }
    gate.enter();
    Copyist was = copyist;
    copyist = null;
    if (was != null) {
      was.close();
    }
    gate.leave();
  }
}
