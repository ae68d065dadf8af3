package io.batonmq.cli;

import io.batonmq.server.admin.Json;
import io.batonmq.server.instance.CreateOptions.Access;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.security.Users;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Users of an instance. They are in two files of it, which a running node reads again when they change.
@Command(
    name = "user",
    description = "Adds, lists, changes and removes the users of an instance.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {User.Add.class, User.ListAll.class, User.Rm.class, User.Reset.class})
final class User {

  /// Whose users.
  static final class Where {
    @Option(
        names = "--instance",
        paramLabel = "DIR",
        description = "The instance; DIR/bin/baton needs no such option.")
    private @Nullable Path dir;

    @Mixin private Silence silence;

    Users users(String word) throws IOException {
      Instance instance = Instances.need(dir, "user " + word);
      return Users.open(instance.users(), instance.roles());
    }
  }

  /// Adds one.
  @Command(name = "add", description = "Adds a user; it may log in at once.", sortOptions = false)
  static final class Add implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Where where;

    @Option(
        names = {"--user-command-user", "--user"},
        required = true,
        description = "The name.")
    private String name;

    @Option(
        names = {"--user-command-password", "--password"},
        description = "The password; asked for where it is missing.")
    private @Nullable String password;

    @Option(
        names = "--role",
        split = ",",
        description = "The roles, between commas (default: " + Access.ROLE + ").")
    private List<String> roles = List.of(Access.ROLE);

    @Option(names = "--plaintext", hidden = true)
    private boolean plaintext;

    @Override
    public Integer call() throws IOException {
      refuse(plaintext);
      var secret = password(spec, where, password);
      if (!done(() -> where.users("add").add(name, secret, Set.copyOf(roles)))) {
        throw UserException.failed("there is a user " + name + " already; user reset changes it");
      }
      spec.commandLine().getOut().println("User added successfully.");
      return Exit.OK.code();
    }
  }

  /// Lists them.
  @Command(name = "list", description = "Lists the users and their roles.")
  static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Where where;

    @Option(
        names = {"--user-command-user", "--user"},
        description = "Only this one.")
    private @Nullable String name;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
      var out = spec.commandLine().getOut();
      var users =
          where.users("list").list().entrySet().stream()
              .filter(user -> name == null || user.getKey().equals(name))
              .toList();
      if (json) {
        out.println(
            Json.fields()
                .with(
                    "users",
                    new Json.Items(
                        users.stream().<Json>map(it -> of(it.getKey(), it.getValue())).toList()))
                .pretty());
        return Exit.OK.code();
      }
      for (var user : users) {
        var roles = new TreeSet<>(user.getValue()).stream().collect(Collectors.joining(","));
        out.println("--- \"" + user.getKey() + "\"(" + roles + ") ---");
      }
      out.println();
      out.println(" Total: " + users.size());
      return Exit.OK.code();
    }
  }

  private static Json of(String name, Set<String> roles) {
    return Json.fields()
        .with("name", name)
        .with(
            "roles",
            new Json.Items(new TreeSet<>(roles).stream().<Json>map(Json.Text::new).toList()));
  }

  /// Removes one.
  @Command(name = "rm", description = "Removes a user, who cannot log in any more.")
  static final class Rm implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Where where;

    @Option(
        names = {"--user-command-user", "--user"},
        required = true,
        description = "The name.")
    private String name;

    @Override
    public Integer call() throws IOException {
      if (!where.users("rm").remove(name)) {
        throw UserException.failed("there is no user " + name);
      }
      spec.commandLine().getOut().println("User removed.");
      return Exit.OK.code();
    }
  }

  /// Changes one.
  @Command(
      name = "reset",
      description = "Changes a user's password, roles or both.",
      sortOptions = false)
  static final class Reset implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Where where;

    @Option(
        names = {"--user-command-user", "--user"},
        required = true,
        description = "The name.")
    private String name;

    @Option(
        names = {"--user-command-password", "--password"},
        description = "The new password; asked for where neither it nor --role is given.")
    private @Nullable String password;

    @Option(names = "--role", split = ",", description = "The roles from now on, between commas.")
    private @Nullable List<String> roles;

    @Option(names = "--plaintext", hidden = true)
    private boolean plaintext;

    @Override
    public Integer call() throws IOException {
      refuse(plaintext);
      var secret =
          password == null && roles != null
              ? Optional.<String>empty()
              : Optional.of(password(spec, where, password));
      var wanted = Optional.ofNullable(roles).map(Set::copyOf);
      if (!done(() -> where.users("reset").reset(name, secret, wanted))) {
        throw UserException.failed("there is no user " + name + "; user add makes one");
      }
      spec.commandLine().getOut().println("User updated");
      return Exit.OK.code();
    }
  }

  private interface Change {
    boolean make() throws IOException;
  }

  private static boolean done(Change change) throws IOException {
    try {
      return change.make();
    } catch (IllegalArgumentException e) {
      throw UserException.usage(String.valueOf(e.getMessage()));
    }
  }

  private static void refuse(boolean plaintext) {
    if (plaintext) {
      throw UserException.usage("--plaintext: passwords are not kept, only what proves them");
    }
  }

  private static String password(CommandSpec spec, Where where, @Nullable String given)
      throws IOException {
    return given != null
        ? given
        : where
            .silence
            .prompter(spec.commandLine().getErr())
            .ask("--user-command-password:", true)
            .orElseThrow(() -> UserException.usage("a user needs --user-command-password"));
  }
}
