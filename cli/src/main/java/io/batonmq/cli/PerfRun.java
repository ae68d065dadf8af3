package io.batonmq.cli;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/// One run of `perf`: clients, each with a connection of its own, and a look at them each second.
final class PerfRun {
  /// When a message was due, by this machine's monotonic clock: comparable between processes of a host.
  private static final String DUE = "perfDueNanos";

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final PrintWriter out;
  private final PrintWriter err;
  private final PerfOptions options;
  private final PerfOptions.Sending sending;
  private final int producers;
  private final int consumers;
  private final PerfMeter meter = new PerfMeter();
  private final List<Connection> connections = new ArrayList<>();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean failsOver;
  private volatile boolean over;

  PerfRun(
      CommandSpec spec,
      PerfOptions options,
      PerfOptions.Sending sending,
      int producers,
      int consumers) {
    this.out = spec.commandLine().getOut();
    this.err = spec.commandLine().getErr();
    this.options = options;
    this.sending = sending;
    this.producers = producers;
    this.consumers = consumers;
  }

  int call() throws IOException, InterruptedException {
    if (producers < 0 || consumers < 0 || producers + consumers == 0) {
      throw UserException.usage("there has to be a producer or a consumer");
    }
    if (sending.maxPending < 0 || sending.rate < 0 || sending.messageSize < 0) {
      throw UserException.usage("--max-pending, --rate and --message-size are not below 0");
    }
    var targets = options.targets();
    var access = options.connection.access(new Prompter(err, options.silent));
    failsOver = access.url().failsOver();
    // Before the load: an hour of it shall not end with a file that cannot be written.
    try (var json = open("--json", options.json);
        var hdr = open("--hdr", options.hdr)) {
      return run(new Clients(access, err), targets, json, hdr);
    }
  }

  private static @Nullable PrintWriter open(String option, @Nullable Path file) throws IOException {
    if (file == null) {
      return null;
    }
    try {
      return new PrintWriter(Files.newBufferedWriter(file), false);
    } catch (IOException e) {
      throw new IOException(option + ": " + Failures.sentence(e), e);
    }
  }

  private int run(
      Clients clients, List<Target> targets, @Nullable PrintWriter json, @Nullable PrintWriter hdr)
      throws IOException, InterruptedException {
    var hook = new Thread(this::stop, "perf-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      start(clients, targets);
      watch(json);
      if (hdr != null) {
        var all = meter.all();
        var latencies = consumers > 0 ? all.transfers() : all.answers();
        var text = new ByteArrayOutputStream();
        latencies.outputPercentileDistribution(
            new PrintStream(text, true, StandardCharsets.UTF_8), 1000.0);
        hdr.print(text.toString(StandardCharsets.UTF_8));
        flush(hdr, "--hdr", options.hdr);
      }
    } catch (JMSException e) {
      throw UserException.failed(clients.sentence(e));
    } finally {
      over = true;
      close();
      stopped.countDown();
      unhook(hook);
    }
    var e = failure.get();
    if (e != null) {
      throw UserException.failed(
          e instanceof JMSException jms ? clients.sentence(jms) : e.toString());
    }
    return Exit.OK.code();
  }

  /// A signal: the last figures are printed before the process ends.
  private void stop() {
    over = true;
    try {
      if (!stopped.await(5, TimeUnit.SECONDS)) {
        err.println("baton: the clients did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It runs already.
    }
  }

  private void start(Clients clients, List<Target> targets) throws JMSException {
    for (var target : targets) {
      for (int i = 0; i < consumers; i++) {
        var session = session(clients);
        var consumer = session.createConsumer(target.in(session));
        thread("perf-consumer", () -> receive(consumer));
      }
    }
    int all = producers * targets.size();
    long period = sending.rate == 0 ? 0 : SECOND * all / sending.rate;
    long first = System.nanoTime() + SECOND / 10;
    int number = 0;
    for (var target : targets) {
      for (int i = 0; i < producers; i++) {
        var session = session(clients);
        var producer = session.createProducer(target.in(session));
        producer.setDeliveryMode(
            sending.persistent ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        long due = first + (all == 0 ? 0 : period * number / all);
        number++;
        thread("perf-producer", () -> send(session, producer, due, period));
      }
    }
  }

  private Session session(Clients clients) throws JMSException {
    var connection = clients.connect(connections.size());
    connections.add(connection);
    return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  private interface Work {
    void run() throws JMSException, InterruptedException;
  }

  private void thread(String name, Work work) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> {
          try {
            work.run();
          } catch (JMSException | InterruptedException e) {
            fail(e);
          }
        });
  }

  private void fail(Exception e) {
    if (!over) {
      failure.compareAndSet(null, e);
      over = true;
    }
  }

  private void receive(MessageConsumer consumer) throws JMSException {
    while (!over) {
      var message = consumer.receive(500);
      if (message != null) {
        if (message.propertyExists(DUE)) {
          meter.transferred(System.nanoTime() - message.getLongProperty(DUE));
        } else {
          meter.received.increment();
        }
      }
    }
  }

  private void send(Session session, MessageProducer producer, long first, long period)
      throws JMSException, InterruptedException {
    var body = new byte[sending.messageSize];
    int pending = sending.maxPending == 0 ? Integer.MAX_VALUE : sending.maxPending;
    var room = new Semaphore(pending);
    long due = first;
    while (mayStart(room, pending)) {
      long from = period == 0 ? System.nanoTime() : due;
      long wait;
      while ((wait = from - System.nanoTime()) > 0 && !over) {
        LockSupport.parkNanos(wait);
      }
      due += period;
      BytesMessage message = session.createBytesMessage();
      message.writeBytes(body);
      message.setLongProperty(DUE, from);
      producer.send(message, new Answered(room, from));
    }
    // What is under way is waited for: it is part of the last figures.
    room.tryAcquire(pending, 5, TimeUnit.SECONDS);
  }

  /// Waits until there is room for one more message, and counts it as begun; no more if all have.
  private boolean mayStart(Semaphore room, int pending) throws InterruptedException {
    while (!over) {
      if (!room.tryAcquire(500, TimeUnit.MILLISECONDS)) {
        continue;
      }
      if (mayStart()) {
        return true;
      }
      room.release();
      // Others follow only if some of those under way turn out to have no answer.
      if (room.tryAcquire(pending, 500, TimeUnit.MILLISECONDS)) {
        boolean more = mayStart();
        room.release(more ? pending - 1 : pending);
        return more;
      }
    }
    return false;
  }

  /// Counts a message as begun, unless all have.
  private synchronized boolean mayStart() {
    // What got no answer is not sent again: it may be there. Another goes in its place.
    long counted = meter.sent.sum() - meter.unanswered.sum();
    if (options.messageCount > 0 && counted >= options.messageCount) {
      return false;
    }
    meter.sent.increment();
    return true;
  }

  private final class Answered implements CompletionListener {
    private final Semaphore room;
    private final long from;

    Answered(Semaphore room, long from) {
      this.room = room;
      this.from = from;
    }

    @Override
    public void onCompletion(Message message) {
      meter.answered(System.nanoTime() - from);
      room.release();
    }

    @Override
    public void onException(Message message, Exception e) {
      if (failsOver && Clients.lostWithTheConnection(e)) {
        meter.unanswered.increment();
      } else {
        fail(e);
      }
      room.release();
    }
  }

  private static void flush(PrintWriter writer, String option, @Nullable Path file)
      throws IOException {
    if (writer.checkError()) {
      throw new IOException(option + ": " + file + " cannot be written: is the disk full?");
    }
  }

  private void watch(@Nullable PrintWriter json) throws IOException {
    long began = System.nanoTime();
    long last = began;
    while (!over) {
      nap(last + SECOND);
      long now = System.nanoTime();
      // By when it began: a second is over a little later than it should be.
      boolean warmup = last - began < options.warmupSeconds * SECOND;
      var second = meter.second(warmup, now - last);
      last = now;
      if (!options.silent && !over) {
        PerfMeter.print(out, second, options.showLatency);
      }
      if (json != null) {
        json.println(PerfMeter.json(second, (now - began) / 1e9));
        flush(json, "--json", options.json);
      }
      over = over || ended(now - began);
    }
    out.println("--- all, without the warm-up");
    PerfMeter.print(out, meter.all(), true);
    long unanswered = meter.unanswered.sum();
    if (unanswered > 0) {
      out.printf(
          "%d sends lost their connection before their answer came: each may have arrived, or"
              + " not%n",
          unanswered);
    }
  }

  private void nap(long until) {
    long left;
    while (!over && !done() && (left = until - System.nanoTime()) > 0) {
      LockSupport.parkNanos(Math.min(left, SECOND / 20));
    }
  }

  private boolean ended(long nanos) {
    return done() || (options.seconds > 0 && nanos >= options.seconds * SECOND);
  }

  /// All messages that were asked for have come to where they were to go.
  private boolean done() {
    long wanted = options.messageCount;
    return wanted > 0
        && (producers == 0 || meter.completed.sum() >= wanted)
        && (consumers == 0 || meter.received.sum() >= wanted);
  }

  private void close() {
    for (var connection : connections) {
      try {
        connection.close();
      } catch (JMSException _) {
        // Everything that counts was counted.
      }
    }
  }
}
