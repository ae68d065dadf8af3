package io.batonmq.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/// What a load did, second by second and in all. Any thread counts; one reads.
final class PerfMeter {
  private static final long NANOS_MAX = TimeUnit.MINUTES.toNanos(5);
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

  final LongAdder sent = new LongAdder();
  final LongAdder completed = new LongAdder();
  final LongAdder received = new LongAdder();

  /// Sends whose connection was lost before their answer came.
  final LongAdder unanswered = new LongAdder();

  private final Recorder answers = new Recorder(NANOS_MAX, 3);
  private final Recorder transfers = new Recorder(NANOS_MAX, 3);
  private final Histogram allAnswers = new Histogram(NANOS_MAX, 3);
  private final Histogram allTransfers = new Histogram(NANOS_MAX, 3);
  private @Nullable Histogram lastAnswers;
  private @Nullable Histogram lastTransfers;
  private long seenSent;
  private long seenCompleted;
  private long seenReceived;
  private long seenUnanswered;
  private long countedNanos;
  private long countedSent;
  private long countedCompleted;
  private long countedReceived;
  private long countedUnanswered;

  void answered(long nanos) {
    completed.increment();
    answers.recordValue(Math.clamp(nanos, 0, NANOS_MAX));
  }

  void transferred(long nanos) {
    received.increment();
    transfers.recordValue(Math.clamp(nanos, 0, NANOS_MAX));
  }

  /// The figures since the last call.
  ///
  /// @param sent messages handed to the client
  /// @param completed messages whose answer came
  /// @param unanswered messages whose connection was lost before; a number, not a rate
  record Second(
      boolean warmup,
      double sent,
      double completed,
      double received,
      long unanswered,
      Histogram answers,
      Histogram transfers) {}

  Second second(boolean warmup, long nanos) {
    long nowSent = sent.sum();
    long nowCompleted = completed.sum();
    long nowReceived = received.sum();
    long nowUnanswered = unanswered.sum();
    lastAnswers = answers.getIntervalHistogram(lastAnswers);
    lastTransfers = transfers.getIntervalHistogram(lastTransfers);
    double each = 1e9 / Math.max(1, nanos);
    var second =
        new Second(
            warmup,
            (nowSent - seenSent) * each,
            (nowCompleted - seenCompleted) * each,
            (nowReceived - seenReceived) * each,
            nowUnanswered - seenUnanswered,
            lastAnswers,
            lastTransfers);
    if (!warmup) {
      countedNanos += nanos;
      countedSent += nowSent - seenSent;
      countedCompleted += nowCompleted - seenCompleted;
      countedReceived += nowReceived - seenReceived;
      countedUnanswered += nowUnanswered - seenUnanswered;
      allAnswers.add(lastAnswers);
      allTransfers.add(lastTransfers);
    }
    seenSent = nowSent;
    seenCompleted = nowCompleted;
    seenReceived = nowReceived;
    seenUnanswered = nowUnanswered;
    return second;
  }

  /// All that was counted.
  Second all() {
    double each = 1e9 / Math.max(1, countedNanos);
    return new Second(
        false,
        countedSent * each,
        countedCompleted * each,
        countedReceived * each,
        countedUnanswered,
        allAnswers,
        allTransfers);
  }

  /// @param latency whether to print percentiles too
  static void print(PrintWriter out, Second second, boolean latency) {
    out.println("--- warmup " + second.warmup);
    rate(out, "sent", second.sent);
    rate(out, "completed", second.completed);
    rate(out, "received", second.received);
    if (second.unanswered > 0) {
      out.printf(Locale.ROOT, "--- %-15s %10d%n", "unanswered:", second.unanswered);
    }
    if (latency) {
      percentiles(out, "send ack time", second.answers);
      percentiles(out, "transfer time", second.transfers);
    }
    out.println();
    out.flush();
  }

  private static void rate(PrintWriter out, String name, double rate) {
    if (rate > 0) {
      out.printf(Locale.ROOT, "--- %-15s %10.0f msg/sec%n", name + ":", rate);
    }
  }

  private static void percentiles(PrintWriter out, String name, Histogram histogram) {
    if (histogram.getTotalCount() == 0) {
      return;
    }
    out.printf(Locale.ROOT, "--- %-15s mean: %.2f us", name + ":", histogram.getMean() / 1e3);
    for (double percentile : PERCENTILES) {
      out.printf(
          Locale.ROOT,
          " - %.2f%%: %.2f us",
          percentile,
          histogram.getValueAtPercentile(percentile) / 1e3);
    }
    out.printf(Locale.ROOT, " - max: %.2f us%n", histogram.getMaxValue() / 1e3);
  }

  /// One line; times in microseconds.
  static String json(Second second, double seconds) {
    return String.format(
        Locale.ROOT,
        "{\"at_s\":%.1f,\"warmup\":%b,\"sent\":%.1f,\"completed\":%.1f,\"received\":%.1f,\"unanswered\":%d,%s,%s}",
        seconds,
        second.warmup,
        second.sent,
        second.completed,
        second.received,
        second.unanswered,
        json("send_ack_us", second.answers),
        json("transfer_us", second.transfers));
  }

  private static String json(String name, Histogram histogram) {
    return String.format(
        Locale.ROOT,
        "\"%s\":{\"count\":%d,\"mean\":%.1f,\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
        name,
        histogram.getTotalCount(),
        histogram.getMean() / 1e3,
        histogram.getValueAtPercentile(50) / 1e3,
        histogram.getValueAtPercentile(99) / 1e3,
        histogram.getValueAtPercentile(99.9) / 1e3,
        histogram.getMaxValue() / 1e3);
  }
}
