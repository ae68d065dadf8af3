package io.batonmq.broker;

import io.batonmq.message.Message;
import org.jspecify.annotations.Nullable;

/// How long messages live that are sent to an address, whatever their senders say. All delays count from the
/// moment when a message comes, in milliseconds; -1 stands for none.
///
/// @param delayMillis of those that come without an expiry; where it is given the two others are not looked at
/// @param delayMillisMin those that would expire earlier live as long as this
/// @param delayMillisMax those that would expire later live as long as this, and so do those without an
///     expiry; where only the minimum is given, they get that
/// @param never whether nothing expires here
public record Lifetime(long delayMillis, long delayMillisMin, long delayMillisMax, boolean never) {

  /// What holds where nothing was configured: as the sender says.
  public static final Lifetime DEFAULTS = new Lifetime(-1, -1, -1, false);

  /// What one configured entry says; null where it says nothing.
  public record Overrides(
      @Nullable Long delayMillis,
      @Nullable Long delayMillisMin,
      @Nullable Long delayMillisMax,
      @Nullable Boolean never) {

    /// An entry that says nothing.
    public static final Overrides NONE = new Overrides(null, null, null, null);
  }

  Lifetime with(Overrides overrides) {
    return new Lifetime(
        overrides.delayMillis != null ? overrides.delayMillis : delayMillis,
        overrides.delayMillisMin != null ? overrides.delayMillisMin : delayMillisMin,
        overrides.delayMillisMax != null ? overrides.delayMillisMax : delayMillisMax,
        overrides.never != null ? overrides.never : never);
  }

  /// A message that comes now, expiring when it shall.
  Message of(Message message, long wallMillis) {
    long expiry = expiry(message.expiryMillis(), wallMillis);
    return expiry == message.expiryMillis() ? message : message.expiringAt(expiry);
  }

  private long expiry(long asked, long wall) {
    if (never) {
      return 0;
    }
    if (delayMillis >= 0) {
      return asked == 0 ? after(wall, delayMillis) : asked;
    }
    if (delayMillisMax >= 0 && (asked == 0 || asked > wall + delayMillisMax)) {
      return after(wall, delayMillisMax);
    }
    if (delayMillisMin >= 0 && (asked == 0 || asked < wall + delayMillisMin)) {
      return after(wall, delayMillisMin);
    }
    return asked;
  }

  /// Never 0, which would be no expiry.
  private static long after(long wall, long delay) {
    return Math.max(1, wall + delay);
  }
}
