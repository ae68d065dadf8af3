package io.batonmq.broker;

import org.jspecify.annotations.Nullable;

/// What a queue is made with and keeps, on every node: it is in the event that makes the queue. Where nobody
/// says anything about the queue itself, the [AddressSettings] of its address have a word at that moment.
///
/// @param consumersMax how many consumers it may have at once, 0 for any number
/// @param exclusive whether one of its consumers gets everything, and the others wait until that one leaves
/// @param groupBuckets how many owners of groups there are, by hash; 0: groups mean nothing here; -1: each
///     group has an owner of its own
/// @param groupRebalance whether all groups are given anew when a consumer comes
/// @param groupRebalancePause whether nothing is given then until what is out of any group is settled
/// @param groupFirstKey annotation that the first message of a group has for its owner; null for none
/// @param consumersBeforeDispatch how many consumers it waits for before it gives anything
/// @param delayBeforeDispatchMillis how long it waits for them after the first one came, -1 for ever
/// @param keeping what stays in it
public record QueueSettings(
    int consumersMax,
    boolean exclusive,
    int groupBuckets,
    boolean groupRebalance,
    boolean groupRebalancePause,
    @Nullable String groupFirstKey,
    int consumersBeforeDispatch,
    long delayBeforeDispatchMillis,
    QueueKeeping keeping) {

  /// Each group has an owner of its own.
  public static final int NO_BUCKETS = -1;

  /// It is waited for ever.
  public static final long NO_DELAY = -1;

  /// Characters in a [#groupFirstKey].
  public static final int KEY_MAX = 255;

  /// What holds where nothing was said.
  public static final QueueSettings DEFAULTS =
      new QueueSettings(0, false, NO_BUCKETS, false, false, null, 0, NO_DELAY);

  private static final int EXCLUSIVE = 1;
  private static final int REBALANCE = 2;
  private static final int PAUSE = 4;
  private static final int FIRST_KEY = 8;

  /// One that keeps everything.
  public QueueSettings(
      int consumersMax,
      boolean exclusive,
      int groupBuckets,
      boolean groupRebalance,
      boolean groupRebalancePause,
      @Nullable String groupFirstKey,
      int consumersBeforeDispatch,
      long delayBeforeDispatchMillis) {
    this(
        consumersMax,
        exclusive,
        groupBuckets,
        groupRebalance,
        groupRebalancePause,
        groupFirstKey,
        consumersBeforeDispatch,
        delayBeforeDispatchMillis,
        QueueKeeping.DEFAULTS);
  }

  public QueueSettings {
    if (consumersMax < 0
        || groupBuckets < NO_BUCKETS
        || consumersBeforeDispatch < 0
        || delayBeforeDispatchMillis < NO_DELAY) {
      throw new IllegalArgumentException(
          "settings of a queue: "
              + consumersMax
              + " consumers, "
              + groupBuckets
              + " buckets, "
              + consumersBeforeDispatch
              + " consumers and "
              + delayBeforeDispatchMillis
              + " ms before it gives anything");
    }
  }

  /// What is said about one queue, or about the queues of some addresses; null where nothing is.
  public record Overrides(
      @Nullable Integer consumersMax,
      @Nullable Boolean exclusive,
      @Nullable Integer groupBuckets,
      @Nullable Boolean groupRebalance,
      @Nullable Boolean groupRebalancePause,
      @Nullable String groupFirstKey,
      @Nullable Integer consumersBeforeDispatch,
      @Nullable Long delayBeforeDispatchMillis,
      QueueKeeping.Overrides keeping) {

    /// Nothing is said.
    public static final Overrides NONE =
        new Overrides(null, null, null, null, null, null, null, null);

    /// Nothing is said about what stays.
    public Overrides(
        @Nullable Integer consumersMax,
        @Nullable Boolean exclusive,
        @Nullable Integer groupBuckets,
        @Nullable Boolean groupRebalance,
        @Nullable Boolean groupRebalancePause,
        @Nullable String groupFirstKey,
        @Nullable Integer consumersBeforeDispatch,
        @Nullable Long delayBeforeDispatchMillis) {
      this(
          consumersMax,
          exclusive,
          groupBuckets,
          groupRebalance,
          groupRebalancePause,
          groupFirstKey,
          consumersBeforeDispatch,
          delayBeforeDispatchMillis,
          QueueKeeping.Overrides.NONE);
    }

    /// The same about what stays.
    public Overrides with(QueueKeeping.Overrides newKeeping) {
      return new Overrides(
          consumersMax,
          exclusive,
          groupBuckets,
          groupRebalance,
          groupRebalancePause,
          groupFirstKey,
          consumersBeforeDispatch,
          delayBeforeDispatchMillis,
          newKeeping);
    }

    /// Nothing but how many consumers there may be.
    public static Overrides consumers(@Nullable Integer max) {
      return new Overrides(max, null, null, null, null, null, null, null);
    }

    /// Why these cannot hold; null if they can.
    public @Nullable String fault() {
      if (consumersMax != null && consumersMax < 0) {
        return "the number of consumers is not negative: 0 is any number";
      }
      if (groupBuckets != null && groupBuckets < NO_BUCKETS) {
        return "the number of group buckets is at least -1: each group for itself";
      }
      if (consumersBeforeDispatch != null && consumersBeforeDispatch < 0) {
        return "the number of consumers before dispatch is not negative";
      }
      if (delayBeforeDispatchMillis != null && delayBeforeDispatchMillis < NO_DELAY) {
        return "the delay before dispatch is at least -1: for ever";
      }
      return groupFirstKey == null || named(groupFirstKey)
          ? keeping.fault()
          : "a group-first-key has 1 to " + KEY_MAX + " characters, all of them printable ASCII";
    }
  }

  /// Whether a text can be the name of an annotation.
  public static boolean named(String key) {
    return !key.isEmpty()
        && key.length() <= KEY_MAX
        && key.chars().allMatch(character -> character > ' ' && character < 0x7F);
  }

  /// These settings, changed by what is said.
  public QueueSettings with(Overrides said) {
    return new QueueSettings(
        said.consumersMax != null ? said.consumersMax : consumersMax,
        said.exclusive != null ? said.exclusive : exclusive,
        said.groupBuckets != null ? said.groupBuckets : groupBuckets,
        said.groupRebalance != null ? said.groupRebalance : groupRebalance,
        said.groupRebalancePause != null ? said.groupRebalancePause : groupRebalancePause,
        said.groupFirstKey != null ? said.groupFirstKey : groupFirstKey,
        said.consumersBeforeDispatch != null
            ? said.consumersBeforeDispatch
            : consumersBeforeDispatch,
        said.delayBeforeDispatchMillis != null
            ? said.delayBeforeDispatchMillis
            : delayBeforeDispatchMillis,
        keeping.with(said.keeping));
  }

  /// Whether messages of one group belong together. Where one consumer gets everything they do anyway, and
  /// where everybody does they need not.
  boolean groups() {
    return groupBuckets != 0 && !exclusive;
  }

  void write(FieldWriter to) {
    to.number(consumersMax);
    to.octet(
        (exclusive ? EXCLUSIVE : 0)
            | (groupRebalance ? REBALANCE : 0)
            | (groupRebalancePause ? PAUSE : 0)
            | (groupFirstKey != null ? FIRST_KEY : 0));
    to.signed(groupBuckets);
    to.number(consumersBeforeDispatch);
    to.signed(delayBeforeDispatchMillis);
    if (groupFirstKey != null) {
      to.text(groupFirstKey);
    }
    keeping.write(to);
  }

  static QueueSettings read(FieldReader from) {
    int consumers = from.smallNumber();
    int flags = from.octet();
    if (flags > (EXCLUSIVE | REBALANCE | PAUSE | FIRST_KEY)) {
      throw new IllegalArgumentException("settings of a queue with unknown flags " + flags);
    }
    long buckets = from.signed();
    int before = from.smallNumber();
    long delay = from.signed();
    if (buckets != (int) buckets) {
      throw new IllegalArgumentException("a queue of " + buckets + " group buckets");
    }
    return new QueueSettings(
        consumers,
        (flags & EXCLUSIVE) != 0,
        (int) buckets,
        (flags & REBALANCE) != 0,
        (flags & PAUSE) != 0,
        (flags & FIRST_KEY) != 0 ? from.text() : null,
        before,
        delay,
        QueueKeeping.read(from));
  }
}
