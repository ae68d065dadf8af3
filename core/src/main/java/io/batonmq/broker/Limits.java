package io.batonmq.broker;

/// How much of everything there may be. What a stranger can choose is never larger than one of these.
///
/// @param connectionsMax connections at once
/// @param linksMax links of one connection at once
/// @param unsettledMax deliveries of one link that may wait for their settlement
/// @param transactionsMax open transactions of one connection
/// @param transactionBytesMax memory that the open transactions of one connection may take, not counting
///     bodies; 24 bytes for each queue that a message goes to, if the messages of a producer follow each other
/// @param nameMax characters in an address, a queue, a producer, a client or a message id
/// @param queuesMax queues in all
/// @param producerWindow messages that one producing link may send ahead of their answers
/// @param producerWindowTotal the same for all producing links together; links opened beyond it get 1
/// @param identityRangesMax gaps that a producer's accepted sequences may have; at least the producer
///     window, so that no unanswered message can fall below the floor
/// @param producersMax producers of whom something is remembered
/// @param cacheBytesMax bodies that are kept in memory although the log has them
/// @param volatileBytesMax bodies that are in memory only; more are refused
public record Limits(
    int connectionsMax,
    int linksMax,
    int unsettledMax,
    int transactionsMax,
    long transactionBytesMax,
    int nameMax,
    int queuesMax,
    int producerWindow,
    int producerWindowTotal,
    int identityRangesMax,
    int producersMax,
    long cacheBytesMax,
    long volatileBytesMax) {

  /// What holds where nothing was configured.
  public static final Limits DEFAULTS =
      new Limits(
          10_000,
          1_024,
          10_000,
          256,
          128L << 20,
          1_024,
          100_000,
          1_000,
          1_000_000,
          10_000,
          100_000,
          64L << 20,
          64L << 20);

  public Limits {
    if (producerWindow < 1 || identityRangesMax < producerWindow) {
      throw new IllegalArgumentException(
          "a producer may have "
              + producerWindow
              + " messages unanswered, but only "
              + identityRangesMax
              + " gaps would be remembered");
    }
  }

  /// Messages that topics keep in memory for subscriptions that come later, in bytes.
  public long recentBytesMax() {
    return volatileBytesMax / 4;
  }

  /// The same with other bounds for what is in memory.
  public Limits withMemory(long cacheBytes, long volatileBytes) {
    return new Limits(
        connectionsMax,
        linksMax,
        unsettledMax,
        transactionsMax,
        transactionBytesMax,
        nameMax,
        queuesMax,
        producerWindow,
        producerWindowTotal,
        identityRangesMax,
        producersMax,
        cacheBytes,
        volatileBytes);
  }
}
