package io.batonmq.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Binds `acceptors` and `connectors`.
final class EndpointBinder {
  private static final String ALL_ADDRESSES = "0.0.0.0";
  private static final String BUFFER = "Bytes of the socket's buffer; -1 leaves it to the system.";

  private static final Setting<String> NAME =
      Setting.of("name", Values.TEXT, "Its name; no two have the same.").asAttribute();
  private static final Vocabulary NAMED = new Vocabulary().honouring(NAME);

  private static final Kind<Integer> COUNT = Values.number(1, Integer.MAX_VALUE);
  private static final Kind<Integer> COUNT_OR_UNLIMITED = Values.number(-1, Integer.MAX_VALUE);
  private static final Vocabulary.Fate OWN_LIMITS =
      new Vocabulary.Fate.Harmless("Baton has limits of its own");

  private static final Setting<List<String>> PROTOCOLS =
      Setting.of(
              "protocols",
              Values.NAMES,
              "What is spoken there, of "
                  + names(_ -> true)
                  + ". Baton speaks "
                  + spoken()
                  + ", and all that it speaks where this is missing; an acceptor for none of that"
                  + " is not opened.")
          .asAttribute();
  private static final Setting<Integer> SEND_BUFFER =
      Setting.of("tcpSendBufferSize", COUNT_OR_UNLIMITED, "1048576", BUFFER).asAttribute();
  private static final Setting<Integer> RECEIVE_BUFFER =
      Setting.of("tcpReceiveBufferSize", COUNT_OR_UNLIMITED, "1048576", BUFFER).asAttribute();
  private static final Setting<Boolean> NO_DELAY =
      Setting.of("tcpNoDelay", Values.FLAG, "true", "Small packets leave at once.").asAttribute();
  private static final Setting<Integer> CONNECTIONS =
      Setting.of("connectionsAllowed", COUNT_OR_UNLIMITED, "-1", "Connections at a time.")
          .asAttribute()
          .only("-1", OWN_LIMITS);
  private static final Setting<Integer> CREDITS =
      Setting.of("amqpCredits", COUNT, "1000", "Messages that a producer may have under way.")
          .asAttribute()
          .only("1000", OWN_LIMITS);
  private static final Setting<Integer> LOW_CREDITS =
      Setting.of("amqpLowCredits", COUNT, "300", "When that is topped up.")
          .asAttribute()
          .only("300", OWN_LIMITS);

  private static final Vocabulary ACCEPTOR =
      new Vocabulary()
          .honouring(
              PROTOCOLS, SEND_BUFFER, RECEIVE_BUFFER, NO_DELAY, CONNECTIONS, CREDITS, LOW_CREDITS)
          .including(TlsBinder.ACCEPTOR)
          .missing("prefixes are not taken off addresses", "anycastPrefix", "multicastPrefix")
          .missing("the mechanisms cannot be chosen", "saslMechanisms", "saslLoginConfigScope")
          .missing("all acceptors are in one security domain", "securityDomain")
          .missing("connections are not routed", "router")
          .missingUnless("true", "producers are always recognised", "amqpDuplicateDetection")
          .missingUnless("false", "there is no proxy protocol", "proxyProtocolEnabled")
          .missingUnless("true", "an acceptor opens with the broker", "autoStart")
          .harmless("the peer chooses its idle time-out", "amqpIdleTimeout")
          .harmlessUnless(
              "102400",
              "what is larger than 1 MiB goes in fragments, and nothing else does",
              "amqpMinLargeMessageSize")
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
          .including(TlsBinder.CONNECTOR)
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

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "core/acceptors/acceptor",
              "A port that clients connect to: `tcp://host:port`, with parameters after a `?` and"
                  + " `;` between them. Without a port it is 61616. No two may share a name or a"
                  + " port.",
              NAMED),
          new Section("core/acceptors/acceptor, parameters of the URL", "", ACCEPTOR),
          new Section(
              "core/connectors/connector",
              "A name for `tcp://host:port`, under which others reach a node.",
              NAMED),
          new Section("core/connectors/connector, parameters of the URL", "", CONNECTOR));

  private EndpointBinder() {}

  /// @param instance where relative paths start
  static List<Acceptor> acceptors(Binding core, Path instance) {
    record Taken(Acceptor acceptor, int line) {}
    var taken = new ArrayList<Taken>();
    for (var list : core.child("acceptors").stream().toList()) {
      for (var element : list.children("acceptor")) {
        acceptor(element, instance)
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

  private static Optional<Acceptor> acceptor(Binding element, Path instance) {
    var name = element.required(NAME);
    var endpoint = element.text(Endpoint.KIND);
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    var url = element.part(endpoint.get().parameters());
    var protocols = protocols(url);
    var options =
        new Acceptor.Options(
            url.value(SEND_BUFFER),
            url.value(RECEIVE_BUFFER),
            url.value(NO_DELAY),
            url.value(CONNECTIONS),
            url.value(CREDITS),
            url.value(LOW_CREDITS));
    if (options.amqpLowCredits() > options.amqpCredits()) {
      element.error("amqpLowCredits is more than amqpCredits: no credit would ever be topped up");
    }
    var tls = TlsBinder.bind(url, instance);
    url.rest(ACCEPTOR);
    if (protocols.isEmpty()) {
      element.warning("is not opened: Baton speaks " + spoken() + " only");
      return Optional.empty();
    }
    var at = endpoint.get();
    return name.map(text -> new Acceptor(text, at.host(), at.port(), protocols, options, tls));
  }

  private static Set<Protocol> protocols(Binding url) {
    var named = url.optional(PROTOCOLS);
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
    var name = element.required(NAME);
    var endpoint = element.text(Endpoint.KIND);
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    var at = endpoint.get();
    var url = element.part(at.parameters());
    boolean tls = url.value(TlsBinder.ENABLED);
    url.rest(CONNECTOR);
    return name.map(named -> new Connector(named, at.host(), at.port(), tls));
  }

  /// Whether two acceptors could not both be open, or be told from each other.
  static boolean clash(Acceptor one, Acceptor other) {
    boolean sameHost =
        one.host().equals(other.host())
            || one.host().equals(ALL_ADDRESSES)
            || other.host().equals(ALL_ADDRESSES);
    return one.name().equals(other.name())
        || (one.port() == other.port() && one.port() != 0 && sameHost);
  }

  /// What holds where nothing is said of sockets and credit.
  static Acceptor.Options standardOptions() {
    return new Acceptor.Options(
        SEND_BUFFER.usualValue(),
        RECEIVE_BUFFER.usualValue(),
        NO_DELAY.usualValue(),
        CONNECTIONS.usualValue(),
        CREDITS.usualValue(),
        LOW_CREDITS.usualValue());
  }

  private static String spoken() {
    return names(Protocol::spoken);
  }

  private static String names(Predicate<Protocol> of) {
    return Stream.of(Protocol.values())
        .filter(of)
        .map(Protocol::name)
        .collect(Collectors.joining(", "));
  }
}
