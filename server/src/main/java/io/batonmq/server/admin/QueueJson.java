package io.batonmq.server.admin;

import io.batonmq.broker.QueueKeeping;
import io.batonmq.broker.QueueSettings;
import org.jspecify.annotations.Nullable;

/// The settings of a queue among the fields of an object. What nothing is said about is not there, but for
/// `maxConsumers`; an empty text says that there is none.
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
    all = whole(all, "delayBeforeDispatch", said.delayBeforeDispatchMillis());
    QueueKeeping.Overrides keeping = said.keeping();
    all = whole(all, "ringSize", keeping.ringSize());
    all = flag(all, "lastValue", keeping.lastValue());
    String lastValueKey = keeping.lastValueKey();
    if (lastValueKey != null) {
      all = all.with("lastValueKey", lastValueKey);
    }
    all = flag(all, "nonDestructive", keeping.nonDestructive());
    return flag(all, "purgeOnNoConsumers", keeping.purgeOnNoConsumers());
  }

  private static Json.Fields flag(Json.Fields fields, String name, @Nullable Boolean value) {
    return value == null ? fields : fields.with(name, (boolean) value);
  }

  private static Json.Fields whole(Json.Fields fields, String name, @Nullable Number value) {
    return value == null ? fields : fields.with(name, value.longValue());
  }

  static QueueSettings.Overrides overrides(JsonFields from) throws JsonException {
    return new QueueSettings.Overrides(
        (int) number(from, "maxConsumers", 0, Integer.MAX_VALUE),
        flag(from, "exclusive"),
        whole(from, "groupBuckets", -1),
        flag(from, "groupRebalance"),
        flag(from, "groupRebalancePauseDispatch"),
        text(from, "groupFirstKey"),
        whole(from, "consumersBeforeDispatch", 0),
        from.has("delayBeforeDispatch")
            ? number(from, "delayBeforeDispatch", -1, Long.MAX_VALUE)
            : null,
        new QueueKeeping.Overrides(
            from.has("ringSize") ? number(from, "ringSize", -1, Long.MAX_VALUE) : null,
            flag(from, "lastValue"),
            text(from, "lastValueKey"),
            flag(from, "nonDestructive"),
            flag(from, "purgeOnNoConsumers")));
  }

  private static @Nullable String text(JsonFields from, String name) throws JsonException {
    String text = from.has(name) ? from.text(name) : "";
    return text.isEmpty() ? null : text;
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
