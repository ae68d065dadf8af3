package io.batonmq.session;

import java.util.Set;

/// Who is at the other end, as authentication found it.
///
/// @param name user name; `anonymous` for a peer that was let in without one
/// @param roles names that permissions are given to
public record Principal(String name, Set<String> roles) {
  public Principal {
    roles = Set.copyOf(roles);
  }
}
