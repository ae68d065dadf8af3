package io.batonmq.checks.bench.load;

import java.io.IOException;

/// One load: `java -cp ... Driver work=sends factory=CLASS url=URL ...`. Prints `window begin` and `window
/// end`, then `result` with what was seen; ends with 1 and a line where it could not be done.
public final class Driver {
  private Driver() {}

  /// Runs one load.
  public static void main(String[] words) {
    int code = 0;
    Arguments arguments = new Arguments(words);
    try (Clients clients = new Clients(arguments)) {
      switch (arguments.text("work")) {
        case "sends" -> Sends.run(clients, arguments);
        case "flow" -> Flow.run(clients, arguments);
        case "fill" -> Backlog.fill(clients, arguments);
        case "drain" -> Backlog.drain(clients, arguments);
        case "turns" -> Turns.run(clients, arguments);
        case "gap" -> Gap.run(clients, arguments);
        case "idle" -> Idle.run(clients, arguments);
        default -> throw new IllegalArgumentException("no such work: " + arguments.text("work"));
      }
    } catch (Exception e) {
      e.printStackTrace();
      System.out.println("failed " + e);
      code = 1;
    }
    System.out.flush();
    // Clients leave threads behind when their broker is gone.
    Runtime.getRuntime().halt(code);
  }

  /// Waits for a line on standard input, or for the end of whoever would write it.
  static void untilTold() throws IOException {
    System.in.read();
  }
}
