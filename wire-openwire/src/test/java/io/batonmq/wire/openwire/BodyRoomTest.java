package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Refusal;
import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.Tail;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Many large bodies at once, and what a connection says that was lost before.
class BodyRoomTest {
  private static final Coding CODING = new Coding(12, true, true, false);
  private static final int LARGE = 400_000;

  private final BodyRoom bodies = new BodyRoom(1_000_000);
  private final BodyRoom going = new BodyRoom(LARGE + 1);

  private FuzzTest.Run connect() {
    return begun(new FuzzTest.Run(bodies, going));
  }

  private static FuzzTest.Run begun(FuzzTest.Run run) {
    FuzzTest.frames(true).subList(0, 5).forEach(run::receive);
    return run;
  }

  private static byte[] message(long sequence) {
    return FuzzTest.bytes(
        FuzzTest.message(
            FuzzTest.member(Type.PRODUCER_ID),
            Destinations.of(Type.QUEUE, "orders"),
            sequence,
            null,
            LARGE),
        CODING);
  }

  private static void half(FuzzTest.Run run, byte[] frame) {
    run.receive(Arrays.copyOf(frame, frame.length / 2));
  }

  private static void rest(FuzzTest.Run run, byte[] frame) {
    run.receive(Arrays.copyOfRange(frame, frame.length / 2, frame.length));
  }

  private static List<Command.Send> sent(FuzzTest.Run run) {
    return run.submitted.stream()
        .filter(Command.Send.class::isInstance)
        .map(Command.Send.class::cast)
        .toList();
  }

  @Test
  void whoFindsNoRoomIsNotReadUntilSomebodyHasDone() {
    var frame = message(1);
    var one = connect();
    var two = connect();
    var three = connect();
    for (var run : List.of(one, two, three)) {
      half(run, frame);
    }
    assertThat(List.of(one.reading, two.reading, three.reading)).containsExactly(true, true, false);
    assertThat(bodies.taken()).isBetween(2L * LARGE, 1_000_000L);
    rest(one, frame);
    assertThat(sent(one)).hasSize(1);
    three.nanos += BodyRoom.RETRY_NANOS;
    assertThat(three.engine.tick(three.now())).isGreaterThan(three.nanos);
    assertThat(three.reading).isTrue();
    rest(three, frame);
    rest(two, frame);
    assertThat(sent(three)).hasSize(1);
    assertThat(sent(two)).hasSize(1);
    assertThat(bodies.taken()).isZero();
  }

  @Test
  void whoWaitsForRoomAsksAgainSoon() {
    var frame = message(1);
    var one = connect();
    var two = connect();
    var three = connect();
    half(one, frame);
    half(two, frame);
    half(three, frame);
    long next = three.engine.tick(three.now());
    assertThat(next - three.nanos).isBetween(0L, BodyRoom.RETRY_NANOS);
  }

  @Test
  void whoIsLostGivesBackWhatItHad() {
    var one = connect();
    half(one, message(1));
    assertThat(bodies.taken()).isGreaterThan(LARGE);
    one.engine.lost(one.now());
    assertThat(bodies.taken()).isZero();
  }

  @Test
  void oneBodyIsTakenHoweverLargeItIs() {
    var small = new BodyRoom(10);
    var run = begun(new FuzzTest.Run(small, going));
    run.receive(message(1));
    assertThat(sent(run)).hasSize(1);
    assertThat(small.taken()).isZero();
  }

  @Test
  void whatWaitsForCreditKeepsNobodyOut() {
    var run = new FuzzTest.Run(bodies, going);
    run.credit = 0;
    begun(run);
    run.receive(message(1));
    assertThat(sent(run)).isEmpty();
    assertThat(bodies.taken()).isZero();
    for (int link = 1; link < 10; link++) {
      run.engine.emit(new Output.Grant(link, 1), run.now());
    }
    assertThat(sent(run)).hasSize(1);
  }

  /// A consumer that has one delivery, whose body is to be put together.
  private FuzzTest.Run taker() {
    var taker = connect();
    FuzzTest.frames(true).subList(7, 8).forEach(taker::receive);
    var struct =
        FuzzTest.message(
            FuzzTest.member(Type.PRODUCER_ID), Destinations.of(Type.QUEUE, "orders"), 1, null, 0);
    var message =
        new Message(Format.OPENWIRE, true, 4, 0, null, null, 0, Encoder.encode(struct, Coding.KEPT))
            .with(new Tail(7, LARGE));
    taker.engine.emit(
        new Output.Delivered(link(taker), 5, message, 0, true, false, null), taker.now());
    return taker;
  }

  private static int link(FuzzTest.Run taker) {
    return taker.submitted.stream()
        .filter(Command.OpenConsumer.class::isInstance)
        .mapToInt(command -> ((Command.OpenConsumer) command).link())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatGoesOutWaitsForRoomOfItsOwn() {
    half(connect(), message(1));
    half(connect(), message(1));
    var one = taker();
    var two = taker();
    assertThat(one.commands).contains(Command.Fetch.class);
    assertThat(two.commands).doesNotContain(Command.Fetch.class);
    assertThat(going.taken()).isEqualTo(LARGE);
    int before = one.written.size();
    one.engine.emit(new Output.Fragment(link(one), 5, 0, new byte[LARGE]), one.now());
    assertThat(one.written).hasSize(before + 1);
    assertThat(going.taken()).isZero();
    two.nanos += BodyRoom.RETRY_NANOS;
    two.engine.tick(two.now());
    assertThat(two.commands).contains(Command.Fetch.class);
    two.engine.lost(two.now());
    assertThat(going.taken()).isZero();
  }

  @Test
  void theCountOfAProducerIsItsUsers() {
    var one = new FuzzTest.Run();
    var two = new FuzzTest.Run();
    two.user = "another";
    for (var run : List.of(one, two)) {
      begun(run);
      run.receive(message(1));
    }
    Identity of = sent(one).getFirst().message().identity();
    assertThat(of).isInstanceOf(Identity.Sequenced.class);
    assertThat(sent(two).getFirst().message().identity()).isNotEqualTo(of);
    assertThat(Ids.ofAnybody(((Identity.Sequenced) Objects.requireNonNull(of)).producer()))
        .isEqualTo(Ids.member(FuzzTest.member(Type.PRODUCER_ID)));
    assertThat(Ids.of("a", "1:b:c")).isNotEqualTo(Ids.of("a:1", "b:c"));
  }

  @Test
  void aSubscriptionThatHasEndedHasEndedToWhoComesAgain() {
    for (boolean again : new boolean[] {true, false}) {
      var run = new FuzzTest.Run();
      run.receive(FuzzTest.frames(true).getFirst());
      run.receive(
          FuzzTest.bytes(
              FuzzTest.command(Type.CONNECTION_INFO)
                  .with(
                      Field.CONNECTION_ID,
                      new Struct(Type.CONNECTION_ID).with(Field.CONNECTION, "ID:1"))
                  .with(Field.CLIENT_ID, "client")
                  .with(Field.FAILOVER_RECONNECT, again),
              CODING));
      run.answers = false;
      run.receive(
          FuzzTest.bytes(
              FuzzTest.command(Type.REMOVE_SUBSCRIPTION_INFO).with(Field.SUBSCRIPTION_NAME, "sub"),
              CODING));
      var open = (Command.OpenConsumer) run.submitted.getLast();
      run.engine.emit(
          new Output.LinkRefused(
              open.link(), new Refusal(Refusal.Reason.NOT_FOUND, "there is no subscription")),
          run.now());
      assertThat((int) run.written.getLast()[Integer.BYTES])
          .isEqualTo(again ? Type.RESPONSE.code() : Type.EXCEPTION_RESPONSE.code());
    }
  }
}
