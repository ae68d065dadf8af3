package io.batonmq.wire.amqp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.qpid.protonj2.types.Symbol;
import org.jspecify.annotations.Nullable;

/// The symbols that mean something here.
///
/// protonj2 keeps every symbol that it is asked for in one map, for ever. So a symbol from the wire
/// becomes a [Symbol] only if it is one of these; any other is nothing to us, and is dropped.
final class Names {
  static final Symbol QUEUE = Symbol.valueOf("queue");
  static final Symbol TOPIC = Symbol.valueOf("topic");
  static final Symbol TEMPORARY_QUEUE = Symbol.valueOf("temporary-queue");
  static final Symbol TEMPORARY_TOPIC = Symbol.valueOf("temporary-topic");
  static final Symbol SHARED = Symbol.valueOf("shared");
  static final Symbol GLOBAL = Symbol.valueOf("global");
  static final Symbol COPY = Symbol.valueOf("copy");
  static final Symbol MOVE = Symbol.valueOf("move");
  static final Symbol SHARED_SUBS = Symbol.valueOf("SHARED-SUBS");
  static final Symbol ANONYMOUS_RELAY = Symbol.valueOf("ANONYMOUS-RELAY");
  static final Symbol DELAYED_DELIVERY = Symbol.valueOf("DELAYED_DELIVERY");
  static final Symbol SOLE_CONNECTION = Symbol.valueOf("sole-connection-for-container");
  static final Symbol LOCAL_TRANSACTIONS = Symbol.valueOf("amqp:local-transactions");
  static final Symbol LIFETIME_POLICY = Symbol.valueOf("lifetime-policy");
  static final Symbol OPEN_FAILED = Symbol.valueOf("amqp:connection-establishment-failed");
  static final Symbol INVALID_FIELD = Symbol.valueOf("invalid-field");
  static final Symbol CONTAINER_ID = Symbol.valueOf("container-id");
  static final Symbol PRODUCT = Symbol.valueOf("product");
  static final Symbol FAILOVER_SERVER_LIST = Symbol.valueOf("failover-server-list");
  static final Symbol HOSTNAME = Symbol.valueOf("hostname");
  static final Symbol NETWORK_HOST = Symbol.valueOf("network-host");
  static final Symbol PORT = Symbol.valueOf("port");
  static final Symbol SCHEME = Symbol.valueOf("scheme");

  private static final Map<String, Symbol> KNOWN = new TreeMap<>();

  static {
    for (Symbol symbol :
        List.of(
            QUEUE,
            TOPIC,
            TEMPORARY_QUEUE,
            TEMPORARY_TOPIC,
            SHARED,
            GLOBAL,
            COPY,
            MOVE,
            SHARED_SUBS,
            ANONYMOUS_RELAY,
            DELAYED_DELIVERY,
            SOLE_CONNECTION,
            LOCAL_TRANSACTIONS)) {
      KNOWN.put(symbol.toString(), symbol);
    }
    // Keys under which clients ask for the two filters that exist here.
    for (String key :
        List.of(
            "jms-selector",
            "selector",
            "apache.org:selector-filter:string",
            "no-local",
            "apache.org:no-local-filter:list")) {
      KNOWN.put(key, Symbol.valueOf(key));
    }
    for (String outcome :
        List.of(
            "amqp:accepted:list",
            "amqp:rejected:list",
            "amqp:released:list",
            "amqp:modified:list")) {
      KNOWN.put(outcome, Symbol.valueOf(outcome));
    }
  }

  private Names() {}

  static @Nullable Symbol known(@Nullable String name) {
    return name == null ? null : KNOWN.get(name);
  }

  /// Those that are known, or null if none was given.
  static Symbol @Nullable [] known(List<String> names) {
    List<Symbol> symbols = new ArrayList<>();
    for (String name : names) {
      Symbol symbol = KNOWN.get(name);
      if (symbol != null) {
        symbols.add(symbol);
      }
    }
    return symbols.isEmpty() ? null : symbols.toArray(Symbol[]::new);
  }

  static boolean contains(Symbol @Nullable [] symbols, Symbol wanted) {
    if (symbols != null) {
      for (Symbol symbol : symbols) {
        if (wanted.equals(symbol)) {
          return true;
        }
      }
    }
    return false;
  }
}
