package io.batonmq.broker;

import org.jspecify.annotations.Nullable;

/// Whether what is moved to a dead-letter or an expiry address gets a queue there of its own, one for each
/// address that it comes from, made when it is needed.
///
/// @param create whether it does
/// @param prefix of the name of such a queue; the address follows
/// @param suffix and this
public record OwnQueues(boolean create, String prefix, String suffix) {
  public static final OwnQueues DEAD_LETTER_DEFAULTS = new OwnQueues(false, "DLQ.", "");
  public static final OwnQueues EXPIRY_DEFAULTS = new OwnQueues(false, "EXP.", "");

  /// What one configured entry says; null where it says nothing.
  public record Overrides(
      @Nullable Boolean create, @Nullable String prefix, @Nullable String suffix) {

    /// An entry that says nothing.
    public static final Overrides NONE = new Overrides(null, null, null);
  }

  OwnQueues with(Overrides overrides) {
    return new OwnQueues(
        overrides.create != null ? overrides.create : create,
        overrides.prefix != null ? overrides.prefix : prefix,
        overrides.suffix != null ? overrides.suffix : suffix);
  }

  /// The queue of an address.
  String name(String origin) {
    return prefix + origin + suffix;
  }
}
