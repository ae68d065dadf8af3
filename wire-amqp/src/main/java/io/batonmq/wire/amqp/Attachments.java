package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import io.batonmq.message.RoutingType;
import io.batonmq.session.Source.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.types.DescribedType;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.DeleteOnClose;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.messaging.TerminusDurability;
import org.apache.qpid.protonj2.types.messaging.TerminusExpiryPolicy;
import org.jspecify.annotations.Nullable;

/// Reads out of an Attach what a consumer wants. JMS over AMQP says it by capabilities of the source, by
/// its durability, and by the name of the link, of which whatever follows a `|` only keeps the names of
/// several links to one subscription apart:
///
/// | link name | subscription |
/// |---|---|
/// | `name` | durable, of this client id, exclusive or shared |
/// | <code>name&#124;2</code> | the same, shared by a second link |
/// | <code>name&#124;global</code> | durable, shared, of no client id |
/// | <code>name&#124;volatile1</code>, <code>name&#124;global-volatile1</code> | shared, ends with its last link |
final class Attachments {
  /// How long an address lives that was made for a link (AMQP 1.0 §3.5.10).
  static final Map<Symbol, Object> LIFETIME =
      Map.of(Names.LIFETIME_POLICY, DeleteOnClose.getInstance());

  private static final char DELIMITER = '|';
  private static final String QUEUE_DELIMITER = "::";

  private Attachments() {}

  static @Nullable RoutingType routing(Symbol @Nullable [] capabilities) {
    if (isQueue(capabilities)) {
      return RoutingType.ANYCAST;
    }
    return isTopic(capabilities) ? RoutingType.MULTICAST : null;
  }

  private static boolean isQueue(Symbol @Nullable [] capabilities) {
    return Names.contains(capabilities, Names.QUEUE)
        || Names.contains(capabilities, Names.TEMPORARY_QUEUE);
  }

  private static boolean isTopic(Symbol @Nullable [] capabilities) {
    return Names.contains(capabilities, Names.TOPIC)
        || Names.contains(capabilities, Names.TEMPORARY_TOPIC);
  }

  /// What the peer wants to consume, or why it cannot.
  sealed interface Wish {
    record Granted(io.batonmq.session.Source source) implements Wish {}

    /// An address that ends with the link.
    record Temporary(RoutingType routing) implements Wish {}

    record Denied(Refusal refusal) implements Wish {}
  }

  static Wish wish(Sender sender, String clientId) {
    Source source = sender.getRemoteSource();
    if (source == null) {
      return subscription(sender, clientId);
    }
    if (source.isDynamic()) {
      return new Wish.Temporary(
          isTopic(source.getCapabilities()) ? RoutingType.MULTICAST : RoutingType.ANYCAST);
    }
    String address = source.getAddress();
    if (address == null || address.isEmpty()) {
      return denied(Refusal.Reason.INVALID, "the source has no address");
    }
    Kind kind = kind(sender.getName(), source, address, clientId);
    boolean browse = kind instanceof Kind.Queue && Names.COPY.equals(source.getDistributionMode());
    return new Wish.Granted(
        new io.batonmq.session.Source(address, kind, browse, selector(source), noLocal(source)));
  }

  /// What a link consumes whose address was made for it.
  static io.batonmq.session.Source temporary(Source source, String address) {
    return new io.batonmq.session.Source(
        address,
        isTopic(source.getCapabilities()) ? new Kind.Volatile() : new Kind.Queue(),
        false,
        selector(source),
        noLocal(source));
  }

  private static Kind kind(String link, Source source, String address, String clientId) {
    Symbol[] capabilities = source.getCapabilities();
    boolean durable =
        source.getDurable() == TerminusDurability.UNSETTLED_STATE
            || source.getDurable() == TerminusDurability.CONFIGURATION
            || source.getExpiryPolicy() == TerminusExpiryPolicy.NEVER;
    if (address.contains(QUEUE_DELIMITER) || isQueue(capabilities)) {
      return new Kind.Queue();
    }
    if (Names.contains(capabilities, Names.SHARED)) {
      String owner = Names.contains(capabilities, Names.GLOBAL) ? "" : clientId;
      return new Kind.Subscription(subscriptionName(link), owner, true, durable);
    }
    if (durable) {
      return new Kind.Subscription(link, clientId, false, true);
    }
    return isTopic(capabilities) ? new Kind.Volatile() : new Kind.Queue();
  }

  /// A link without a source asks for the durable subscription of its name, wherever that is: clients
  /// attach so to end it by closing the link. No address stands for "where it is".
  private static Wish subscription(Sender sender, String clientId) {
    Symbol[] capabilities = sender.getRemoteDesiredCapabilities();
    boolean global = Names.contains(capabilities, Names.GLOBAL);
    return new Wish.Granted(
        new io.batonmq.session.Source(
            "",
            new Kind.Subscription(
                global ? subscriptionName(sender.getName()) : sender.getName(),
                global ? "" : clientId,
                global,
                true),
            false,
            null,
            false));
  }

  private static String subscriptionName(String link) {
    int delimiter = link.indexOf(DELIMITER);
    return delimiter < 0 ? link : link.substring(0, delimiter);
  }

  private static @Nullable String selector(Source source) {
    return described(source, Termini.SELECTOR);
  }

  private static boolean noLocal(Source source) {
    return described(source, Termini.NO_LOCAL) != null;
  }

  /// The source with the filters that are in place (AMQP 1.0 §3.5.3): no-local means nothing for a queue.
  static Source answer(Source wanted, Kind kind) {
    Map<Symbol, Object> filters = wanted.getFilter();
    if (filters == null || !(kind instanceof Kind.Queue)) {
      return wanted;
    }
    Map<Symbol, Object> kept = new LinkedHashMap<>(filters);
    kept.values()
        .removeIf(filter ->
            filter instanceof DescribedType type && Termini.NO_LOCAL.equals(type.getDescriptor()));
    Source answer = wanted.copy();
    answer.setFilter(kept.isEmpty() ? null : kept);
    return answer;
  }

  private static @Nullable String described(Source source, Object descriptor) {
    Map<Symbol, Object> filters = source.getFilter();
    if (filters != null) {
      for (Object filter : filters.values()) {
        if (filter instanceof DescribedType type && descriptor.equals(type.getDescriptor())) {
          return type.getDescribed().toString();
        }
      }
    }
    return null;
  }

  private static Wish denied(Refusal.Reason reason, String text) {
    return new Wish.Denied(new Refusal(reason, text));
  }

  /// Answers the attach of a peer that consumes.
  ///
  /// @param source null where there is none
  static void open(Sender sender, @Nullable Source source) {
    sender.setSource(source);
    sender.setTarget(sender.<Target>getRemoteTarget());
    sender.setSenderSettleMode(sender.getRemoteSenderSettleMode());
    sender.setReceiverSettleMode(sender.getRemoteReceiverSettleMode());
    if (Names.contains(sender.getRemoteDesiredCapabilities(), Names.SHARED_SUBS)) {
      sender.setOfferedCapabilities(Names.SHARED_SUBS);
    }
    sender.open();
  }
}
