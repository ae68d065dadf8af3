package io.batonmq.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.batonmq.session.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginPolicyTest {
  @TempDir Path etc;

  @Test
  void withoutAFileEverybodyHasToLogIn() throws IOException {
    var policy = LoginPolicy.read(etc.resolve("none"));
    assertThat(policy).isEqualTo(LoginPolicy.REQUIRE_LOGIN);
    assertThat(policy.anonymous()).isEmpty();
  }

  @Test
  void itReadsBack() throws IOException {
    var file = etc.resolve("login.properties");
    var policy = new LoginPolicy(true, "amq");
    Files.writeString(file, policy.text());
    assertThat(LoginPolicy.read(file)).isEqualTo(policy);
    assertThat(policy.anonymous()).contains(new Principal("anonymous", Set.of("amq")));
    assertThat(new LoginPolicy(false, "amq").anonymous()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allow-anonymus = true",
        "allow-anonymous = yes",
        "allow-anonymous = true",
        "allow-anonymous = \\u1"
      })
  void aSlipOfThePenLetsNobodyIn(String text) throws IOException {
    var file = etc.resolve("login.properties");
    Files.writeString(file, text);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> LoginPolicy.read(file))
        .withMessageContaining("login.properties");
  }
}
