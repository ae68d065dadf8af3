package io.batonmq.broker;

import org.jspecify.annotations.Nullable;

/// What stays in a queue, and what goes without having been taken.
///
/// @param ringSize how many available messages it keeps: the newest; -1 for all
/// @param lastValue whether of the messages with the same value only the newest stays
/// @param lastValueKey the property that has the value; null for [#LAST_VALUE_KEY], if any
/// @param nonDestructive whether it stays whoever consumes it
/// @param purgeOnNoConsumers whether nothing stays, nor comes in, while nobody consumes
public record QueueKeeping(
    long ringSize,
    boolean lastValue,
    @Nullable String lastValueKey,
    boolean nonDestructive,
    boolean purgeOnNoConsumers) {

  /// The property that has the value where none is named.
  public static final String LAST_VALUE_KEY = "_AMQ_LVQ_NAME";

  /// Everything is kept.
  public static final long NO_RING = -1;

  /// What holds where nothing was said.
  public static final QueueKeeping DEFAULTS = new QueueKeeping(NO_RING, false, null, false);

  private static final int LAST_VALUE = 1;
  private static final int KEY = 2;
  private static final int NON_DESTRUCTIVE = 4;
  private static final int PURGE = 8;

  /// One that keeps its messages while nobody consumes.
  public QueueKeeping(
      long ringSize, boolean lastValue, @Nullable String lastValueKey, boolean nonDestructive) {
    this(ringSize, lastValue, lastValueKey, nonDestructive, false);
  }

  public QueueKeeping {
    if (ringSize < NO_RING || ringSize == 0) {
      throw new IllegalArgumentException("a ring of " + ringSize + " messages");
    }
  }

  /// What is said; null where nothing is.
  public record Overrides(
      @Nullable Long ringSize,
      @Nullable Boolean lastValue,
      @Nullable String lastValueKey,
      @Nullable Boolean nonDestructive,
      @Nullable Boolean purgeOnNoConsumers) {

    /// Nothing is said.
    public static final Overrides NONE = new Overrides(null, null, null, null, null);

    /// Nothing is said about a queue that nobody consumes.
    public Overrides(
        @Nullable Long ringSize,
        @Nullable Boolean lastValue,
        @Nullable String lastValueKey,
        @Nullable Boolean nonDestructive) {
      this(ringSize, lastValue, lastValueKey, nonDestructive, null);
    }

    @Nullable String fault() {
      if (ringSize != null && (ringSize < NO_RING || ringSize == 0)) {
        return "a ring has at least 1 message, or -1 for no ring";
      }
      return lastValueKey == null || QueueSettings.named(lastValueKey)
          ? null
          : "a last-value-key has 1 to "
              + QueueSettings.KEY_MAX
              + " characters, all of them printable ASCII";
    }
  }

  QueueKeeping with(Overrides said) {
    return new QueueKeeping(
        said.ringSize != null ? said.ringSize : ringSize,
        said.lastValue != null ? said.lastValue : lastValue,
        said.lastValueKey != null ? said.lastValueKey : lastValueKey,
        said.nonDestructive != null ? said.nonDestructive : nonDestructive,
        said.purgeOnNoConsumers != null ? said.purgeOnNoConsumers : purgeOnNoConsumers);
  }

  /// The property of which only the newest message with the same value stays; null if all stay. A key that is
  /// named says so too.
  @Nullable String key() {
    return lastValueKey != null ? lastValueKey : lastValue ? LAST_VALUE_KEY : null;
  }

  /// Whether newer messages replace older ones.
  boolean replaces() {
    return ringSize > 0 || key() != null;
  }

  void write(FieldWriter to) {
    to.signed(ringSize);
    to.octet(
        (lastValue ? LAST_VALUE : 0)
            | (lastValueKey != null ? KEY : 0)
            | (nonDestructive ? NON_DESTRUCTIVE : 0)
            | (purgeOnNoConsumers ? PURGE : 0));
    if (lastValueKey != null) {
      to.text(lastValueKey);
    }
  }

  static QueueKeeping read(FieldReader from) {
    long ring = from.signed();
    int flags = from.octet();
    if (flags > (LAST_VALUE | KEY | NON_DESTRUCTIVE | PURGE)) {
      throw new IllegalArgumentException("a queue that keeps with unknown flags " + flags);
    }
    return new QueueKeeping(
        ring,
        (flags & LAST_VALUE) != 0,
        (flags & KEY) != 0 ? from.text() : null,
        (flags & NON_DESTRUCTIVE) != 0,
        (flags & PURGE) != 0);
  }
}
