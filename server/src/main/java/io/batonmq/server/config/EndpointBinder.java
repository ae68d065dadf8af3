package io.batonmq.server.config;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Binds `acceptors` and `connectors`.
final class EndpointBinder {
  private static final String ALL_ADDRESSES = "0.0.0.0";

  private static final Vocabulary TLS =
      new Vocabulary()
          .missingUnless("false", "there is no TLS yet: use a plain port or a tunnel", "sslEnabled")
          .harmless(
              "there is no TLS yet",
              "enabledCipherSuites",
              "enabledProtocols",
              "keyStorePassword",
              "keyStorePath",
              "keyStoreType",
              "trustAll",
              "trustStorePassword",
              "trustStorePath",
              "trustStoreType",
              "verifyHost");

  private static final Vocabulary ACCEPTOR =
      new Vocabulary()
          .including(TLS)
          .missingUnless(
              "false",
              "there is no TLS yet: use a plain port or a tunnel",
              "needClientAuth",
              "wantClientAuth")
          .missing("prefixes are not taken off addresses", "anycastPrefix", "multicastPrefix")
          .missing("the mechanisms cannot be chosen", "saslMechanisms", "saslLoginConfigScope")
          .missing("all acceptors are in one security domain", "securityDomain")
          .missing("connections are not routed", "router")
          .missingUnless("true", "producers are always recognised", "amqpDuplicateDetection")
          .missingUnless("false", "there is no proxy protocol", "proxyProtocolEnabled")
          .missingUnless("true", "an acceptor opens with the broker", "autoStart")
          .harmless("the peer chooses its idle time-out", "amqpIdleTimeout")
          .harmlessUnless("102400", "no size of message is special", "amqpMinLargeMessageSize")
          .harmlessUnless("true", "the best transport is found at start", "useEpoll", "useKQueue")
          .harmless(
              "Baton has its own threads and batches",
              "backlog",
              "batchDelay",
              "directDeliver",
              "nioRemotingThreads",
              "quietPeriod",
              "remotingThreads",
              "shutdownTimeout",
              "useGlobalWorkerPool",
              "useInvm",
              "useNio",
              "writeBufferHighWaterMark",
              "writeBufferLowWaterMark")
          .harmless(
              "it is for protocols that Baton does not speak",
              "connectionTtl",
              "connectionTtlMax",
              "connectionTtlMin",
              "connectionTTL",
              "connectionTTLMax",
              "connectionTTLMin",
              "connection-ttl",
              "defaultMqttSessionExpiryInterval",
              "heartBeatToConnectionTtlModifier",
              "maximumInFlightPublishMessages",
              "maxInactivityDuration",
              "maxInactivityDurationInitalDelay",
              "openWireDestinationCacheSize",
              "receiveMaximum",
              "serverKeepAlive",
              "stompConsumerCredits",
              "stompEnableMessageId",
              "stompMinLargeMessageSize",
              "supportAdvisory",
              "suppressInternalManagementObjects",
              "topicAliasMaximum",
              "useKeepAlive",
              "virtualTopicConsumerWildcards");

  private static final Vocabulary CONNECTOR =
      new Vocabulary()
          .including(TLS)
          .harmless(
              "a connector only names an address",
              "batchDelay",
              "connectTimeoutMillis",
              "connect-timeout-millis",
              "localAddress",
              "localPort",
              "nioRemotingThreads",
              "remotingThreads",
              "tcpNoDelay",
              "tcpReceiveBufferSize",
              "tcpSendBufferSize",
              "useEpoll",
              "useGlobalWorkerPool",
              "useKQueue",
              "useNio");

  private EndpointBinder() {}

  static List<Acceptor> acceptors(Binding core) {
    record Taken(Acceptor acceptor, int line) {}
    var taken = new ArrayList<Taken>();
    for (var list : core.child("acceptors").stream().toList()) {
      for (var element : list.children("acceptor")) {
        acceptor(element)
            .ifPresent(acceptor -> {
              taken.stream()
                  .filter(other -> clash(other.acceptor, acceptor))
                  .findFirst()
                  .ifPresent(other ->
                      element.error("has the name or port of the acceptor in line " + other.line));
              taken.add(new Taken(acceptor, element.line()));
            });
      }
      list.rest(new Vocabulary());
    }
    return taken.stream().map(Taken::acceptor).toList();
  }

  static Map<String, Connector> connectors(Binding core) {
    var connectors = new LinkedHashMap<String, Connector>();
    for (var list : core.child("connectors").stream().toList()) {
      for (var element : list.children("connector")) {
        connector(element)
            .map(connector -> connectors.put(connector.name(), connector))
            .ifPresent(twice -> element.error("there is another connector named " + twice.name()));
      }
      list.rest(new Vocabulary());
    }
    return connectors;
  }

  private static Optional<Acceptor> acceptor(Binding element) {
    var name = element.required("name");
    var endpoint = element.text(Endpoint::parse);
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    var url = element.part(endpoint.get().parameters());
    var protocols = protocols(url);
    var usual = Acceptor.Options.DEFAULT;
    var count = Values.number(1, Integer.MAX_VALUE);
    var countOrUnlimited = Values.number(-1, Integer.MAX_VALUE);
    var options =
        new Acceptor.Options(
            url.attribute("tcpSendBufferSize", countOrUnlimited).orElse(usual.tcpSendBufferSize()),
            url.attribute("tcpReceiveBufferSize", countOrUnlimited)
                .orElse(usual.tcpReceiveBufferSize()),
            url.attribute("tcpNoDelay", Values::flag).orElse(usual.tcpNoDelay()),
            url.attribute("connectionsAllowed", countOrUnlimited)
                .orElse(usual.connectionsAllowed()),
            url.attribute("amqpCredits", count).orElse(usual.amqpCredits()),
            url.attribute("amqpLowCredits", count).orElse(usual.amqpLowCredits()));
    if (options.amqpLowCredits() > options.amqpCredits()) {
      element.error("amqpLowCredits is more than amqpCredits: no credit would ever be topped up");
    }
    var own = new Vocabulary.Fate.Harmless("Baton has limits of its own");
    url.only("connectionsAllowed", "-1", own);
    url.only("amqpCredits", "1000", own);
    url.only("amqpLowCredits", "300", own);
    url.rest(ACCEPTOR);
    if (protocols.isEmpty()) {
      element.warning("is not opened: Baton speaks " + spoken() + " only");
      return Optional.empty();
    }
    var at = endpoint.get();
    return name.map(text -> new Acceptor(text, at.host(), at.port(), protocols, options));
  }

  private static Set<Protocol> protocols(Binding url) {
    var named = url.attribute("protocols", Values::names);
    if (named.isEmpty()) {
      return Stream.of(Protocol.values())
          .filter(Protocol::spoken)
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(Protocol.class)));
    }
    var spoken = EnumSet.noneOf(Protocol.class);
    var unspoken = new ArrayList<String>();
    var known = Stream.of(Protocol.values()).map(Protocol::name).toList();
    for (var name : named.get()) {
      var protocol =
          Stream.of(Protocol.values()).filter(p -> p.name().equalsIgnoreCase(name)).findFirst();
      if (protocol.isEmpty()) {
        url.unknown("protocols: " + name + " is not a protocol", name, known);
      } else if (protocol.get().spoken()) {
        spoken.add(protocol.get());
      } else {
        unspoken.add(protocol.get().name());
      }
    }
    if (!unspoken.isEmpty() && !spoken.isEmpty()) {
      url.warning(
          "protocols: "
              + String.join(", ", unspoken)
              + " not spoken by Baton: "
              + spoken()
              + " clients only");
    }
    return spoken;
  }

  private static Optional<Connector> connector(Binding element) {
    var name = element.required("name");
    var endpoint = element.text(Endpoint::parse);
    endpoint.ifPresent(at -> element.part(at.parameters()).rest(CONNECTOR));
    return name.flatMap(named -> endpoint.map(at -> new Connector(named, at.host(), at.port())));
  }

  private static boolean clash(Acceptor one, Acceptor other) {
    boolean sameHost =
        one.host().equals(other.host())
            || one.host().equals(ALL_ADDRESSES)
            || other.host().equals(ALL_ADDRESSES);
    return one.name().equals(other.name())
        || (one.port() == other.port() && one.port() != 0 && sameHost);
  }

  private static String spoken() {
    return Stream.of(Protocol.values())
        .filter(Protocol::spoken)
        .map(Protocol::name)
        .collect(Collectors.joining(", "));
  }
}
