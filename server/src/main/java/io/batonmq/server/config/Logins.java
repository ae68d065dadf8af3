package io.batonmq.server.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where the users of a broker stand.
public sealed interface Logins {

  /// In the files of its instance.
  record OfInstance() implements Logins {}

  /// In its configuration, or in a file that it names and that was read with it.
  ///
  /// @param anonymous who those are that give no name; absent, they are not let in
  record Named(List<User> users, Optional<Anonymous> anonymous) implements Logins {
    public Named {
      users = List.copyOf(users);
    }
  }

  /// One user; the password is plain and never printed.
  record User(String name, String password, Set<String> groups) {
    public User {
      groups = Set.copyOf(groups);
    }

    @Override
    public String toString() {
      return "User[" + name + ", groups=" + groups + "]";
    }
  }

  /// Who comes in without a name.
  record Anonymous(String name, Set<String> groups) {
    public Anonymous {
      groups = Set.copyOf(groups);
    }
  }
}
