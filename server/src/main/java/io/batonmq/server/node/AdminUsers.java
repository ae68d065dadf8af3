package io.batonmq.server.node;

import io.batonmq.server.admin.AdminAuth;
import io.batonmq.server.security.Users;

/// Whoever is a user of the instance may command the node.
record AdminUsers(Users users) implements AdminAuth {
  @Override
  public boolean check(String user, char[] password) {
    return users.login(user, new String(password)).isPresent();
  }
}
