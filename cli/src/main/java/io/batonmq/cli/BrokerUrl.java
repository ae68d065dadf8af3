package io.batonmq.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The address of a broker, or of a pair, in the ways in which people write it for the clients that they
/// know, as Qpid JMS wants it:
///
/// | written | becomes |
/// |---|---|
/// | `tcp://a:61616`, `a:61616`, `amqp://a:61616` | `amqp://a:61616` |
/// | `failover:(tcp://a:61616,tcp://b:61616)?randomize=false` | `failover:(amqp://…,amqp://…)?failover.randomize=false` |
/// | `(tcp://a:61616,tcp://b:61616)?ha=true&reconnectAttempts=-1` | `failover:(amqp://…,amqp://…)?failover.maxReconnectAttempts=-1` |
/// | `ssl://a:61617`, `amqps://a:5671` | `amqps://…` |
///
/// An option that this client does not have is an error that names it.
///
/// @param written as it was given, for people: without passwords
/// @param uri as the client wants it
record BrokerUrl(String written, String uri) {
  static final String DEFAULT = "tcp://localhost:61616";

  private static final int PORT_DEFAULT = 61616;
  private static final String FAILOVER = "failover:";

  /// Names of other clients for what fails over, and Qpid's.
  private static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry("randomize", "randomize"),
          Map.entry("initialReconnectDelay", "initialReconnectDelay"),
          Map.entry("reconnectDelay", "reconnectDelay"),
          Map.entry("retryInterval", "reconnectDelay"),
          Map.entry("maxReconnectDelay", "maxReconnectDelay"),
          Map.entry("maxRetryInterval", "maxReconnectDelay"),
          Map.entry("maxReconnectAttempts", "maxReconnectAttempts"),
          Map.entry("reconnectAttempts", "maxReconnectAttempts"),
          Map.entry("startupMaxReconnectAttempts", "startupMaxReconnectAttempts"),
          Map.entry("initialConnectAttempts", "startupMaxReconnectAttempts"),
          Map.entry("useExponentialBackOff", "useReconnectBackOff"),
          Map.entry("backOffMultiplier", "reconnectBackOffMultiplier"),
          Map.entry("retryIntervalMultiplier", "reconnectBackOffMultiplier"));

  private static final Pattern OPTION_WITH_SECRET =
      Pattern.compile("([?&;][^?&;=]*(?:[pP]assword|[sS]ecret)[^?&;=]*)=[^&;),\\s]*");
  private static final Pattern USER_INFO =
      Pattern.compile("(^|[/,(\\s\"])[^/,(@?&:\\s\"]*:(?!//)[^,(/\\s]*@");

  private static final Set<String> SCHEMES = Set.of("amqp", "amqps", "amqpws", "amqpwss");

  /// Whether it goes on looking when its broker is gone.
  boolean failsOver() {
    return uri.startsWith(FAILOVER);
  }

  /// @throws UserException if it makes no sense, with what to change
  static BrokerUrl parse(String written) {
    var text = written.strip();
    var failover = text.startsWith(FAILOVER);
    var rest = failover ? text.substring(FAILOVER.length()) : text;
    if (failover && rest.startsWith("//")) {
      rest = rest.substring(2);
    }
    String addresses;
    String query;
    if (rest.startsWith("(")) {
      int end = rest.lastIndexOf(')');
      if (end < 0) {
        throw wrong(written, "a ) is missing");
      }
      addresses = rest.substring(1, end);
      query = rest.substring(end + 1);
      failover = true;
    } else {
      // Without brackets the options of the last address are those of the whole.
      int mark = rest.indexOf('?');
      addresses = mark < 0 ? rest : rest.substring(0, mark);
      query = mark < 0 ? "" : rest.substring(mark);
      failover |= addresses.indexOf(',') >= 0;
    }
    if (!query.isEmpty() && !query.startsWith("?")) {
      throw wrong(written, "nothing but ?options may follow the )");
    }
    return of(written, addresses, options(written, query), failover);
  }

  private static BrokerUrl of(
      String written, String addresses, Map<String, String> options, boolean failover) {
    boolean ha = failover;
    var translated = new LinkedHashMap<String, String>();
    for (var option : options.entrySet()) {
      var name = option.getKey();
      var value = option.getValue();
      if (name.equals("ha")) {
        ha |= Boolean.parseBoolean(value);
      } else if (OPTIONS.containsKey(name)) {
        ha = true;
        translated.put("failover." + OPTIONS.get(name), value);
      } else if (hasPrefix(name, "failover.")) {
        ha = true;
        translated.put(name, value);
      } else if (hasPrefix(name, "jms.", "amqp.", "transport.")) {
        translated.put(name, value);
      } else {
        throw wrong(written, "this client has no option " + name);
      }
    }
    var list = new ArrayList<String>();
    for (var address : addresses.split(",", -1)) {
      list.add(address(written, address.strip()));
    }
    if (!ha) {
      return new BrokerUrl(masked(written), list.getFirst() + query(translated));
    }
    var nested = new LinkedHashMap<String, String>();
    translated.forEach((name, value) ->
        nested.put(hasPrefix(name, "failover.", "jms.") ? name : "failover.nested." + name, value));
    return new BrokerUrl(
        masked(written), FAILOVER + "(" + String.join(",", list) + ")" + query(nested));
  }

  private static boolean hasPrefix(String name, String... prefixes) {
    return List.of(prefixes).stream().anyMatch(name::startsWith);
  }

  private static Map<String, String> options(String written, String query) {
    var options = new LinkedHashMap<String, String>();
    var text = query.isEmpty() ? "" : query.substring(1);
    for (var option : text.split("[&;]", -1)) {
      if (option.isEmpty()) {
        continue;
      }
      int equals = option.indexOf('=');
      if (equals <= 0) {
        throw wrong(written, "the option " + option + " has no value");
      }
      options.put(option.substring(0, equals), option.substring(equals + 1));
    }
    return options;
  }

  private static String query(Map<String, String> options) {
    return options.isEmpty()
        ? ""
        : options.entrySet().stream()
            .map(it -> it.getKey() + "=" + it.getValue())
            .collect(Collectors.joining("&", "?", ""));
  }

  private static String address(String written, String address) {
    int mark = address.indexOf('?');
    var place = mark < 0 ? address : address.substring(0, mark);
    var options = options(written, mark < 0 ? "" : address.substring(mark));
    for (var name : options.keySet()) {
      if (!hasPrefix(name, "amqp.", "transport.")) {
        throw wrong(written, "an address has no option " + name);
      }
    }
    int colon = place.indexOf("://");
    var scheme = colon < 0 ? "tcp" : place.substring(0, colon);
    var authority = colon < 0 ? place : place.substring(colon + 3);
    return scheme(written, scheme) + "://" + hostAndPort(written, authority) + query(options);
  }

  private static String scheme(String written, String scheme) {
    return switch (scheme) {
      case "tcp", "nio" -> "amqp";
      case "ssl", "nio+ssl" -> "amqps";
      default ->
          Optional.of(scheme)
              .filter(SCHEMES::contains)
              .orElseThrow(
                  () -> wrong(written, scheme + ":// is none of tcp, ssl, amqp and amqps"));
    };
  }

  private static String hostAndPort(String written, String authority) {
    try {
      var uri = URI.create("tcp://" + authority);
      var path = uri.getPath();
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && (path.isEmpty() || path.equals("/"))) {
        return uri.getHost() + ":" + (uri.getPort() < 0 ? PORT_DEFAULT : uri.getPort());
      }
    } catch (IllegalArgumentException e) {
      // falls through to the same sentence
    }
    throw wrong(written, "\"" + authority + "\" is not HOST:PORT");
  }

  private static UserException wrong(String written, String reason) {
    return UserException.usage(masked("--url " + written + ": " + reason));
  }

  /// The text with *** for the passwords of URLs in it.
  static String masked(String text) {
    return OPTION_WITH_SECRET
        .matcher(USER_INFO.matcher(text).replaceAll("$1***@"))
        .replaceAll("$1=***");
  }
}
