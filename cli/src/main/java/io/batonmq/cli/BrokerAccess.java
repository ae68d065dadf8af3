package io.batonmq.cli;

import java.util.Optional;

/// Where a broker is, and as whom a client comes.
record BrokerAccess(
    BrokerUrl url, Optional<String> user, Optional<String> password, Optional<String> clientId) {

  /// Leaves the password out.
  @Override
  public String toString() {
    return "BrokerAccess[url=" + url + ", user=" + user + "]";
  }
}
