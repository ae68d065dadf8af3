package io.batonmq.server.instance;

import io.batonmq.server.config.HaPolicy.Role;
import io.batonmq.server.instance.CreateOptions.Cluster;
import io.batonmq.server.instance.CreateOptions.Content;
import io.batonmq.server.instance.CreateOptions.Ports;
import io.batonmq.server.instance.CreateOptions.Replicated;
import io.batonmq.server.instance.CreateOptions.SharedStore;
import java.nio.file.Path;

/// The `broker.xml` of a new instance. It has the four directories, for people to point somewhere else,
/// and of `connectors`, `cluster-user`, `cluster-connections` and `ha-policy` only what was asked for:
/// people add these by hand, and two of them would be an error.
final class BrokerXml {
  private static final String CONNECTOR = "artemis";
  private static final int AMQP_PORT = 5672;
  private static final String NO_LIMIT = "-1";

  private BrokerXml() {}

  static String text(String name, CreateOptions options) {
    var data = quoted(Path.of(options.data()).toString());
    var role = quoted(options.access().role());
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <configuration xmlns="urn:activemq">
      <core xmlns="urn:activemq:core">

        <name>%1$s</name>

        <!-- From the folder of this instance. The log is in journal-directory and holds everything; the
             others are there for their names. Nodes that take over from each other share them. -->
        <paging-directory>%2$s/paging</paging-directory>
        <bindings-directory>%2$s/bindings</bindings-directory>
        <journal-directory>%2$s/journal</journal-directory>
        <large-messages-directory>%2$s/large-messages</large-messages-directory>

    %10$s    <journal-file-size>10M</journal-file-size>

        <!-- false: a crash of the machine may lose what was confirmed -->
        <journal-datasync>%3$s</journal-datasync>

        <acceptors>
    %4$s    </acceptors>

    %5$s    <security-settings>
          <security-setting match="#">
            <permission type="createAddress" roles="%6$s"/>
            <permission type="deleteAddress" roles="%6$s"/>
            <permission type="createDurableQueue" roles="%6$s"/>
            <permission type="deleteDurableQueue" roles="%6$s"/>
            <permission type="createNonDurableQueue" roles="%6$s"/>
            <permission type="deleteNonDurableQueue" roles="%6$s"/>
            <permission type="consume" roles="%6$s"/>
            <permission type="browse" roles="%6$s"/>
            <permission type="send" roles="%6$s"/>
            <permission type="manage" roles="%6$s"/>
          </security-setting>
        </security-settings>

        <address-settings>
          <address-setting match="#">
            <dead-letter-address>DLQ</dead-letter-address>
            <expiry-address>ExpiryQueue</expiry-address>
            <max-delivery-attempts>10</max-delivery-attempts>
            <redelivery-delay>0</redelivery-delay>
            <!-- -1: no limit but the disk; messages are never all in memory -->
            <max-size-bytes>%11$s</max-size-bytes>
            <address-full-policy>%9$s</address-full-policy>
            <auto-create-queues>%8$s</auto-create-queues>
            <auto-create-addresses>%8$s</auto-create-addresses>
            <auto-delete-queues>%12$s</auto-delete-queues>
            <auto-delete-addresses>%12$s</auto-delete-addresses>
          </address-setting>
        </address-settings>

        <addresses>
          <address name="DLQ">
            <anycast>
              <queue name="DLQ"/>
            </anycast>
          </address>
          <address name="ExpiryQueue">
            <anycast>
              <queue name="ExpiryQueue"/>
            </anycast>
          </address>
    %7$s    </addresses>

      </core>
    </configuration>
    """
        .formatted(
            quoted(name),
            data,
            options.fsync(),
            acceptors(options.ports()),
            pair(options),
            role,
            addresses(options.content()),
            options.content().autoCreate(),
            options.content().blocking() ? "BLOCK" : "PAGE",
            options
                .content()
                .globalMaxSize()
                .map(size -> "    <global-max-size>" + quoted(size) + "</global-max-size>\n\n")
                .orElse(""),
            quoted(fullAt(options)),
            options.content().autoDelete());
  }

  /// What makes an address full, which without a limit it never is. Elsewhere the memory for messages is
  /// that limit.
  private static String fullAt(CreateOptions options) {
    if (!options.content().blocking()) {
      return NO_LIMIT;
    }
    return options
        .content()
        .globalMaxSize()
        .filter(size -> !size.strip().equals(NO_LIMIT))
        .orElseGet(() -> Long.toString(bytes(options.javaMemory()) / 2));
  }

  /// Of a size that was looked at, such as `512M`.
  private static long bytes(String memory) {
    int shift =
        switch (memory.charAt(memory.length() - 1)) {
          case 'K', 'k' -> 10;
          case 'M', 'm' -> 20;
          default -> 30;
        };
    return Long.parseLong(memory.substring(0, memory.length() - 1)) << shift;
  }

  /// The addresses that were asked for. A name that stands twice is refused when the file is checked.
  private static String addresses(Content content) {
    var text = new StringBuilder();
    for (var queue : content.queues()) {
      int colon = queue.lastIndexOf(':');
      var name = quoted(colon < 0 ? queue : queue.substring(0, colon));
      var type = colon < 0 ? "anycast" : quoted(queue.substring(colon + 1));
      text.append(
          """
                <address name="%1$s">
                  <%2$s>
                    <queue name="%1$s"/>
                  </%2$s>
                </address>
          """
              .formatted(name, type));
    }
    for (var address : content.addresses()) {
      text.append(
          """
                <address name="%s">
                  <anycast/>
                  <multicast/>
                </address>
          """
              .formatted(quoted(address)));
    }
    return text.toString();
  }

  private static String acceptors(Ports ports) {
    var main =
        """
              <!-- every protocol that Baton speaks: the first bytes decide -->
              <acceptor name="artemis">tcp://%s:%d</acceptor>
        """
            .formatted(quoted(ports.host()), ports.main() + ports.offset());
    var amqp =
        """
              <acceptor name="amqp">tcp://%s:%d?protocols=AMQP</acceptor>
        """
            .formatted(quoted(ports.host()), AMQP_PORT + ports.offset());
    return ports.amqp() ? main + amqp : main;
  }

  private static String pair(CreateOptions options) {
    var cluster = options.cluster().map(it -> cluster(it, options.ports())).orElse("");
    var policy =
        options
            .sharedStore()
            .map(BrokerXml::haPolicy)
            .or(() -> options.replicated().map(BrokerXml::replication))
            .orElse("");
    return cluster + policy;
  }

  private static String cluster(Cluster cluster, Ports ports) {
    var peers = cluster.peers();
    var connectors = new StringBuilder();
    var references = new StringBuilder();
    for (int i = 0; i < peers.size(); i++) {
      var url = quoted(peers.get(i));
      connectors.append("      <connector name=\"node%d\">%s</connector>\n".formatted(i, url));
      references.append("          <connector-ref>node%d</connector-ref>\n".formatted(i));
    }
    return """
        <connectors>
          <!-- how others reach this node -->
          <connector name="%1$s">tcp://%2$s:%3$d</connector>
    %4$s    </connectors>

        <cluster-user>%5$s</cluster-user>
        <cluster-password>%6$s</cluster-password>

        <cluster-connections>
          <cluster-connection name="my-cluster">
            <connector-ref>%1$s</connector-ref>
            <!-- others are learnt from each other -->
            <static-connectors>
    %7$s        </static-connectors>
          </cluster-connection>
        </cluster-connections>

    """
        .formatted(
            CONNECTOR,
            quoted(ports.host()),
            ports.main() + ports.offset(),
            connectors,
            quoted(cluster.user().orElse("")),
            quoted(cluster.password().orElse("")),
            references);
  }

  private static String haPolicy(SharedStore store) {
    var role = store.role() == Role.PRIMARY ? "primary" : "backup";
    var failback =
        """
                  <allow-failback>true</allow-failback>
        """;
    return """
        <ha-policy>
          <shared-store>
            <%1$s>
              <failover-on-shutdown>%2$s</failover-on-shutdown>
    %3$s        </%1$s>
          </shared-store>
        </ha-policy>

    """
        .formatted(role, store.failoverOnShutdown(), store.role() == Role.BACKUP ? failback : "");
  }

  private static String replication(Replicated copied) {
    var role = copied.role() == Role.PRIMARY ? "primary" : "backup";
    var failback =
        """
                  <allow-failback>true</allow-failback>
        """;
    return """
        <ha-policy>
          <replication>
            <%1$s>
              <!-- a directory that all nodes of the pair reach; there it is written who is active, and who
                   has everything that was confirmed -->
              <arbiter>%2$s</arbiter>
    %3$s        </%1$s>
          </replication>
        </ha-policy>

    """
        .formatted(role, quoted(copied.arbiter()), copied.role() == Role.BACKUP ? failback : "");
  }

  private static String quoted(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
