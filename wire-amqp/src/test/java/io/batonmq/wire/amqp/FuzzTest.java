package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Line;
import io.batonmq.session.Output;
import io.batonmq.session.WireEngine;
import io.batonmq.session.Wiring;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a real conversation sends, broken in every way that a seed thinks of. Nothing may escape the engine,
/// nothing may loop, memory stays in bounds, and whoever is sent away is told why by AMQP's own words.
class FuzzTest {
  private static final int SEEDS = Integer.getInteger("fuzz.seeds", 4_000);
  private static final long ALLOCATED_MAX = 48L << 20;

  /// Frames as a scripted peer sent them, headers among them.
  private static final List<byte[]> FRAMES = record();

  @Test
  @Timeout(value = 240)
  void brokenFramesHurtOnlyTheirConnection() {
    Set<String> reasons = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        Run run = new Run(new Random(seed));
        run.go();
        if (run.reason != null) {
          reasons.add(run.reason);
        }
      } catch (Throwable broken) {
        throw new AssertionError("seed " + seed, broken);
      }
    }
    // That the mutations reach far enough to be refused in many ways is what makes this test one.
    assertThat(reasons).hasSizeGreaterThan(30);
  }

  @Test
  void theRecordingItselfIsAccepted() {
    Run run = new Run(new Random(1));
    run.feed(FRAMES, true);
    assertThat(run.reason).isEmpty();
    assertThat(run.seen)
        .contains(Command.Send.class, Command.Settle.class, Command.Begin.class, Command.End.class);
  }

  /// One connection, with a broker that says yes to everything.
  private static final class Run implements Gateway, Line {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Random random;
    private final Deque<Output> outputs = new ArrayDeque<>();
    private final Set<Class<?>> seen = new HashSet<>();
    private final WireEngine engine;
    private long nanos = 1;
    private long deliveries;
    private String reason;

    Run(Random random) {
      this.random = random;
      engine =
          new AmqpProtocol("baton", List::of, AmqpLimits.standard())
              .open(
                  new Wiring(
                      1,
                      "fuzz",
                      this,
                      _ -> {},
                      this,
                      new ScriptedPeer.OneUser(List.of("PLAIN", "ANONYMOUS"))),
                  now());
    }

    Now now() {
      nanos += TimeUnit.MICROSECONDS.toNanos(50);
      return new Now(nanos, 1_000_000);
    }

    void go() {
      feed(mutated(), random.nextBoolean());
      nanos += TimeUnit.SECONDS.toNanos(100);
      engine.tick(now());
      nanos += TimeUnit.SECONDS.toNanos(100);
      engine.tick(now());
      engine.lost(now());
      if (reason != null) {
        assertThat(reason).doesNotContain("internal error");
      }
    }

    /// @param whole frame by frame, else in pieces of any size
    void feed(List<byte[]> frames, boolean whole) {
      Iterator<byte[]> sizes = frames.iterator();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      frames.forEach(all::writeBytes);
      byte[] bytes = all.toByteArray();
      long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
      for (int at = 0; at < bytes.length && reason == null; ) {
        int piece = whole ? sizes.next().length : 1 + random.nextInt(400);
        int size = Math.min(bytes.length - at, piece);
        engine.receive(ByteBuffer.wrap(bytes, at, size), now());
        at += size;
        answer();
      }
      long after = THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
      assertThat(after - before).as("bytes allocated").isLessThan(ALLOCATED_MAX);
    }

    private void answer() {
      while (!outputs.isEmpty()) {
        engine.emit(outputs.poll(), now());
      }
      engine.tick(now());
    }

    private List<byte[]> mutated() {
      List<byte[]> frames = new ArrayList<>();
      FRAMES.forEach(frame -> frames.add(frame.clone()));
      // Most mutations come late, so that most conversations get somewhere.
      int from = random.nextInt(3) == 0 ? 0 : 4 + random.nextInt(frames.size() - 4);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int at = Math.min(frames.size() - 1, from + random.nextInt(6));
        byte[] frame = frames.get(at);
        switch (random.nextInt(9)) {
          case 0, 1, 2 -> frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
          case 3 -> frame[random.nextInt(frame.length)] = (byte) random.nextInt();
          case 4 -> frames.set(at, resized(frame, Math.max(8, random.nextInt(frame.length + 1))));
          case 5 -> frames.set(at, resized(frame, frame.length + random.nextInt(100)));
          case 6 -> frames.add(at, frames.get(random.nextInt(frames.size())).clone());
          case 7 -> frames.remove(at);
          default -> {
            int start = random.nextInt(frame.length);
            for (int b = start; b < Math.min(frame.length, start + 8); b++) {
              frame[b] = (byte) random.nextInt();
            }
          }
        }
        if (frames.isEmpty()) {
          frames.add(new byte[8]);
        }
      }
      return frames;
    }

    /// Another length, told truly: what is inside has to be looked at.
    private byte[] resized(byte[] frame, int size) {
      byte[] other = Arrays.copyOf(frame, size);
      for (int i = frame.length; i < size; i++) {
        other[i] = (byte) random.nextInt();
      }
      ByteBuffer.wrap(other).putInt(0, size);
      return other;
    }

    @Override
    public boolean submit(Command command) {
      seen.add(command.getClass());
      switch (command) {
        case Command.Connect _ -> outputs.add(new Output.Connected());
        case Command.OpenProducer open -> outputs.add(new Output.ProducerOpened(open.link(), 20));
        case Command.MakeTemporary make ->
            outputs.add(new Output.TemporaryMade(make.link(), "temporary.1.1"));
        case Command.OpenConsumer open ->
            outputs.add(new Output.ConsumerOpened(open.link(), open.source().address()));
        case Command.Send send -> {
          outputs.add(new Output.Sent(send.link(), send.delivery(), null));
          outputs.add(new Output.Grant(send.link(), 1));
          if (send.delivery() % 7 == 3) {
            outputs.add(new Output.Withdraw(send.link()));
          }
        }
        case Command.Withdrawn _, Command.SendFragment _, Command.DropFragments _ -> {}
        case Command.Fetch fetch ->
            outputs.add(
                new Output.Fragment(fetch.link(), fetch.delivery(), fetch.index(), new byte[100]));
        case Command.Credit credit -> {
          for (; deliveries < Math.min(5, credit.limit()); deliveries++) {
            outputs.add(
                new Output.Delivered(
                    credit.link(),
                    deliveries,
                    new Message(Format.AMQP, true, 4, 0, null, null, 0, new byte[200]),
                    1,
                    true,
                    false,
                    null));
          }
          if (credit.drain()) {
            outputs.add(new Output.Drained(credit.link()));
          }
        }
        case Command.Settle settle -> {
          if (settle.answer()) {
            outputs.add(new Output.Settled(settle.link(), settle.first(), settle.last(), null));
          }
        }
        case Command.CloseLink close -> outputs.add(new Output.LinkClosed(close.link(), null));
        case Command.Begin begin -> outputs.add(new Output.Begun(begin.request(), 42));
        case Command.End end -> outputs.add(new Output.Ended(end.request(), null));
        case Command.Disconnect _ -> outputs.clear();
        case Command.BeginBranch _,
            Command.EndBranch _,
            Command.Recover _,
            Command.Watch _,
            Command.MakeDestination _,
            Command.DeleteDestination _ ->
            throw new AssertionError("AMQP has no " + command);
      }
      return true;
    }

    @Override
    public void submitted(Now now) {}

    @Override
    public void whenReady(Runnable ready) {}

    @Override
    public void write(ByteBuffer bytes) {}

    @Override
    public void reading(boolean on) {}

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void close(String why) {
      reason = why;
    }
  }

  /// Has a scripted peer do everything once, and cuts what it sent into frames.
  private static List<byte[]> record() {
    ScriptedPeer scripted = new ScriptedPeer().connected().session();
    int orders = scripted.producing("orders", 20);
    for (int i = 0; i < 3; i++) {
      scripted
          .peer
          .remoteTransfer()
          .withHandle(0)
          .withDeliveryId(i)
          .withDeliveryTag(new byte[] {(byte) i})
          .withHeader()
          .withDurability(true)
          .and()
          .withMessageAnnotations()
          .withAnnotation("x-opt-jms-msg-type", (byte) 5)
          .and()
          .withProperties()
          .withMessageId("ID:p:1:1:1-" + i)
          .withTo("orders")
          .and()
          .withApplicationProperties()
          .withProperty("_AMQ_DUPL_ID", "id" + i)
          .and()
          .withBody()
          .withString("hello")
          .and()
          .now();
    }
    int from = scripted.consuming("orders");
    scripted
        .peer
        .remoteFlow()
        .withHandle(1)
        .withNextIncomingId(0)
        .withIncomingWindow(100)
        .withNextOutgoingId(3)
        .withOutgoingWindow(100)
        .withDeliveryCount(0)
        .withLinkCredit(5)
        .now();
    for (int i = 0; i < 5; i++) {
      scripted.peer.expectTransfer();
      scripted.broker(
          new Output.Delivered(
              from,
              i,
              new Message(Format.AMQP, true, 4, 0, null, null, 0, new byte[20]),
              0,
              true,
              false,
              null));
    }
    scripted
        .peer
        .remoteDisposition()
        .withRole(true)
        .withFirst(0)
        .withLast(2)
        .withSettled(true)
        .withState(Accepted.getInstance())
        .now();
    scripted
        .peer
        .remoteDisposition()
        .withRole(true)
        .withFirst(3)
        .withSettled(false)
        .withState()
        .modified(true)
        .now();
    scripted.peer.expectAttach();
    scripted.peer.expectFlow();
    scripted
        .peer
        .remoteAttach()
        .ofSender()
        .withName("txn")
        .withHandle(9)
        .withInitialDeliveryCount(0)
        .withSource()
        .and()
        .withCoordinator()
        .withCapabilities("amqp:local-transactions")
        .and()
        .now();
    byte[] id = ByteBuffer.allocate(8).putLong(42).array();
    scripted
        .peer
        .remoteDeclare()
        .withHandle(9)
        .withDeliveryId(3)
        .withDeliveryTag(new byte[] {3})
        .now();
    scripted.peer.expectDisposition();
    scripted.peer.expectFlow();
    scripted.broker(new Output.Begun(scripted.command(Command.Begin.class).request(), 42));
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withDeliveryId(4)
        .withDeliveryTag(new byte[] {4})
        .withMore(true)
        .withState()
        .transactional()
        .withTxnId(id)
        .and()
        .withPayload(new byte[] {0, 0x53, 0x75, (byte) 0xa0, 5, 'h', 'e'})
        .now();
    scripted
        .peer
        .remoteTransfer()
        .withHandle(0)
        .withPayload("llo".getBytes(StandardCharsets.UTF_8))
        .now();
    scripted
        .peer
        .remoteDischarge()
        .withTxnId(id)
        .withFail(false)
        .withHandle(9)
        .withDeliveryId(5)
        .withDeliveryTag(new byte[] {5})
        .now();
    scripted
        .peer
        .remoteAttach()
        .ofReceiver()
        .withName("sub|global")
        .withHandle(2)
        .withSource()
        .withAddress("news")
        .withCapabilities("topic", "shared", "global")
        .withDurabilityOfUnsettledState()
        .withExpiryPolicyOfNever()
        .and()
        .withTarget()
        .and()
        .now();
    scripted.peer.remoteDetach().withHandle(2).now();
    scripted.peer.remoteEmptyFrame().now();
    scripted.peer.remoteDetach().withHandle(0).withClosed(true).now();
    scripted.peer.remoteEnd().now();
    scripted.peer.remoteClose().now();
    assertThat(orders).isNotEqualTo(from);
    return frames(scripted.recorded.toByteArray());
  }

  private static List<byte[]> frames(byte[] bytes) {
    List<byte[]> frames = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int size = buffer.getInt(buffer.position());
      // "AMQP" where a size would be: a protocol header.
      byte[] frame = new byte[size == 0x414d5150 ? 8 : size];
      buffer.get(frame);
      frames.add(frame);
    }
    return frames;
  }
}
