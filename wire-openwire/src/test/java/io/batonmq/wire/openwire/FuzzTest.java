package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Xid;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import io.batonmq.seam.Now;
import io.batonmq.session.Authenticator;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Line;
import io.batonmq.session.Notice;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import io.batonmq.session.WireEngine;
import io.batonmq.session.Wiring;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A conversation as a client has it, with bytes changed by chance: it may end, but never by an error of ours, and
/// no class that it names is ever touched.
class FuzzTest {
  /// `-Dbaton.fuzz=1000000` is the long form.
  private static final int ROUNDS = Integer.getInteger("baton.fuzz", 4_000);

  private static final String CONNECTION = "ID:fuzz-1:1";
  private static final List<byte[]> TIGHT = frames(true);
  private static final List<byte[]> LOOSE = frames(false);

  static volatile boolean touched;

  /// What a stranger would like to be loaded.
  static final class Canary extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static {
      touched = true;
    }

    Canary(String message) {
      super(message);
      touched = true;
    }
  }

  @Test
  void noBytesBringTheEngineDown() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      play(seed);
    }
    assertThat(touched).isFalse();
  }

  @Test
  void theConversationAsItIsReachesItsEnd() {
    for (boolean tight : new boolean[] {true, false}) {
      var run = new Run();
      for (byte[] frame : frames(tight)) {
        run.receive(frame);
      }
      assertThat(run.reason).isEmpty();
      assertThat(run.commands)
          .contains(
              Command.Connect.class,
              Command.OpenProducer.class,
              Command.OpenConsumer.class,
              Command.Send.class,
              Command.SendFragment.class,
              Command.Credit.class,
              Command.Settle.class,
              Command.Begin.class,
              Command.End.class,
              Command.BeginBranch.class,
              Command.EndBranch.class,
              Command.Recover.class,
              Command.MakeTemporary.class,
              Command.Watch.class,
              Command.CloseLink.class,
              Command.Disconnect.class);
    }
    assertThat(touched).isFalse();
  }

  private static void play(int seed) {
    var random = new Random(seed);
    var run = new Run();
    var frames = random.nextBoolean() ? TIGHT : LOOSE;
    int mutated = random.nextInt(frames.size());
    for (int i = 0; i < frames.size() && run.reason == null; i++) {
      byte[] frame = frames.get(i);
      if (i == mutated || random.nextInt(20) == 0) {
        frame = frame.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
          frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        }
      }
      run.receive(frame);
    }
    assertThat(String.valueOf(run.reason)).as("seed " + seed).doesNotContain("internal error");
    run.engine.lost(run.now());
  }

  static List<byte[]> frames(boolean tight) {
    List<byte[]> frames = new ArrayList<>();
    var introduction =
        new Struct(Type.WIRE_FORMAT_INFO)
            .with(Field.MAGIC, "ActiveMQ".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            .with(Field.VERSION, 12)
            .with(
                Field.MARSHALLED_PROPERTIES,
                Primitives.encode(
                    Map.of(
                        "TightEncodingEnabled",
                        tight,
                        "CacheEnabled",
                        true,
                        "MaxInactivityDuration",
                        30_000L)));
    frames.add(bytes(introduction, Coding.FIRST));
    var coding = new Coding(12, tight, true, false);
    for (var struct : commands()) {
      frames.add(bytes(struct, coding));
    }
    return frames;
  }

  static byte[] bytes(Struct struct, Coding coding) {
    var buffer = Encoder.frame(struct, coding);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static List<Struct> commands() {
    var connection = new Struct(Type.CONNECTION_ID).with(Field.CONNECTION, CONNECTION);
    var queue = Destinations.of(Type.QUEUE, "orders");
    var consumer = member(Type.CONSUMER_ID);
    var producer = member(Type.PRODUCER_ID);
    var local =
        new Struct(Type.LOCAL_TRANSACTION_ID)
            .with(Field.VALUE, 1L)
            .with(Field.CONNECTION_ID, connection);
    var branch = Branch.struct(new Xid(1, new byte[] {1, 2}, new byte[] {3}));
    var temporary = Destinations.of(Type.TEMP_QUEUE, CONNECTION + ":1");
    List<Struct> all = new ArrayList<>();
    all.add(
        command(Type.CONNECTION_INFO)
            .with(Field.CONNECTION_ID, connection)
            .with(Field.CLIENT_ID, "client")
            .with(Field.MANAGEABLE, true));
    all.add(
        command(Type.CONSUMER_INFO)
            .with(Field.CONSUMER_ID, member(Type.CONSUMER_ID).with(Field.VALUE, 9L))
            .with(Field.PREFETCH_SIZE, 1000)
            .with(
                Field.DESTINATION,
                Destinations.of(
                    Type.TOPIC, "ActiveMQ.Advisory.TempQueue,ActiveMQ.Advisory.TempTopic")));
    all.add(
        command(Type.DESTINATION_INFO)
            .with(Field.CONNECTION_ID, connection)
            .with(Field.DESTINATION, temporary));
    all.add(
        command(Type.PRODUCER_INFO)
            .with(Field.PRODUCER_ID, producer)
            .with(Field.DESTINATION, queue));
    all.add(message(producer, queue, 1, null, 10));
    all.add(message(producer, queue, 2, null, 300_000));
    all.add(
        command(Type.CONSUMER_INFO)
            .with(Field.CONSUMER_ID, consumer)
            .with(Field.DESTINATION, queue)
            .with(Field.SELECTOR, "a = 'b'")
            .with(Field.PREFETCH_SIZE, 10));
    all.add(transaction(local, 0));
    all.add(message(producer, queue, 3, local, 10));
    all.add(ack(consumer, queue, 2, 1, local));
    all.add(transaction(local, 2));
    all.add(transaction(branch, 0));
    all.add(message(producer, queue, 4, branch, 10));
    all.add(transaction(branch, 7));
    all.add(transaction(branch, 1));
    all.add(transaction(branch, 3));
    all.add(transaction(branch, 5));
    // What the stock client says after a failover beside the commands that had no answer.
    all.add(new Struct(Type.RESPONSE));
    for (int type = 0; type <= 6; type++) {
      all.add(ack(consumer, queue, type, 2, null));
    }
    all.add(
        command(Type.MESSAGE_PULL)
            .with(Field.CONSUMER_ID, consumer)
            .with(Field.DESTINATION, queue)
            .with(Field.TIMEOUT, 10L));
    all.add(
        command(Type.CONSUMER_CONTROL).with(Field.CONSUMER_ID, consumer).with(Field.PREFETCH, 5));
    all.add(command(Type.KEEP_ALIVE_INFO));
    all.add(
        command(Type.REMOVE_INFO)
            .with(Field.OBJECT_ID, consumer)
            .with(Field.LAST_DELIVERED_SEQUENCE_ID, 3L));
    all.add(
        command(Type.REMOVE_SUBSCRIPTION_INFO)
            .with(Field.CONNECTION_ID, connection)
            .with(Field.SUBSCRIPTION_NAME, "sub")
            .with(Field.CLIENT_ID, "client"));
    all.add(
        command(Type.REMOVE_INFO)
            .with(Field.OBJECT_ID, connection)
            .with(Field.LAST_DELIVERED_SEQUENCE_ID, -2L));
    all.add(command(Type.SHUTDOWN_INFO));
    return all;
  }

  static Struct command(Type type) {
    return new Struct(type).with(Field.COMMAND_ID, 7).with(Field.RESPONSE_REQUIRED, true);
  }

  static Struct member(Type type) {
    return new Struct(type)
        .with(Field.CONNECTION, CONNECTION)
        .with(Field.SESSION, 1L)
        .with(Field.VALUE, 1L);
  }

  private static Struct transaction(Struct id, int type) {
    return command(Type.TRANSACTION_INFO).with(Field.TRANSACTION_ID, id).with(Field.TYPE, type);
  }

  static Struct message(
      Struct producer, Struct queue, long sequence, @Nullable Struct transaction, int size) {
    return command(Type.TEXT_MESSAGE)
        .with(Field.PRODUCER_ID, producer)
        .with(Field.DESTINATION, queue)
        .with(Field.TRANSACTION_ID, transaction)
        .with(
            Field.MESSAGE_ID,
            new Struct(Type.MESSAGE_ID)
                .with(Field.PRODUCER_ID, producer)
                .with(Field.PRODUCER_SEQUENCE_ID, sequence))
        .with(Field.PERSISTENT, true)
        .with(Field.MARSHALLED_PROPERTIES, Primitives.encode(Map.of("a", "b", "n", 5)))
        .with(Field.CONTENT, new byte[size]);
  }

  private static Struct ack(
      Struct consumer, Struct queue, int type, long sequence, @Nullable Struct transaction) {
    return command(Type.MESSAGE_ACK)
        .with(Field.CONSUMER_ID, consumer)
        .with(Field.DESTINATION, queue)
        .with(Field.TRANSACTION_ID, transaction)
        .with(Field.ACK_TYPE, type)
        .with(Field.MESSAGE_COUNT, 1)
        .with(
            Field.LAST_MESSAGE_ID,
            new Struct(Type.MESSAGE_ID)
                .with(Field.BROKER_SEQUENCE_ID, sequence)
                .with(Field.PRODUCER_ID, member(Type.PRODUCER_ID))
                .with(Field.PRODUCER_SEQUENCE_ID, sequence))
        .with(Field.POISON_CAUSE, new Fault(Canary.class.getName(), "boo"));
  }

  /// A broker that answers everything at once.
  static final class Run implements Gateway, Line, Authenticator {
    final List<Class<?>> commands = new ArrayList<>();
    final Queue<Output> outputs = new ArrayDeque<>();
    final List<byte[]> written = new ArrayList<>();
    final WireEngine engine;
    @Nullable String reason;
    int credit = 1_000;
    boolean reading = true;
    boolean writable = true;

    final List<Command> submitted = new ArrayList<>();
    String user = "anonymous";
    boolean answers = true;
    long nanos = 1;
    private long deliveries;

    Run() {
      this(new BodyRoom(1 << 20), new BodyRoom(1 << 20));
    }

    Run(BodyRoom coming, BodyRoom going) {
      var protocol =
          new OpenWireProtocol(
              "baton",
              "ID:baton-1",
              List::of,
              Wildcards.DEFAULTS,
              Map.of(),
              OpenWireLimits.standard(),
              false,
              coming,
              going);
      engine = protocol.open(new Wiring(1, "peer", this, outputs::add, this, this), now());
    }

    Now now() {
      return new Now(nanos++, 1_000);
    }

    void receive(byte[] bytes) {
      engine.receive(ByteBuffer.wrap(bytes), now());
      for (var output = outputs.poll(); output != null; output = outputs.poll()) {
        engine.emit(output, now());
      }
      engine.tick(now());
    }

    @Override
    public boolean submit(Command command) {
      commands.add(command.getClass());
      submitted.add(command);
      if (!answers) {
        return true;
      }
      switch (command) {
        case Command.Connect _ -> outputs.add(new Output.Connected());
        case Command.OpenProducer open ->
            outputs.add(new Output.ProducerOpened(open.link(), credit));
        case Command.OpenConsumer open -> outputs.add(new Output.ConsumerOpened(open.link(), "a"));
        case Command.MakeTemporary make -> {
          outputs.add(new Output.TemporaryMade(make.link(), "temporary.x"));
        }
        case Command.Watch watch -> {
          outputs.add(new Output.ConsumerOpened(watch.link(), watch.pattern()));
          outputs.add(
              new Output.News(
                  watch.link(),
                  new Notice(
                      watch.kind(),
                      RoutingType.ANYCAST,
                      "temporary.x",
                      new Notice.Subject.Destination("temporary.x", false),
                      1,
                      true)));
        }
        case Command.Send send -> outputs.add(new Output.Sent(send.link(), send.delivery(), null));
        case Command.Credit credit -> {
          for (; deliveries < Math.min(5, credit.limit()); deliveries++) {
            outputs.add(delivery(credit.link(), deliveries));
          }
          if (credit.drain()) {
            outputs.add(new Output.Drained(credit.link()));
          }
        }
        case Command.Begin begin -> outputs.add(new Output.Begun(begin.request(), 42));
        case Command.BeginBranch begin -> outputs.add(new Output.Begun(begin.request(), 43));
        case Command.End end -> outputs.add(new Output.Ended(end.request(), null));
        case Command.EndBranch end -> outputs.add(new Output.Ended(end.request(), null));
        case Command.Recover recover ->
            outputs.add(
                new Output.Recovered(
                    recover.request(), List.of(new Xid(1, new byte[] {1}, new byte[] {2})), false));
        case Command.CloseLink close -> outputs.add(new Output.LinkClosed(close.link(), null));
        default -> {}
      }
      return true;
    }

    private static Output delivery(int link, long number) {
      var struct =
          message(
              member(Type.PRODUCER_ID), Destinations.of(Type.QUEUE, "orders"), number + 1, null, 5);
      return new Output.Delivered(
          link,
          number,
          new Message(
              Format.OPENWIRE, true, 4, 0, null, null, 0, Encoder.encode(struct, Coding.KEPT)),
          0,
          true,
          false,
          null);
    }

    @Override
    public void submitted(Now now) {}

    @Override
    public void whenReady(Runnable ready) {
      ready.run();
    }

    @Override
    public void write(ByteBuffer bytes) {
      byte[] frame = new byte[bytes.remaining()];
      bytes.get(frame);
      written.add(frame);
    }

    @Override
    public boolean writable() {
      return writable;
    }

    @Override
    public void reading(boolean on) {
      reading = on;
    }

    @Override
    public void close(String why) {
      reason = why;
    }

    @Override
    public List<String> mechanisms() {
      return List.of("ANONYMOUS");
    }

    @Override
    public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
      answer.accept(Optional.empty());
    }

    @Override
    public ScramVerifier scramVerifier(String user) {
      throw new IllegalStateException("OpenWire has no SCRAM");
    }

    @Override
    public String nonce() {
      throw new IllegalStateException("OpenWire has no nonces");
    }

    @Override
    public Optional<Principal> anonymous() {
      return Optional.of(new Principal(user, Set.of()));
    }
  }
}
