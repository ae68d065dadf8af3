package io.batonmq.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.batonmq.session.Principal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {
  @TempDir Path etc;
  private Path usersFile;
  private Path rolesFile;
  private Users users;

  @BeforeEach
  void oneUser() throws IOException {
    usersFile = etc.resolve("artemis-users.properties");
    rolesFile = etc.resolve("artemis-roles.properties");
    users = Users.create(usersFile, rolesFile);
    users.add("admin", "secret", Set.of("amq"));
  }

  @Test
  void theRightPasswordComesInAndNoOther() {
    var admin = Optional.of(new Principal("admin", Set.of("amq")));
    assertThat(users.login("admin", "secret")).isEqualTo(admin);
    assertThat(users.login("admin", "secret")).isEqualTo(admin);
    assertThat(users.login("admin", "wrong")).isEmpty();
    assertThat(users.login("nobody", "secret")).isEmpty();
    assertThat(users.login("admin", "")).isEmpty();
  }

  @Test
  void aPasswordOnceProvenIsCheap() {
    users.login("admin", "secret");
    long started = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      assertThat(users.login("admin", "secret")).isPresent();
    }
    // 1000 derivations would take some seconds.
    assertThat(System.nanoTime() - started).isLessThan(1_000_000_000L);
  }

  @Test
  void noFileHoldsThePasswordAndOnlyTheOwnerReadsThem() throws IOException {
    for (var file : Set.of(usersFile, rolesFile)) {
      assertThat(file).content().doesNotContain("secret");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    assertThat(usersFile).content().contains("admin = SCRAM-SHA-256$15000:");
    assertThat(rolesFile).content().contains("amq = admin");
    assertThat(etc).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void usersComeAndGo() throws IOException {
    assertThat(users.add("bob", "b", Set.of("amq", "guests"))).isTrue();
    assertThat(users.add("bob", "c", Set.of())).isFalse();
    assertThat(users.list())
        .isEqualTo(Map.of("admin", Set.of("amq"), "bob", Set.of("amq", "guests")));
    assertThat(users.login("bob", "b")).isPresent();
    assertThat(users.reset("bob", Optional.of("c"), Optional.empty())).isTrue();
    assertThat(users.login("bob", "b")).isEmpty();
    assertThat(users.reset("bob", Optional.empty(), Optional.of(Set.of("tellers")))).isTrue();
    assertThat(users.login("bob", "c")).contains(new Principal("bob", Set.of("tellers")));
    assertThat(users.remove("bob")).isTrue();
    assertThat(users.remove("bob")).isFalse();
    assertThat(users.reset("bob", Optional.empty(), Optional.empty())).isFalse();
    assertThat(users.login("bob", "c")).isEmpty();
    assertThat(users.principal("bob")).isEmpty();
    assertThat(users.principal("admin")).contains(new Principal("admin", Set.of("amq")));
  }

  @Test
  void aChangeOfTheFilesIsSeen() throws IOException {
    var other = Users.open(usersFile, rolesFile);
    assertThat(other.login("admin", "secret")).isPresent();
    users.reset("admin", Optional.of("changed"), Optional.of(Set.of("ops")));
    assertThat(other.login("admin", "secret")).isEmpty();
    assertThat(other.login("admin", "changed")).contains(new Principal("admin", Set.of("ops")));
  }

  @Test
  void filesThatCannotBeReadLeaveTheUsersAsTheyWere() throws IOException {
    var text = Files.readString(usersFile);
    Files.delete(usersFile);
    assertThat(users.login("admin", "secret")).isPresent();
    Files.writeString(usersFile, "admin = \\u12");
    assertThat(users.login("admin", "secret")).isPresent();
    Files.writeString(usersFile, "# nobody\n");
    assertThat(users.login("admin", "secret")).isEmpty();
    Files.writeString(usersFile, text);
    assertThat(users.login("admin", "secret")).isPresent();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Users.open(etc.resolve("none"), rolesFile));
  }

  @Test
  void plainAndMaskedPasswordsLetNobodyIn() throws IOException {
    Files.writeString(usersFile, "plain = secret\nmasked = ENC(1024:AB)\n");
    assertThat(users.list()).isEmpty();
    assertThat(users.login("plain", "secret")).isEmpty();
  }

  @Test
  void whatIsNotChangedStaysAsItWasWritten() throws IOException {
    var admin = Files.readAllLines(usersFile).getLast();
    Files.writeString(
        usersFile,
        "# mine\nplain = secret\n\nmasked=\\\n  ENC(1024:AB)\n" + admin + "\n! the end\n");
    Files.writeString(rolesFile, "# who\namq = admin, plain\nops=\\\n masked\n");
    assertThat(users.add("bob", "b", Set.of("amq"))).isTrue();
    assertThat(users.add("plain", "b", Set.of("amq"))).isFalse();
    assertThat(usersFile)
        .content()
        .startsWith(
            "# mine\nplain = secret\n\nmasked=\\\n  ENC(1024:AB)\n"
                + admin
                + "\n! the end\nbob = ");
    assertThat(rolesFile).content().isEqualTo("# who\namq = admin,bob,plain\nops=\\\n masked\n");

    assertThat(users.reset("masked", Optional.of("new"), Optional.empty())).isTrue();
    assertThat(users.login("masked", "new")).contains(new Principal("masked", Set.of("ops")));
    assertThat(users.remove("plain")).isTrue();
    assertThat(users.remove("plain")).isFalse();
    assertThat(users.login("bob", "b")).isPresent();
    assertThat(users.login("admin", "secret")).isPresent();
    assertThat(usersFile).content().startsWith("# mine\n\nmasked = SCRAM-").doesNotContain("plain");
  }

  @Test
  void whoChangesThemAtOnceLosesNothing() throws Exception {
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 12; i++) {
        int number = i;
        var other = Users.open(usersFile, rolesFile);
        var _ = threads.submit(() -> other.add("user" + number, "p", Set.of("amq")));
      }
    }
    assertThat(users.list()).hasSize(13);
    assertThat(users.principal("user7")).contains(new Principal("user7", Set.of("amq")));
  }

  @Test
  void anotherProcessThatChangesThemIsWaitedFor() throws Exception {
    var holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                usersFile + ".lock")
            .redirectError(Redirect.INHERIT)
            .start();
    try (var said = holder.inputReader()) {
      assertThat(said.readLine()).isEqualTo("locked");
      var added =
          CompletableFuture.supplyAsync(() -> {
            try {
              return users.add("bob", "b", Set.of("amq"));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> added.get(2, TimeUnit.SECONDS));
      assertThat(usersFile).content().doesNotContain("bob");
      holder.outputWriter().close();
      assertThat(added.get(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void anUnknownUserHasAVerifierThatNothingFits() throws IOException {
    var fake = users.verifier("nobody");
    assertThat(users.verifier("nobody")).isEqualTo(fake);
    assertThat(users.verifier("noone").salt()).isNotEqualTo(fake.salt());
    assertThat(fake.salt()).hasSameSizeAs(users.verifier("admin").salt());
    assertThat(fake.iterations()).isEqualTo(users.verifier("admin").iterations());
    assertThat(Users.open(usersFile, rolesFile).verifier("nobody")).isNotEqualTo(fake);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a,b", "a=b", "a:b", "#a", "!a", "a\\b", "a\n", "a\u0085"})
  void namesThatALineCannotHoldAreRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> users.add(name, "password", Set.of()))
        .withMessageContaining("letters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> users.add("user", "password", Set.of(name)));
    assertThatIllegalArgumentException().isThrownBy(() -> users.add("user", "", Set.of()));
  }

  @Test
  void namesBeyondAsciiAreKept() throws IOException {
    users.add("M\u00fcller@example.org", "x", Set.of("\u5b98"));
    assertThat(Users.open(usersFile, rolesFile).login("M\u00fcller@example.org", "x"))
        .contains(new Principal("M\u00fcller@example.org", Set.of("\u5b98")));
  }
}
