package io.batonmq.checks.bench.peer;

/// Starts a broker of ActiveMQ Classic, whose classes are on the class path of its own process only.
public final class ClassicMain {
  private ClassicMain() {}

  /// Arguments: data folder, port.
  public static void main(String[] words) throws ReflectiveOperationException {
    Class<?> type = Class.forName("org.apache.activemq.broker.BrokerService");
    Object broker = type.getConstructor().newInstance();
    type.getMethod("setBrokerName", String.class).invoke(broker, "bench");
    type.getMethod("setDataDirectory", String.class).invoke(broker, words[0]);
    type.getMethod("setUseJmx", boolean.class).invoke(broker, false);
    type.getMethod("addConnector", String.class)
        .invoke(broker, "tcp://127.0.0.1:" + words[1] + "?maximumConnections=2000");
    type.getMethod("start").invoke(broker);
    type.getMethod("waitUntilStopped").invoke(broker);
  }
}
