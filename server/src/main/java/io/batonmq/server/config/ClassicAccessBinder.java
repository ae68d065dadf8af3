package io.batonmq.server.config;

import io.batonmq.server.config.Logins.Anonymous;
import io.batonmq.server.config.Logins.Named;
import io.batonmq.server.config.Logins.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Binds `plugins`: who comes in, and who may do what.
final class ClassicAccessBinder {
  private static final String NO_CLASSES =
      "no class is loaded by name: there are no plug-ins of others";

  private static final Setting<Boolean> ANONYMOUS =
      Setting.of(
              "anonymousAccessAllowed",
              Values.FLAG,
              "false",
              "Whether those come in that give no name.")
          .asAttribute();
  private static final Setting<String> ANONYMOUS_USER =
      Setting.of("anonymousUser", Values.TEXT, "anonymous", "What they are called.").asAttribute();
  private static final Setting<String> ANONYMOUS_GROUP =
      Setting.of("anonymousGroup", Values.TEXT, "anonymous", "What they belong to.").asAttribute();
  private static final Vocabulary SIMPLE =
      new Vocabulary()
          .honouring(ANONYMOUS, ANONYMOUS_USER, ANONYMOUS_GROUP)
          .missing("write <users>", "userGroups", "userPasswords");

  private static final Setting<String> USER_NAME =
      Setting.of("username", Values.TEXT, "The name of a user.").asAttribute();
  private static final Setting<String> PASSWORD =
      Setting.of("password", Values.TEXT, "The password, plain.").asAttribute();
  private static final Setting<List<String>> GROUPS =
      Setting.of("groups", Values.NAMES, "", "The groups, between commas.").asAttribute();
  private static final Vocabulary USER = new Vocabulary().honouring(USER_NAME, PASSWORD, GROUPS);

  private static final Setting<String> CONFIGURATION =
      Setting.of(
              "configuration",
              Values.TEXT,
              "activemq-domain",
              "The entry of `login.config`, in the folder of this file. Its `PropertiesLoginModule`"
                  + " names the files of users and groups; its `GuestLoginModule` lets those in"
                  + " that give no name. Other modules are refused.")
          .asAttribute();
  private static final Vocabulary JAAS =
      new Vocabulary()
          .honouring(CONFIGURATION)
          .harmless("login.config is looked for in the folder of this file", "discoverLoginConfig");

  private static final Vocabulary PLUGINS =
      new Vocabulary()
          .missing(
              "who a client is, it says by its login, not by its certificate",
              "jaasCertificateAuthenticationPlugin",
              "jaasDualAuthenticationPlugin")
          .missing(
              "there is no such plug-in",
              "destinationDotPathSeparator",
              "destinationPathSeparatorPlugin",
              "destinationsPlugin",
              "discardingDLQBrokerPlugin",
              "forcePersistencyModeBroker",
              "forcePersistencyModeBrokerPlugin",
              "multicastTraceBrokerPlugin",
              "partitionBrokerPlugin",
              "statisticsBrokerPlugin",
              "timeStampingBrokerPlugin",
              "virtualSelectorCacheBrokerPlugin")
          .missing(NO_CLASSES, "bean", "ref")
          .harmless(
              "there is no such report",
              "camelRoutesBrokerPlugin",
              "connectionDotFilePlugin",
              "destinationDotFilePlugin",
              "loggingBrokerPlugin",
              "traceBrokerPathPlugin",
              "udpTraceBrokerPlugin")
          .harmless("the file is read at start only", "runtimeConfigurationPlugin");
  private static final Vocabulary NOTHING = new Vocabulary();

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "broker/plugins",
              "Without one that asks who comes in, everybody does, to do everything, as in"
                  + " Classic.",
              PLUGINS),
          new Section("broker/plugins/simpleAuthenticationPlugin", "Holds `<users>`.", SIMPLE),
          new Section("…/users/authenticationUser", "", USER),
          new Section("broker/plugins/jaasAuthenticationPlugin", "", JAAS));

  /// What was found.
  ///
  /// @param secured false lets everybody in, to do everything
  record Access(
      boolean secured, List<SecuritySetting> rules, Logins logins, ClassicRedelivery redelivery) {}

  private final Path conf;
  private final ClassicPlaceholders placeholders;

  ClassicAccessBinder(Path conf, ClassicPlaceholders placeholders) {
    this.conf = conf;
    this.placeholders = placeholders;
  }

  Access bind(Binding broker) {
    List<SecuritySetting> rules = List.of();
    Optional<Named> logins = Optional.empty();
    var redelivery = new ClassicRedelivery();
    for (var plugins : broker.child("plugins").stream().toList()) {
      var simple = plugins.child("simpleAuthenticationPlugin").map(ClassicAccessBinder::simple);
      var jaas = plugins.child("jaasAuthenticationPlugin").flatMap(this::jaas);
      logins = simple.or(() -> jaas);
      plugins.child("redeliveryPlugin").ifPresent(redelivery::bind);
      var authorization = plugins.child("authorizationPlugin");
      if (authorization.isPresent()) {
        rules = ClassicRights.bind(authorization.get());
        boolean asked =
            !plugins.children("simpleAuthenticationPlugin", "jaasAuthenticationPlugin").isEmpty();
        if (!asked) {
          authorization.get().error("needs a plug-in beside it that asks who comes in");
        }
      }
      plugins.rest(PLUGINS);
    }
    if (logins.isEmpty()) {
      return new Access(false, rules, new Named(List.of(), Optional.empty()), redelivery);
    }
    return new Access(true, rules, logins.get(), redelivery);
  }

  private static Named simple(Binding element) {
    boolean anonymous = element.value(ANONYMOUS);
    var name = element.value(ANONYMOUS_USER);
    var group = element.value(ANONYMOUS_GROUP);
    Map<String, User> users = new LinkedHashMap<>();
    for (var list : element.child("users").stream().toList()) {
      list.children("authenticationUser")
          .forEach(one ->
              user(one)
                  .map(user -> users.put(user.name(), user))
                  .ifPresent(twice -> one.error("there is another user " + twice.name())));
      list.rest(NOTHING);
    }
    element.rest(SIMPLE);
    return new Named(
        List.copyOf(users.values()),
        anonymous ? Optional.of(new Anonymous(name, Set.of(group))) : Optional.empty());
  }

  private static Optional<User> user(Binding element) {
    var name = element.required(USER_NAME);
    var password = element.required(PASSWORD);
    var groups = element.optional(GROUPS).orElse(List.of());
    element.rest(USER);
    return name.flatMap(
        known -> password.map(secret -> new User(known, secret, Set.copyOf(groups))));
  }

  private Optional<Named> jaas(Binding element) {
    var entry = element.value(CONFIGURATION);
    element.rest(JAAS);
    try {
      var config =
          placeholders
              .systemProperty("java.security.auth.login.config")
              .map(Path::of)
              .orElseGet(() -> conf.resolve("login.config"));
      return Optional.of(ClassicLogin.read(config, entry, placeholders));
    } catch (ClassicLogin.UnusableException e) {
      element.error(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /// All sections of this place and those below it.
  static List<Section> sections() {
    var all = new ArrayList<>(SECTIONS);
    all.addAll(ClassicRights.SECTIONS);
    all.addAll(ClassicRedelivery.SECTIONS);
    return List.copyOf(all);
  }
}
