package io.batonmq.server.admin;

import io.batonmq.broker.QueueSettings;
import org.jspecify.annotations.Nullable;

/// The settings of a queue among the fields of an object. What nothing is said about is not there, but for
/// `maxConsumers`; an empty `groupFirstKey` says that there is none.
final class QueueJson {
  private QueueJson() {}

  /// These fields, and those of the settings.
  static Json.Fields of(Json.Fields fields, QueueSettings.Overrides said) {
    Integer max = said.consumersMax();
    var all = fields.with("maxConsumers", max == null ? 0 : (long) max);
    all = flag(all, "exclusive", said.exclusive());
    all = whole(all, "groupBuckets", said.groupBuckets());
    all = flag(all, "groupRebalance", said.groupRebalance());
    all = flag(all, "groupRebalancePauseDispatch", said.groupRebalancePause());
    String key = said.groupFirstKey();
    if (key != null) {
      all = all.with("groupFirstKey", key);
    }
    all = whole(all, "consumersBeforeDispatch", said.consumersBeforeDispatch());
    return whole(all, "delayBeforeDispatch", said.delayBeforeDispatchMillis());
  }

  private static Json.Fields flag(Json.Fields fields, String name, @Nullable Boolean value) {
    return value == null ? fields : fields.with(name, (boolean) value);
  }

  private static Json.Fields whole(Json.Fields fields, String name, @Nullable Number value) {
    return value == null ? fields : fields.with(name, value.longValue());
  }

  static QueueSettings.Overrides overrides(JsonFields from) throws JsonException {
    String key = from.has("groupFirstKey") ? from.text("groupFirstKey") : "";
    return new QueueSettings.Overrides(
        (int) number(from, "maxConsumers", 0, Integer.MAX_VALUE),
        flag(from, "exclusive"),
        whole(from, "groupBuckets", -1),
        flag(from, "groupRebalance"),
        flag(from, "groupRebalancePauseDispatch"),
        key.isEmpty() ? null : key,
        whole(from, "consumersBeforeDispatch", 0),
        from.has("delayBeforeDispatch")
            ? number(from, "delayBeforeDispatch", -1, Long.MAX_VALUE)
            : null);
  }

  private static @Nullable Boolean flag(JsonFields from, String name) throws JsonException {
    return from.has(name) ? from.flag(name) : null;
  }

  private static @Nullable Integer whole(JsonFields from, String name, int min)
      throws JsonException {
    return from.has(name) ? (int) number(from, name, min, Integer.MAX_VALUE) : null;
  }

  private static long number(JsonFields from, String name, long min, long max)
      throws JsonException {
    long number = from.whole(name);
    if (number < min || number > max) {
      throw new JsonException("\"" + name + "\" is not a number from " + min + " to " + max);
    }
    return number;
  }
}
