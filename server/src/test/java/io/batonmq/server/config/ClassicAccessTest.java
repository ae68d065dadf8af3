package io.batonmq.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.config.Logins.Anonymous;
import io.batonmq.server.config.Logins.Named;
import io.batonmq.server.config.Logins.User;
import io.batonmq.server.config.Problem.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who comes in, and who may do what.
class ClassicAccessTest {
  private static final String USERS =
      """
      <simpleAuthenticationPlugin anonymousAccessAllowed="true"><users>
        <authenticationUser username="system" password="manager" groups="users,admins"/>
        <authenticationUser username="guest" password="open" groups="guests"/>
        <authenticationUser username="nobody" password="closed"/>
      </users></simpleAuthenticationPlugin>
      """;

  @TempDir Path base;

  @Test
  void usersOfTheSimplePluginComeIn() {
    var config = plugins(USERS);
    assertThat(config.securityEnabled()).isTrue();
    assertThat(config.securitySettings()).as("and may do everything").isEmpty();
    assertThat(config.logins())
        .isEqualTo(
            new Named(
                List.of(
                    new User("system", "manager", Set.of("users", "admins")),
                    new User("guest", "open", Set.of("guests")),
                    new User("nobody", "closed", Set.of())),
                Optional.of(new Anonymous("anonymous", Set.of("anonymous")))));
    assertThat(config.logins().toString()).doesNotContain("manager", "closed");
  }

  @Test
  void usersOfTheFilesOfALoginConfigComeIn() throws IOException {
    var conf = Files.createDirectories(ClassicFile.conf(base));
    Files.writeString(
        conf.resolve("login.config"),
        """
        // who comes in
        other { x.Y required; };
        activemq {
            org.apache.activemq.jaas.PropertiesLoginModule sufficient
                org.apache.activemq.jaas.properties.user="users.properties"
                org.apache.activemq.jaas.properties.group="groups.properties"
                reload=true;
            org.apache.activemq.jaas.GuestLoginModule sufficient
                org.apache.activemq.jaas.guest.user="guest"
                org.apache.activemq.jaas.guest.group="guests";
        };
        """);
    Files.writeString(conf.resolve("users.properties"), "admin=secret\nuser = other\n");
    Files.writeString(conf.resolve("groups.properties"), "admins=admin\nusers=admin,user\nnone=\n");
    var config = plugins("<jaasAuthenticationPlugin configuration='activemq'/>");
    assertThat(config.logins())
        .isEqualTo(
            new Named(
                List.of(
                    new User("admin", "secret", Set.of("admins", "users")),
                    new User("user", "other", Set.of("users"))),
                Optional.of(new Anonymous("guest", Set.of("guests")))));
    assertThat(errors("<jaasAuthenticationPlugin configuration='other'/>"))
        .contains("x.Y is not known: use PropertiesLoginModule");
    assertThat(errors("<jaasAuthenticationPlugin configuration='none'/>"))
        .contains("has no entry none");
    Files.writeString(conf.resolve("users.properties"), "admin=ENC(abc)\n");
    assertThat(errors("<jaasAuthenticationPlugin configuration='activemq'/>"))
        .contains("the password of admin is encrypted");
    Files.writeString(conf.resolve("login.config"), "activemq { x.Y required");
    assertThat(errors("<jaasAuthenticationPlugin configuration='activemq'/>"))
        .contains("ends within");
  }

  @Test
  void rightsOfAllEntriesThatFitAddUp() {
    var config =
        plugins(
            USERS
                + rights(
                    """
                    <authorizationEntry queue=">" read="admins" write="admins" admin="admins"/>
                    <authorizationEntry queue="USERS.>" read="users" write="users" admin="users"/>
                    <authorizationEntry queue="GUEST.>" read="guests" write="guests,users" admin="guests,users"/>
                    <authorizationEntry queue="TEST.Q" read="guests" write="guests"/>
                    <authorizationEntry topic=">" read="admins" write="admins" admin="admins"/>
                    <authorizationEntry topic="USERS.>" read="users" write="users" admin="users"/>
                    <authorizationEntry topic="GUEST.>" read="guests" write="guests,users" admin="guests,users"/>
                    <authorizationEntry topic="ActiveMQ.Advisory.>" read="guests,users" write="guests,users" admin="guests,users"/>
                    """));
    assertThat(config.roles("any", Permission.SEND)).containsExactly("admins");
    assertThat(config.roles("USERS.a", Permission.CONSUME))
        .containsExactlyInAnyOrder("admins", "users");
    assertThat(config.roles("GUEST.a", Permission.SEND))
        .containsExactlyInAnyOrder("admins", "guests", "users");
    assertThat(config.roles("GUEST.a", Permission.BROWSE))
        .containsExactlyInAnyOrder("admins", "guests");
    assertThat(config.roles("TEST.Q", Permission.SEND))
        .containsExactlyInAnyOrder("admins", "guests");
    assertThat(config.roles("TEST.Q", Permission.CREATE_ADDRESS)).containsExactly("admins");
    assertThat(config.roles("TEST.Q", Permission.CREATE_DURABLE_QUEUE))
        .as("a subscription is no more than reading")
        .containsExactlyInAnyOrder("admins", "guests");
    assertThat(config.roles("ActiveMQ.Advisory.TempQueue", Permission.CONSUME))
        .containsExactlyInAnyOrder("admins", "guests", "users");
    assertThat(config.roles("temporary.1", Permission.CREATE_NON_DURABLE_QUEUE))
        .containsExactlyInAnyOrder("admins", "guests", "users");
  }

  @Test
  void whatIsForQueuesOnlyHoldsForTopicsOfTheNameAndSaysSo() {
    var result =
        read(
            USERS
                + rights(
                    "<authorizationEntry queue='>' read='a'/><authorizationEntry topic='>'"
                        + " read='a'/><authorizationEntry queue='Q' read='b'/>"));
    assertThat(result.problems())
        .filteredOn(problem -> problem.severity() == Severity.WARNING)
        .anySatisfy(problem ->
            assertThat(problem.message()).startsWith("holds for a topic of the name Q too"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "<authorizationEntry queue='>' read='a'/><authorizationEntry topic='>' read='b'/>|stands"
            + " for queues and for topics with other groups",
        "<authorizationEntry queue='a.*' read='a'/><authorizationEntry queue='*.b'"
            + " read='b'/>|hold for some names both, with other groups",
        "<authorizationEntry read='a'/>|needs queue=",
      })
  void rightsThatCannotBeSaidAreRefused(String entries, String message) {
    assertThat(errors(USERS + rights(entries))).contains(message);
  }

  @Test
  void temporaryDestinationsHaveTheirOwnRights() {
    var config =
        plugins(
            USERS
                + """
                <authorizationPlugin><map><authorizationMap>
                  <authorizationEntries><authorizationEntry queue=">" read="users" write="users" admin="users"/></authorizationEntries>
                  <tempDestinationAuthorizationEntry><tempDestinationAuthorizationEntry read="temps" write="temps" admin="temps"/></tempDestinationAuthorizationEntry>
                </authorizationMap></map></authorizationPlugin>
                """);
    assertThat(config.roles("temporary.1", Permission.CREATE_NON_DURABLE_QUEUE))
        .containsExactly("temps");
  }

  private static String rights(String entries) {
    return "<authorizationPlugin><map><authorizationMap><authorizationEntries>"
        + entries
        + "</authorizationEntries></authorizationMap></map></authorizationPlugin>";
  }

  private ConfigResult read(String content) {
    return ClassicFile.read(base, "<broker><plugins>" + content + "</plugins></broker>");
  }

  private BrokerConfig plugins(String content) {
    return ClassicFile.broker(base, "<plugins>" + content + "</plugins>");
  }

  private String errors(String content) {
    return read(content).errors().toString();
  }
}
