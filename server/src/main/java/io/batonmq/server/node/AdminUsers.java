package io.batonmq.server.node;

import io.batonmq.server.admin.AdminAuth;
import io.batonmq.server.security.Users;

/// A user of the instance may command the node if it has the role.
record AdminUsers(Users users, String role) implements AdminAuth {
  @Override
  public Standing check(String user, char[] password) {
    return users
        .login(user, new String(password))
        .map(known -> known.roles().contains(role) ? Standing.ADMITTED : Standing.LACKS_ROLE)
        .orElse(Standing.UNKNOWN);
  }
}
