package io.batonmq.server.config;

import io.batonmq.server.config.Cluster.Connection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Binds `transportConnectors`: each is an acceptor, if Baton speaks what it is for.
final class ClassicConnectorBinder {
  private static final String LIMITS = "Baton has limits of its own";
  private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "[::]", "");

  private static final Setting<String> NAME =
      Setting.of("name", Values.TEXT, "Its name; the URI where it is missing.").asAttribute();
  private static final Setting<Url> URI =
      Setting.of(
              "uri",
              new Kind<>("a URI such as tcp://0.0.0.0:61616", Url::parse),
              "Where it listens. `tcp`, `nio`, `auto` and `auto+nio` take every protocol that Baton"
                  + " speaks, by the first bytes; `amqp` and `amqp+nio` take AMQP. `ssl` for `tcp`,"
                  + " and `+ssl` after any of the others (`nio+ssl`, `auto+nio+ssl`, `amqp+ssl`),"
                  + " speak the same within TLS. What Baton does not speak (`stomp`, `mqtt`, `ws`,"
                  + " `http` and their kin) is not opened, with a warning.")
          .asAttribute();

  private static final Vocabulary CONNECTOR =
      new Vocabulary()
          .honouring(NAME, URI)
          .missingUnless("true", "a connector opens with the broker", "autoStart")
          .missingUnless("false", "a client id is of who came first", "allowLinkStealing")
          .missingUnless(
              "false",
              "one broker is master: there is nothing to balance",
              "rebalanceClusterClients")
          .harmless(
              "clients are told of all brokers of the store, as far as these have a host",
              "publishedAddressPolicy",
              "updateClusterClients",
              "updateClusterClientsOnRemove",
              "updateClusterFilter")
          .harmless("brokers are not discovered", "discoveryAgent", "discoveryUri")
          .harmless(
              LIMITS,
              "maximumConsumersAllowedPerConnection",
              "maximumProducersAllowedPerConnection")
          .harmless(
              "there is nothing of that kind",
              "auditNetworkProducers",
              "brokerInfo",
              "disableAsyncDispatch",
              "displayStackTrace",
              "enableStatusMonitor",
              "messageAuthorizationPolicy",
              "warnOnRemoteClose");

  private static final Vocabulary PARAMETERS =
      new Vocabulary()
          .including(ClassicTlsBinder.PARAMETERS)
          .harmless(
              LIMITS,
              "maximumConnections",
              "connectionTimeout",
              "soTimeout",
              "soWriteTimeout",
              "wireFormat.maxFrameSize",
              "wireFormat.maxFrameSizeEnabled",
              "maxFrameSize")
          .harmless(
              "the peer asks for what it wants",
              "keepAlive",
              "maxInactivityDuration",
              "maxInactivityDurationInitalDelay",
              "useInactivityMonitor",
              "wireFormat.cacheEnabled",
              "wireFormat.cacheSize",
              "wireFormat.host",
              "wireFormat.idleTimeout",
              "wireFormat.maxInactivityDuration",
              "wireFormat.maxInactivityDurationInitalDelay",
              "wireFormat.prefixPacketSize",
              "wireFormat.sizePrefixDisabled",
              "wireFormat.stackTraceEnabled",
              "wireFormat.tcpNoDelayEnabled",
              "wireFormat.tightEncodingEnabled",
              "wireFormat.version",
              "wireFormat.transformer",
              "wireFormat.allowNonSaslConnections",
              "transformer",
              "prefetch",
              "daemon",
              "detectionThreads",
              "protocolDetectionTimeOut")
          .harmless(
              "Baton has its own threads and buffers",
              "backlog",
              "diffServ",
              "dynamicManagement",
              "ioBufferSize",
              "joinOnStop",
              "jmxPort",
              "logWriterName",
              "minmumWireFormatVersion",
              "numberOfSockets",
              "reuseAddress",
              "socketBufferSize",
              "soLinger",
              "stackSize",
              "startLogging",
              "tcpNoDelay",
              "threadName",
              "trace",
              "trafficClass",
              "typeOfService",
              "useLocalHost",
              "useQueueForAccept");

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "broker/transportConnectors/transportConnector",
              "A port that clients connect to; only the master has it open. Ports that are taken"
                  + " are no error for a slave: it tries when it becomes master.",
              CONNECTOR),
          new Section(
              "broker/transportConnectors/transportConnector, parameters of the URI",
              "Between `?` and the end, with `&` between them; each also with `transport.` before"
                  + " it.",
              PARAMETERS));

  /// A URI with its parameters.
  private record Url(String scheme, String host, int port, Map<String, String> parameters) {
    private static final Pattern FORM =
        Pattern.compile(
            "([a-z][a-z0-9+]*)://(\\[[0-9A-Fa-f:.%]+\\]|[A-Za-z0-9._-]*)(?::(\\d{1,5}))?/?(?:\\?(.*))?");

    static Url parse(String text) {
      var url = FORM.matcher(text);
      if (!url.matches()) {
        throw new IllegalArgumentException(
            "\""
                + Endpoint.withoutParameters(text)
                + "\" is not a URI such as tcp://0.0.0.0:61616");
      }
      int port =
          url.group(3) == null
              ? usualPort(url.group(1))
              : Values.number(0, 65535).read(url.group(3));
      return new Url(
          url.group(1),
          url.group(2).isEmpty() ? "0.0.0.0" : url.group(2),
          port,
          parameters(url.group(4) == null ? "" : url.group(4)));
    }

    private static int usualPort(String scheme) {
      return scheme.startsWith("amqp") ? 5672 : 61616;
    }

    private static Map<String, String> parameters(String query) {
      var parameters = new LinkedHashMap<String, String>();
      for (var parameter : query.split("&", -1)) {
        var parts = parameter.strip().split("=", 2);
        var name =
            parts[0].startsWith("transport.")
                ? parts[0].substring("transport.".length())
                : parts[0];
        if (!name.isEmpty()) {
          parameters.put(name, parts.length < 2 ? "" : parts[1]);
        }
      }
      return parameters;
    }
  }

  private ClassicConnectorBinder() {}

  static List<Acceptor> bind(Binding broker, ClassicTlsBinder tls) {
    var acceptors = new ArrayList<Acceptor>();
    for (var list : broker.child("transportConnectors").stream().toList()) {
      for (var element : list.children("transportConnector")) {
        acceptor(element, tls)
            .ifPresent(acceptor -> {
              acceptors.stream()
                  .filter(other -> EndpointBinder.clash(other, acceptor))
                  .findFirst()
                  .ifPresent(other ->
                      element.error("has the name or port of the connector " + other.name()));
              acceptors.add(acceptor);
            });
      }
      list.rest(new Vocabulary());
    }
    return acceptors;
  }

  private static Optional<Acceptor> acceptor(Binding element, ClassicTlsBinder context) {
    var name = element.optional(NAME);
    var uri = element.optional(URI);
    if (!element.has("uri")) {
      element.error("needs the attribute uri=\"…\"");
    }
    element.rest(CONNECTOR);
    if (uri.isEmpty()) {
      return Optional.empty();
    }
    var at = uri.get();
    var transport = Transport.of(at.scheme);
    var protocols = protocols(element, transport);
    var parameters = element.part(at.parameters);
    if (protocols.isEmpty()) {
      return Optional.empty();
    }
    var tls = transport.tls ? context.tls(element, parameters) : plain(parameters);
    parameters.rest(PARAMETERS);
    return Optional.of(
        new Acceptor(
            name.orElse(at.scheme + "://" + at.host + ":" + at.port),
            at.host,
            at.port,
            protocols,
            EndpointBinder.standardOptions(),
            tls));
  }

  /// What is said of TLS where there is none.
  private static Optional<Tls> plain(Binding parameters) {
    for (var setting : ClassicTlsBinder.PARAMETERS.settings()) {
      if (parameters.optional(setting).isPresent()) {
        parameters.warning(setting.name() + " has no effect: use ssl:// for a port with TLS");
      }
    }
    return Optional.empty();
  }

  /// A scheme such as `auto+nio+ssl`, taken apart.
  ///
  /// @param kind the scheme without what says how bytes are moved
  private record Transport(String scheme, String kind, boolean tls) {
    static Transport of(String scheme) {
      var parts = new ArrayList<>(List.of(scheme.split("\\+", -1)));
      boolean tls = parts.remove("ssl");
      if (parts.size() > 1) {
        parts.remove("nio");
      }
      return new Transport(scheme, parts.isEmpty() ? "tcp" : String.join("+", parts), tls);
    }
  }

  private static Set<Protocol> protocols(Binding element, Transport transport) {
    return switch (transport.kind) {
      case "tcp", "nio", "auto" -> spokenOnes();
      case "amqp" -> EnumSet.of(Protocol.AMQP);
      default -> {
        if (UNSPOKEN.contains(transport.kind)) {
          element.warning("is not opened: Baton does not speak " + transport.scheme);
        } else {
          element.unknown(
              transport.scheme + " is not a transport that Baton knows", transport.scheme, KNOWN);
        }
        yield EnumSet.noneOf(Protocol.class);
      }
    };
  }

  private static final Set<String> UNSPOKEN =
      Set.of(
          "discovery",
          "http",
          "https",
          "mqtt",
          "multicast",
          "peer",
          "proxy",
          "rmi",
          "stomp",
          "udp",
          "vm",
          "ws",
          "wss",
          "xmpp");

  private static final Set<String> KNOWN =
      Set.of(
          "amqp",
          "amqp+nio",
          "amqp+nio+ssl",
          "amqp+ssl",
          "auto",
          "auto+nio",
          "auto+nio+ssl",
          "auto+ssl",
          "mqtt",
          "nio",
          "nio+ssl",
          "ssl",
          "stomp",
          "tcp",
          "ws");

  private static Set<Protocol> spokenOnes() {
    return Stream.of(Protocol.values())
        .filter(Protocol::spoken)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Protocol.class)));
  }

  /// How this broker shows itself to others at its store: by the first connector that names a host. A broker
  /// that listens on every address does not know which of them others could use.
  static Cluster cluster(List<Acceptor> acceptors) {
    return new Cluster(
        Optional.empty(),
        acceptors.stream()
            .filter(acceptor -> !EVERY_ADDRESS.contains(acceptor.host()) && acceptor.port() > 0)
            .findFirst()
            .map(acceptor ->
                new Connector(
                    acceptor.name(), acceptor.host(), acceptor.port(), acceptor.tls().isPresent()))
            .map(own -> new Connection(own.name(), own, List.of()))
            .stream()
            .toList());
  }
}
