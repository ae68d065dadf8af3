package io.batonmq.mirror;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An active node's link to a standby.
final class Downstream implements Receiver {
  private final Accord accord;
  private final Link link;
  private @Nullable Copy copy;

  Downstream(Accord accord, Link link) {
    this.accord = accord;
    this.link = link;
  }

  @Override
  public void frame(ByteBuffer bytes) {
    try {
      heard(Frame.decode(bytes));
    } catch (Frame.BadFrameException e) {
      accord.shell().tell().accept("a standby is cut off: " + e.getMessage());
      link.close();
      lost("it was cut off");
    }
  }

  private void heard(Frame frame) {
    Copy to = copy;
    if (to == null) {
      if (!(frame instanceof Frame.Hello hello)) {
        throw new Frame.BadFrameException("it did not say who it is");
      }
      Copy.Attached attached = accord.leading().attach(hello, link);
      copy = attached.copy();
      if (copy == null) {
        link.send(new Frame.Refused(attached.reason()).encode());
      }
      return;
    }
    Optional<Frame> rest = to.heard(frame);
    accord.shell().copier().run();
    if (rest.isEmpty()) {
      accord.leading().noteWhole(to);
      return;
    }
    switch (rest.get()) {
      case Frame.Presence(String name, byte[] said) -> accord.leading().present(to, name, said);
      case Frame.Trouble(String reason) -> {
        accord.shell().tell().accept("standby " + to.name() + " gives up: " + reason);
        lost(reason);
      }
      default -> throw new Frame.BadFrameException("not for an active node");
    }
  }

  @Override
  public void lost(String why) {
    Copy was = copy;
    if (was != null) {
      was.lost();
      accord.shell().accord().run();
    }
  }
}
