package io.batonmq.server.config;

import io.batonmq.message.Wildcards;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Everything a node is told by its configuration file, whatever dialect it was written in:
/// complete, checked, with defaults filled in.
///
/// @param instance directory that relative paths start from
/// @param securityEnabled false lets everybody who may come in do everything
/// @param addressSettings in the order of the file; [#settings] puts them together
/// @param diverts in the order of the file
/// @param wildcards how names of addresses are read
/// @param queueScanPeriod milliseconds between two looks for unused queues and addresses; 0 or less for never
/// @param populateValidatedUser whether each message says which user sent it
/// @param logins where its users stand
public record BrokerConfig(
    String name,
    Path instance,
    List<Acceptor> acceptors,
    List<Connector> connectors,
    Directories directories,
    Journal journal,
    Limits limits,
    Cluster cluster,
    HaPolicy ha,
    boolean securityEnabled,
    List<SecuritySetting> securitySettings,
    List<AddressSetting> addressSettings,
    List<AddressConfig> addresses,
    List<DivertConfig> diverts,
    Wildcards wildcards,
    long queueScanPeriod,
    boolean populateValidatedUser,
    Logins logins,
    StoreUse storeUse) {
  public BrokerConfig {
    acceptors = List.copyOf(acceptors);
    connectors = List.copyOf(connectors);
    securitySettings = List.copyOf(securitySettings);
    addressSettings = List.copyOf(addressSettings);
    addresses = List.copyOf(addresses);
    diverts = List.copyOf(diverts);
  }

  /// What holds for `address`: every setting that fits, the special over the general.
  public AddressSettings settings(String address) {
    var settings = AddressSettings.DEFAULT;
    for (var special : fitting(address)) {
      settings = special.over(settings);
    }
    return settings;
  }

  /// The roles that may do this with `address`: those of the most special setting that fits, alone.
  public Set<String> roles(String address, Permission permission) {
    return securitySettings.stream()
        .filter(setting -> setting.match().matches(address))
        .min(Comparator.comparing(SecuritySetting::match))
        .map(setting -> setting.roles().getOrDefault(permission, Set.of()))
        .orElse(Set.of());
  }

  private List<AddressSetting> fitting(String address) {
    return addressSettings.stream()
        .filter(setting -> setting.match().matches(address))
        .sorted(Comparator.comparing(AddressSetting::match).reversed())
        .toList();
  }
}
