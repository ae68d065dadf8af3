package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import java.util.Map;
import java.util.Set;

/// Who may do what with the addresses that `match` fits. What no role is named for, nobody may.
public record SecuritySetting(AddressPattern match, Map<Permission, Set<String>> roles) {
  public SecuritySetting {
    roles = Map.copyOf(roles);
  }
}
