package io.batonmq.node;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.message.FieldExtractor;
import io.batonmq.message.Format;
import io.batonmq.session.AccessRules;
import java.util.Map;

/// What a node's broker is set to.
///
/// @param extractors how messages of each format are looked into; of one without, selectors see only what
///     all formats have
public record NodeSettings(
    BrokerSettings broker, AccessRules access, Map<Format, FieldExtractor> extractors) {
  public NodeSettings {
    extractors = Map.copyOf(extractors);
  }
}
