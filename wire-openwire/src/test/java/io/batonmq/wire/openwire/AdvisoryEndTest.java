package io.batonmq.wire.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.message.RoutingType;
import io.batonmq.session.Notice;
import io.batonmq.session.Output;
import org.junit.jupiter.api.Test;

/// News for a peer that reads slowly, or not at all.
class AdvisoryEndTest {
  private static final int LINK = 1;

  private final FuzzTest.Run run = new FuzzTest.Run();

  private void watch() {
    FuzzTest.frames(true).subList(0, 2).forEach(run::receive);
    run.receive(
        FuzzTest.bytes(
            FuzzTest.command(Type.CONSUMER_INFO)
                .with(Field.CONSUMER_ID, FuzzTest.member(Type.CONSUMER_ID))
                .with(Field.PREFETCH_SIZE, 1_000)
                .with(
                    Field.DESTINATION,
                    Destinations.of(Type.TOPIC, "ActiveMQ.Advisory.Consumer.Queue.>")),
            new Coding(12, true, true, false)));
  }

  private void news(int consumer, boolean there) {
    var subject = new Notice.Subject.Destination("consumer " + consumer, false);
    var notice = new Notice(Notice.Kind.CONSUMERS, RoutingType.ANYCAST, "q", subject, 1, there);
    run.engine.emit(new Output.News(LINK, notice), run.now());
  }

  private int writtenBy(Runnable step) {
    int before = run.written.size();
    step.run();
    return run.written.size() - before;
  }

  @Test
  void nothingIsWrittenWhileTheLineIsFull() {
    watch();
    run.writable = false;
    assertThat(writtenBy(() -> news(1, true))).isZero();
    run.writable = true;
    assertThat(writtenBy(() -> run.engine.writable(run.now()))).isEqualTo(1);
  }

  @Test
  void ofWhatCameAndWentMeanwhileNothingWaitsAndNothingIsSaid() {
    watch();
    assertThat(writtenBy(() -> news(0, true))).isEqualTo(1);
    run.writable = false;
    for (int i = 1; i <= 1_000; i++) {
      news(i, true);
      news(i, false);
    }
    news(0, false);
    news(2_000, true);
    run.writable = true;
    assertThat(writtenBy(() -> run.engine.writable(run.now()))).isEqualTo(2);
  }

  @Test
  void whoHasNoPrefetchIsToldOnlyWhatItAsksFor() {
    watch();
    var coding = new Coding(12, true, true, false);
    var id = FuzzTest.member(Type.CONSUMER_ID);
    run.receive(
        FuzzTest.bytes(
            new Struct(Type.CONSUMER_CONTROL).with(Field.CONSUMER_ID, id).with(Field.PREFETCH, 0),
            coding));
    assertThat(writtenBy(() -> news(1, true))).isZero();
    byte[] pull =
        FuzzTest.bytes(
            new Struct(Type.MESSAGE_PULL).with(Field.CONSUMER_ID, id).with(Field.TIMEOUT, -1L),
            coding);
    assertThat(writtenBy(() -> run.receive(pull))).isEqualTo(1);
    assertThat(writtenBy(() -> run.receive(pull))).isEqualTo(1);
  }
}
