package io.batonmq.server.security;

import static io.batonmq.server.security.ScramVerifier.bytes;
import static io.batonmq.server.security.ScramVerifier.hmac;

import io.batonmq.session.Principal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The users of an instance, always as the files say: each question looks whether they changed. Files that
/// cannot be read leave the users as they were, with a warning.
///
/// Any thread may ask. [#login] with a password computes for milliseconds (once per user and password:
/// then it remembers, so that a thousand clients coming back at once cost nothing), and for every wrong
/// password again: it has no place on a thread that serves others.
public final class Users {
  private static final Logger LOG = LoggerFactory.getLogger(Users.class);

  /// Held by the one thread of this process that changes files.
  private static final Object CHANGES = new Object();

  /// Of users and of roles; none where they stand elsewhere and never change.
  private final List<Path> files;

  /// Keys what is derived from names and passwords, for as long as the process lives.
  private final byte[] secret = new byte[32];

  /// A user's last good password, as its HMAC together with the verifier that it fitted: one entry per
  /// user at most.
  private final Map<String, byte[]> proven = new ConcurrentHashMap<>();

  private volatile Snapshot snapshot = new Snapshot(List.of(), Accounts.none());

  /// What tells one content of a file from another without reading it.
  private record Stamp(FileTime modified, long size, String key) {}

  private record Snapshot(List<Stamp> stamps, Accounts accounts) {}

  private Users(List<Path> files) {
    this.files = files;
    new SecureRandom().nextBytes(secret);
  }

  /// The users in these two files, which must be there.
  public static Users open(Path usersFile, Path rolesFile) throws IOException {
    var users = new Users(List.of(usersFile, rolesFile));
    users.snapshot = users.load();
    return users;
  }

  /// Users that are known from elsewhere, for as long as the process lives. Takes some milliseconds for each.
  ///
  /// @param passwords plain, by user
  /// @param roles of each user
  public static Users of(Map<String, String> passwords, Map<String, Set<String>> roles) {
    var accounts = Accounts.none();
    for (var user : passwords.entrySet()) {
      accounts =
          accounts
              .with(user.getKey(), ScramVerifier.of(user.getValue()))
              .with(user.getKey(), roles.getOrDefault(user.getKey(), Set.of()));
    }
    var users = new Users(List.of());
    users.snapshot = new Snapshot(List.of(), accounts);
    return users;
  }

  /// New files with no users in them, in place of any that were there.
  public static Users create(Path usersFile, Path rolesFile) throws IOException {
    Accounts.create(usersFile, rolesFile);
    return open(usersFile, rolesFile);
  }

  /// The user, if this is its password. Takes as long for unknown users as for known ones.
  public Optional<Principal> login(String user, String password) {
    var accounts = accounts();
    var known = Optional.ofNullable(accounts.verifiers().get(user));
    if (known.isEmpty()) {
      var _ = verifier(user).matches(password);
      return Optional.empty();
    }
    var verifier = known.get();
    byte[] proof = hmac(secret, bytes(verifier.line() + "\0" + password));
    var last = proven.get(user);
    if (last == null || !MessageDigest.isEqual(last, proof)) {
      if (!verifier.matches(password)) {
        return Optional.empty();
      }
      proven.put(user, proof);
    }
    return Optional.of(new Principal(user, accounts.rolesOf(user)));
  }

  /// What a SCRAM exchange with this user runs on. An unknown user has one too, the same each time in
  /// this process, that no password fits: so nobody learns from it which users exist.
  public ScramVerifier verifier(String user) {
    var known = accounts().verifiers().get(user);
    return known != null
        ? known
        : ScramVerifier.fake(hmac(secret, bytes(user)), ScramVerifier.ITERATIONS_DEFAULT);
  }

  /// The user, without proof: for one who gave it by other means, such as a finished SCRAM exchange.
  public Optional<Principal> principal(String user) {
    var accounts = accounts();
    return accounts.verifiers().containsKey(user)
        ? Optional.of(new Principal(user, accounts.rolesOf(user)))
        : Optional.empty();
  }

  /// All users and their roles, by name.
  public SortedMap<String, Set<String>> list() {
    var accounts = accounts();
    var list = new TreeMap<String, Set<String>>();
    accounts.verifiers().keySet().forEach(user -> list.put(user, accounts.rolesOf(user)));
    return list;
  }

  /// What is kept of a password: it proves it, and cannot be turned back. Another one each time.
  public static String proof(String password) {
    return ScramVerifier.of(password).line();
  }

  /// Says what [#add] would say of these names and this password.
  ///
  /// @throws IllegalArgumentException if one of them cannot be kept; the message does not repeat it
  public static void check(String user, String password, Set<String> roles) {
    Accounts.checkName("user", user);
    roles.forEach(role -> Accounts.checkName("role", role));
    if (password.isEmpty()) {
      throw new IllegalArgumentException("a password has at least one letter");
    }
  }

  /// Adds a user; false if there is one of that name.
  ///
  /// @throws IllegalArgumentException if a name or the password is one that cannot be kept
  public boolean add(String user, String password, Set<String> roles) throws IOException {
    check(user, password, roles);
    return change(now ->
        now.knows(user)
            ? Optional.empty()
            : Optional.of(now.with(user, ScramVerifier.of(password)).with(user, roles)));
  }

  /// Changes a user's password, roles or both; false if there is no such user. One that could not log in
  /// because of how its password was kept can, with a new one.
  public boolean reset(String user, Optional<String> password, Optional<Set<String>> roles)
      throws IOException {
    check(user, password.orElse("as it was"), roles.orElse(Set.of()));
    return change(now -> {
      if (!now.knows(user)) {
        return Optional.empty();
      }
      var changed = password.map(it -> now.with(user, ScramVerifier.of(it))).orElse(now);
      return Optional.of(roles.map(it -> changed.with(user, it)).orElse(changed));
    });
  }

  /// Removes a user; false if there is none.
  public boolean remove(String user) throws IOException {
    return change(now -> now.knows(user) ? Optional.of(now.without(user)) : Optional.empty());
  }

  private interface Change {
    Optional<Accounts> of(Accounts now);
  }

  /// Changes the files from what they say now. Two that change them at once would each write what the
  /// other had not seen: within a process one waits for the other, and so do processes, by a lock file.
  private boolean change(Change change) throws IOException {
    if (files.isEmpty()) {
      throw new IOException("the users of this broker are in its configuration: change them there");
    }
    var usersFile = files.getFirst();
    var rolesFile = files.getLast();
    var lock = usersFile.resolveSibling(usersFile.getFileName() + ".lock");
    synchronized (CHANGES) {
      try (var channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = channel.lock()) {
        var before = Accounts.read(usersFile, rolesFile);
        var after = change.of(before);
        if (after.isPresent()) {
          after.get().write(usersFile, rolesFile, before);
        }
        reload();
        return after.isPresent();
      }
    }
  }

  private Accounts accounts() {
    var current = snapshot;
    if (!stamps().equals(current.stamps)) {
      return reload();
    }
    return current.accounts;
  }

  private synchronized Accounts reload() {
    var stamps = stamps();
    if (!stamps.equals(snapshot.stamps)) {
      try {
        snapshot = load();
        LOG.info("users read users={}", snapshot.accounts.verifiers().size());
      } catch (IOException e) {
        LOG.warn("users kept as they were, the files cannot be read reason=\"{}\"", e.toString());
        snapshot = new Snapshot(stamps, snapshot.accounts);
      }
      proven.keySet().retainAll(snapshot.accounts.verifiers().keySet());
    }
    return snapshot.accounts;
  }

  /// The stamps are taken first: a change while reading shows at the next question.
  private Snapshot load() throws IOException {
    return new Snapshot(stamps(), Accounts.read(files.getFirst(), files.getLast()));
  }

  private List<Stamp> stamps() {
    return files.stream().map(Users::stamp).toList();
  }

  private static Stamp stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(
          attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
    } catch (IOException e) {
      return new Stamp(FileTime.fromMillis(0), -1, "");
    }
  }
}
