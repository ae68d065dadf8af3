package io.batonmq.server.config;

import io.batonmq.server.config.Logins.Anonymous;
import io.batonmq.server.config.Logins.Named;
import io.batonmq.server.config.Logins.User;
import java.io.IOException;
import java.io.Serial;
import java.io.StreamTokenizer;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Reads what a `login.config` names, where that is files of users and groups:
///
/// ```
/// activemq {
///   org.apache.activemq.jaas.PropertiesLoginModule required
///     org.apache.activemq.jaas.properties.user="users.properties"
///     org.apache.activemq.jaas.properties.group="groups.properties";
/// };
/// ```
///
/// The names of modules are compared with the two that are known; no class is looked up by them.
final class ClassicLogin {
  private static final long FILE_BYTES_MAX = 1 << 20;
  private static final String PACKAGE = "org.apache.activemq.jaas.";
  private static final String PROPERTIES = PACKAGE + "PropertiesLoginModule";
  private static final String GUEST = PACKAGE + "GuestLoginModule";
  private static final Set<String> SILENT = Set.of("debug", "reload", "baseDir");

  private record Module(String type, Map<String, String> options) {}

  /// What cannot be used; the message says what to change.
  static final class UnusableException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  private final Path file;
  private final StreamTokenizer tokens;

  private ClassicLogin(Path file, String text) {
    this.file = file;
    this.tokens = new StreamTokenizer(new StringReader(text));
    tokens.resetSyntax();
    tokens.wordChars('!', '~');
    tokens.whitespaceChars(0, ' ');
    tokens.quoteChar('"');
    for (char single : new char[] {'{', '}', ';', '=', '/'}) {
      tokens.ordinaryChar(single);
    }
    tokens.slashSlashComments(true);
    tokens.slashStarComments(true);
  }

  static Named read(Path file, String entry, ClassicPlaceholders placeholders)
      throws UnusableException {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new UnusableException(
            file + " is longer than " + FILE_BYTES_MAX + " bytes: not read");
      }
      var modules = new ClassicLogin(file, Files.readString(file)).entries().get(entry);
      if (modules == null) {
        throw new UnusableException(file + " has no entry " + entry);
      }
      return named(file, modules, placeholders);
    } catch (NoSuchFileException e) {
      throw new UnusableException(e.getMessage() + " is not there: put it beside this file");
    } catch (IOException e) {
      throw new UnusableException(file + " cannot be read: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new UnusableException(file + ": " + e.getMessage());
    }
  }

  private static Named named(Path file, List<Module> modules, ClassicPlaceholders placeholders)
      throws IOException, UnusableException {
    List<User> users = new ArrayList<>();
    Optional<Anonymous> anonymous = Optional.empty();
    for (var module : modules) {
      var options = module.options;
      switch (module.type) {
        case PROPERTIES -> users.addAll(users(file, options, placeholders));
        case GUEST ->
            anonymous =
                Optional.of(
                    new Anonymous(
                        options.getOrDefault(PACKAGE + "guest.user", "guest"),
                        Set.of(options.getOrDefault(PACKAGE + "guest.group", "guests"))));
        default ->
            throw new UnusableException(
                file
                    + ": "
                    + module.type
                    + " is not known: use PropertiesLoginModule, with files of users and groups");
      }
    }
    return new Named(users, anonymous);
  }

  private static List<User> users(
      Path file, Map<String, String> options, ClassicPlaceholders placeholders)
      throws IOException, UnusableException {
    for (var name : options.keySet()) {
      if (!SILENT.contains(name)
          && !name.equals(PACKAGE + "properties.user")
          && !name.equals(PACKAGE + "properties.group")) {
        throw new UnusableException(file + ": " + name + " is not known here");
      }
    }
    var folder = file.resolveSibling(placeholders.text(options.getOrDefault("baseDir", ".")));
    var passwords =
        ClassicBeans.read(
            folder.resolve(options.getOrDefault(PACKAGE + "properties.user", "users.properties")));
    var groups =
        ClassicBeans.read(
            folder.resolve(
                options.getOrDefault(PACKAGE + "properties.group", "groups.properties")));
    Map<String, Set<String>> of = new TreeMap<>();
    groups.forEach((group, members) -> {
      for (var member : Values.NAMES.read(members.isEmpty() ? "," : members)) {
        of.computeIfAbsent(member, _ -> new LinkedHashSet<>()).add(group);
      }
    });
    var users = new ArrayList<User>();
    for (var entry : passwords.entrySet()) {
      if (entry.getValue().startsWith("ENC(")) {
        throw new UnusableException(
            folder + ": the password of " + entry.getKey() + " is encrypted: write it plain");
      }
      users.add(
          new User(entry.getKey(), entry.getValue(), of.getOrDefault(entry.getKey(), Set.of())));
    }
    return users;
  }

  // ---- the grammar: entry { module flag name="value" ... ; ... } ;

  private Map<String, List<Module>> entries() throws IOException, UnusableException {
    Map<String, List<Module>> entries = new LinkedHashMap<>();
    for (var name = word(); !name.isEmpty(); name = word()) {
      expect("{");
      List<Module> modules = new ArrayList<>();
      for (var type = word(); !type.equals("}"); type = word()) {
        if (type.isEmpty()) {
          throw new UnusableException(file + ": ends within " + name);
        }
        modules.add(module(type));
      }
      expect(";");
      entries.put(name, modules);
    }
    return entries;
  }

  private Module module(String type) throws IOException, UnusableException {
    word(); // required, sufficient and their kin: there is one way in here
    Map<String, String> options = new LinkedHashMap<>();
    for (var name = word(); !name.equals(";"); name = word()) {
      if (name.isEmpty()) {
        throw new UnusableException(file + ": ends within " + type);
      }
      expect("=");
      options.put(name, word());
    }
    return new Module(type, options);
  }

  private void expect(String what) throws IOException, UnusableException {
    var found = word();
    if (!found.equals(what)) {
      throw new UnusableException(
          file + ": line " + tokens.lineno() + ": " + what + " is expected, not " + found);
    }
  }

  private String word() throws IOException {
    int kind = tokens.nextToken();
    return switch (kind) {
      case StreamTokenizer.TT_EOF -> "";
      case StreamTokenizer.TT_WORD, '"' -> String.valueOf(tokens.sval);
      default -> String.valueOf((char) kind);
    };
  }
}
