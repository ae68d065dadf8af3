package io.batonmq.wire.amqp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnknownDescribedType;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Modified;
import org.apache.qpid.protonj2.types.messaging.Outcome;
import org.apache.qpid.protonj2.types.messaging.Received;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.messaging.Terminus;
import org.apache.qpid.protonj2.types.messaging.TerminusDurability;
import org.apache.qpid.protonj2.types.messaging.TerminusExpiryPolicy;
import org.apache.qpid.protonj2.types.transactions.Coordinator;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/// Sources, targets, outcomes and errors (AMQP 1.0 §3.4, §3.5, §4.5) as they come off the wire.
final class Termini {
  static final UnsignedLong NO_LOCAL = UnsignedLong.valueOf(0x0000_468c_0000_0003L);
  static final UnsignedLong SELECTOR = UnsignedLong.valueOf(0x0000_468c_0000_0004L);

  private static final int SYMBOL_MAX = 256;
  private static final int TXN_ID_MAX = 32;
  private static final int FILTERS_MAX = 32;

  private final int nameMax;
  private final int filterMax;

  Termini(AmqpLimits limits) {
    this.nameMax = limits.nameBytes();
    this.filterMax = limits.filterBytes();
  }

  Source source(Described described) {
    if (described.code() != 0x28) {
      throw Malformed.decode("attach.source is no source");
    }
    Fields fields = described.list("source");
    Source source = new Source();
    source.setAddress(address(fields, "source"));
    source.setDurable(durability(fields));
    source.setExpiryPolicy(expiry(fields));
    fields.skip();
    source.setDynamic(fields.bool("dynamic", false));
    fields.skip();
    source.setDistributionMode(Names.known(fields.symbol("distribution-mode", SYMBOL_MAX)));
    source.setFilter(filters(fields));
    Described outcome = fields.described("default-outcome");
    if (outcome != null && state(outcome) instanceof Outcome terminal) {
      source.setDefaultOutcome(terminal);
    }
    source.setOutcomes(Names.known(fields.symbols("outcomes", SYMBOL_MAX)));
    source.setCapabilities(Names.known(fields.symbols("capabilities", SYMBOL_MAX)));
    return source;
  }

  Terminus target(Described described) {
    return switch (described.kind()) {
      case 0x29 -> plainTarget(described.list("target"));
      case 0x30 -> new Coordinator();
      default -> throw Malformed.decode("attach.target is no target");
    };
  }

  private Target plainTarget(Fields fields) {
    Target target = new Target();
    target.setAddress(address(fields, "target"));
    target.setDurable(durability(fields));
    target.setExpiryPolicy(expiry(fields));
    fields.skip();
    target.setDynamic(fields.bool("dynamic", false));
    fields.skip();
    target.setCapabilities(Names.known(fields.symbols("capabilities", SYMBOL_MAX)));
    return target;
  }

  private @Nullable String address(Fields fields, String what) {
    int at = fields.position();
    String address = fields.stringOrNull(nameMax);
    if (address == null && fields.position() > at + 1) {
      throw Malformed.field("%s.address is a string of at most %d bytes".formatted(what, nameMax));
    }
    return address;
  }

  private static TerminusDurability durability(Fields fields) {
    return switch ((int) fields.uint("durable", 0)) {
      case 0 -> TerminusDurability.NONE;
      case 1 -> TerminusDurability.CONFIGURATION;
      case 2 -> TerminusDurability.UNSETTLED_STATE;
      default -> throw Malformed.field("a terminus' durability is 0 to 2");
    };
  }

  private static TerminusExpiryPolicy expiry(Fields fields) {
    String policy = fields.symbol("expiry-policy", SYMBOL_MAX);
    return switch (policy == null ? "session-end" : policy) {
      case "link-detach" -> TerminusExpiryPolicy.LINK_DETACH;
      case "session-end" -> TerminusExpiryPolicy.SESSION_END;
      case "connection-close" -> TerminusExpiryPolicy.CONNECTION_CLOSE;
      case "never" -> TerminusExpiryPolicy.NEVER;
      default -> throw Malformed.field("there is no such expiry policy");
    };
  }

  /// The filters that exist here, by the key under which they were asked for. Any other is left out of
  /// the answer, by which the peer learns that it is not in place (§3.5.3).
  private @Nullable Map<Symbol, Object> filters(Fields fields) {
    int at = fields.position();
    if (!fields.more() || Encoding.code(fields.bytes(), at, fields.end()) == Encoding.NULL) {
      fields.skip();
      return null;
    }
    fields.skip();
    Fields map = Fields.map(fields.bytes(), at, fields.position(), "source.filter");
    Map<Symbol, Object> filters = new LinkedHashMap<>();
    boolean selects = false;
    boolean noLocal = false;
    for (int count = 0; map.more(); count++) {
      if (count == FILTERS_MAX) {
        throw Malformed.limit("source.filter has more than " + FILTERS_MAX + " entries");
      }
      Symbol key = Names.known(map.symbol("key", SYMBOL_MAX));
      int value = map.position();
      if (Encoding.code(map.bytes(), value, map.end()) != Encoding.DESCRIBED) {
        map.skip();
        continue;
      }
      map.skip();
      Described filter = Described.read(map.bytes(), value, map.position());
      if (key == null) {
        continue;
      }
      // The first of a kind counts; another one would be answered as if it were in place too.
      if (filter.code() == SELECTOR.longValue() && !selects) {
        selects = true;
        filters.put(key, new UnknownDescribedType(SELECTOR, selector(filter)));
      } else if (filter.code() == NO_LOCAL.longValue() && !noLocal) {
        noLocal = true;
        filters.put(key, new UnknownDescribedType(NO_LOCAL, "no-local"));
      }
    }
    return filters.isEmpty() ? null : filters;
  }

  private String selector(Described filter) {
    int constructor = Encoding.code(filter.bytes(), filter.at(), filter.end());
    if (constructor != Encoding.STRING8 && constructor != Encoding.STRING32) {
      throw Malformed.field("a selector is a string");
    }
    int from = Encoding.contentAt(filter.bytes(), filter.at(), filter.end());
    if (filter.end() - from > filterMax) {
      throw Malformed.limit("a selector has at most " + filterMax + " bytes");
    }
    return Encoding.utf8(filter.bytes(), from, filter.end());
  }

  DeliveryState state(Described described) {
    return switch (described.kind()) {
      case 0x23 -> new Received();
      case 0x24 -> Accepted.getInstance();
      case 0x25 -> new Rejected();
      case 0x26 -> Released.getInstance();
      case 0x27 -> {
        Fields fields = described.list("modified");
        yield new Modified(
            fields.bool("delivery-failed", false), fields.bool("undeliverable-here", false));
      }
      case 0x34 -> transactional(described.list("transactional-state"));
      default -> throw Malformed.field("a delivery has a state that does not exist");
    };
  }

  private TransactionalState transactional(Fields fields) {
    byte[] id = fields.binary("txn-id", TXN_ID_MAX);
    if (id == null) {
      throw Malformed.field("transactional-state.txn-id is missing");
    }
    TransactionalState state = new TransactionalState();
    state.setTxnId(new Binary(id));
    Described outcome = fields.described("outcome");
    if (outcome != null && outcome.code() != 0x34 && state(outcome) instanceof Outcome terminal) {
      state.setOutcome(terminal);
    }
    return state;
  }

  /// The next value as an error, or null if absent. What a peer says went wrong is kept for the log
  /// only, and short.
  @Nullable ErrorCondition error(Fields fields, String field) {
    Described described = fields.described(field);
    if (described == null) {
      return null;
    }
    Fields error = described.list("error");
    String condition = error.symbol("condition", SYMBOL_MAX);
    String description = error.stringOrNull(SYMBOL_MAX);
    return new ErrorCondition(
        AmqpError.INTERNAL_ERROR, condition + (description == null ? "" : ": " + description));
  }
}
