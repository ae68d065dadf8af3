package io.batonmq.server.security;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The two files of users and roles, as they were at one moment.
///
/// ```
/// artemis-users.properties    admin = SCRAM-SHA-256$15000:…$…:…
/// artemis-roles.properties    amq = admin,another
/// ```
///
/// A user whose password is not a verifier (plain text or masked, from another broker) is unusable, with a
/// warning: such a user cannot log in until a password is set anew. Its line stays until then.
record Accounts(
    SortedMap<String, ScramVerifier> verifiers,
    SortedSet<String> unusable,
    SortedMap<String, SortedSet<String>> roles) {
  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
  private static final int NAME_LENGTH_MAX = 255;

  private static final String USERS_HEADER =
      """
      # Users and their SCRAM-SHA-256 verifiers; the passwords cannot be read from them.
      # Written by `baton user add|rm|reset`; changes take effect at once.
      """;
  private static final String ROLES_HEADER =
      """
      # Roles and who has them: role = user,user
      # Written by `baton user add|rm|reset`; changes take effect at once.
      """;

  Accounts {
    verifiers = Collections.unmodifiableSortedMap(new TreeMap<>(verifiers));
    unusable = Collections.unmodifiableSortedSet(new TreeSet<>(unusable));
    roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
  }

  static Accounts none() {
    return new Accounts(new TreeMap<>(), new TreeSet<>(), new TreeMap<>());
  }

  static Accounts read(Path users, Path roles) throws IOException {
    var verifiers = new TreeMap<String, ScramVerifier>();
    var unusable = new TreeSet<String>();
    properties(users)
        .forEach((user, line) -> {
          try {
            verifiers.put(user, ScramVerifier.parse(line));
          } catch (IllegalArgumentException e) {
            unusable.add(user);
            LOG.warn(
                "user left out file={} user={} reason=\"{}\"; set the password anew with"
                    + " `baton user reset`",
                users,
                user,
                e.getMessage());
          }
        });
    var members = new TreeMap<String, SortedSet<String>>();
    properties(roles).forEach((role, names) -> members.put(role, names(names)));
    return new Accounts(verifiers, unusable, members);
  }

  /// New files with nobody in them, in place of any that were there.
  static void create(Path users, Path roles) throws IOException {
    SecretFile.write(roles, ROLES_HEADER);
    SecretFile.write(users, USERS_HEADER);
  }

  /// Writes what is different from before into the files; all else in them stays as it stands there.
  ///
  /// @param before what the files say now
  void write(Path users, Path roles, Accounts before) throws IOException {
    var roleLines = new PropertyLines(Files.readString(roles));
    this.roles.forEach((role, members) -> {
      if (!members.equals(before.roles.get(role))) {
        roleLines.put(role, String.join(",", members));
      }
    });
    var userLines = new PropertyLines(Files.readString(users));
    before.verifiers.keySet().stream().filter(user -> !knows(user)).forEach(userLines::remove);
    before.unusable.stream().filter(user -> !knows(user)).forEach(userLines::remove);
    verifiers.forEach((user, verifier) -> {
      if (!verifier.equals(before.verifiers.get(user))) {
        userLines.put(user, verifier.line());
      }
    });
    SecretFile.write(roles, roleLines.text());
    SecretFile.write(users, userLines.text());
  }

  /// Whether there is a user of that name, usable or not.
  boolean knows(String user) {
    return verifiers.containsKey(user) || unusable.contains(user);
  }

  /// These, with one user more or with another password for one.
  Accounts with(String user, ScramVerifier verifier) {
    var verifiers = new TreeMap<>(this.verifiers);
    verifiers.put(user, verifier);
    var unusable = new TreeSet<>(this.unusable);
    unusable.remove(user);
    return new Accounts(verifiers, unusable, roles);
  }

  /// These, with these roles and no others for a user; roles stay, even if nobody has them.
  Accounts with(String user, Set<String> userRoles) {
    var roles = new TreeMap<String, SortedSet<String>>();
    this.roles.forEach((role, members) ->
        roles.put(
            role,
            members.stream()
                .filter(member -> !member.equals(user))
                .collect(Collectors.toCollection(TreeSet::new))));
    for (var role : userRoles) {
      var members = new TreeSet<>(roles.getOrDefault(role, Collections.emptySortedSet()));
      members.add(user);
      roles.put(role, members);
    }
    return new Accounts(verifiers, unusable, roles);
  }

  /// These, without the user.
  Accounts without(String user) {
    var verifiers = new TreeMap<>(this.verifiers);
    verifiers.remove(user);
    var unusable = new TreeSet<>(this.unusable);
    unusable.remove(user);
    return new Accounts(verifiers, unusable, roles).with(user, Set.of());
  }

  SortedSet<String> rolesOf(String user) {
    return roles.entrySet().stream()
        .filter(role -> role.getValue().contains(user))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Names stand in lines with `=` and `,` around them; those that would be read as something else are
  /// refused, not quoted.
  static void checkName(String what, String name) {
    boolean odd =
        name.chars()
            .anyMatch(c -> c <= ' ' || Character.isISOControl(c) || ",=:#!\\".indexOf(c) >= 0);
    if (name.isEmpty() || name.length() > NAME_LENGTH_MAX || odd) {
      throw new IllegalArgumentException(
          "a "
              + what
              + " has from 1 to "
              + NAME_LENGTH_MAX
              + " letters, no blanks and none of , = : # ! \\");
    }
  }

  private static SortedMap<String, String> properties(Path file) throws IOException {
    var properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(file)));
    } catch (NoSuchFileException e) {
      throw new IOException(
          file + " is not there: `baton create` makes it; an empty file stands for nobody", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    var sorted = new TreeMap<String, String>();
    for (var name : properties.stringPropertyNames()) {
      sorted.put(name, properties.getProperty(name, "").strip());
    }
    return sorted;
  }

  private static SortedSet<String> names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
