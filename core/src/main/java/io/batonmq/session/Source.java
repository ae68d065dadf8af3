package io.batonmq.session;

import io.batonmq.broker.ConsumerRank;
import org.jspecify.annotations.Nullable;

/// What a consumer attaches to.
///
/// @param address name of the address, or `address::queue`
/// @param kind how its messages are shared
/// @param browse read without taking
/// @param filter selector, if any: of a queue, the consumer chooses by it; of a subscription, it is what
///     comes in
/// @param noLocal leave out what comes from the same client id; of a queue it means nothing
/// @param rank what it is among the consumers of its queue; of those who only look it means nothing
public record Source(
    String address,
    Kind kind,
    boolean browse,
    @Nullable String filter,
    boolean noLocal,
    ConsumerRank rank) {
  /// One like most others.
  public Source(
      String address, Kind kind, boolean browse, @Nullable String filter, boolean noLocal) {
    this(address, kind, browse, filter, noLocal, ConsumerRank.USUAL);
  }

  /// How messages reach the consumer.
  public sealed interface Kind {
    /// The anycast queue of the address, or whichever the address has.
    record Queue() implements Kind {}

    /// The queue of that name, which gathers what is sent to the address for whoever takes from it, and stays when
    /// nobody does; it is made where there is none.
    record Bound(String queue) implements Kind {}

    /// A subscription of its own that ends with the link.
    ///
    /// @param retroactive whether it begins with what the topic has kept
    record Volatile(boolean retroactive) implements Kind {
      /// One that begins with what comes.
      public Volatile() {
        this(false);
      }
    }

    /// A named subscription that outlives its links.
    ///
    /// @param clientId owner, or empty for a global one
    /// @param shared whether several links may take from it at once
    /// @param durable whether it outlives its last link
    record Subscription(String name, String clientId, boolean shared, boolean durable)
        implements Kind {
      /// The name of the queue that keeps its messages.
      public String queue() {
        return Names.subscription(this);
      }
    }
  }
}
