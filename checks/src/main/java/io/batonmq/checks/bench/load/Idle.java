package io.batonmq.checks.bench.load;

/// Connections with a session and a producer each that do nothing, until a line on standard input.
///
/// Arguments: connections, queue.
final class Idle {
  private Idle() {}

  static void run(Clients clients, Arguments arguments) throws Exception {
    int connections = arguments.number("connections");
    for (int i = 0; i < connections; i++) {
      Sends.producer(clients.session(), arguments.text("queue"));
    }
    System.out.println("ready");
    Driver.untilTold();
    System.out.println("result connections=" + connections);
  }
}
