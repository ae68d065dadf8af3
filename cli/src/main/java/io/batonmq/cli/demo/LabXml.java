package io.batonmq.cli.demo;

import java.util.List;

/// The lab of the peers, as a person would do it in an editor: the four directories point to a shared
/// place, and three blocks go under `<core>`.
final class LabXml {
  private static final List<String> DIRECTORIES =
      List.of("paging", "bindings", "journal", "large-messages");

  private static final String MASTER =
      """

          <ha-policy>
            <shared-store>
              <master>
                <failover-on-shutdown>true</failover-on-shutdown>
              </master>
            </shared-store>
          </ha-policy>
      """;

  private static final String SLAVE =
      """

          <ha-policy>
            <shared-store>
              <slave>
                <failover-on-shutdown>true</failover-on-shutdown>
                <allow-failback>true</allow-failback>
              </slave>
            </shared-store>
          </ha-policy>
      """;

  private LabXml() {}

  /// The text of a `broker.xml` as `create` wrote it, edited.
  ///
  /// @param role `master` or `slave`, which is also the name of the node
  static String edited(String xml, String role, int masterPort, int slavePort, String password) {
    var edited = xml;
    for (var name : DIRECTORIES) {
      edited =
          edited.replaceAll(
              "<%1$s-directory>[^<]*</%1$s-directory>".formatted(name),
              "<%1$s-directory>../sharedstore/data/%1$s</%1$s-directory>".formatted(name));
    }
    var blocks = cluster(role, masterPort, slavePort, password);
    var policy = role.equals("master") ? MASTER : SLAVE;
    return edited.replace("</core>", blocks + policy + "</core>");
  }

  private static String cluster(String role, int masterPort, int slavePort, String password) {
    return """

        <connectors>
          <connector name="master-connector">tcp://localhost:%d</connector>
          <connector name="slave-connector">tcp://localhost:%d</connector>
        </connectors>

        <cluster-user>demo</cluster-user>
        <cluster-password>%s</cluster-password>

        <cluster-connections>
          <cluster-connection name="static-cluster">
            <connector-ref>%s-connector</connector-ref>
            <static-connectors>
              <connector-ref>%s-connector</connector-ref>
            </static-connectors>
          </cluster-connection>
        </cluster-connections>
    """
        .formatted(masterPort, slavePort, password, role, other(role));
  }

  private static String other(String role) {
    return role.equals("master") ? "slave" : "master";
  }
}
