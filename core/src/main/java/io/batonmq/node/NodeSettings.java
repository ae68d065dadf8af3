package io.batonmq.node;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.session.AccessRules;

/// What a node's broker is set to.
public record NodeSettings(BrokerSettings broker, AccessRules access) {}
