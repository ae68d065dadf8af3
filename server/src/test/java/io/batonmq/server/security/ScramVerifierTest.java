package io.batonmq.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  @Test
  void theExchangeOfRfc7677() {
    var salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    var verifier = ScramVerifier.of("pencil", salt, 4096);
    var nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    var messages =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,r="
            + nonce
            + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r="
            + nonce;
    var proof = Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(verifier.proves(messages.getBytes(UTF_8), proof)).isTrue();
    assertThat(verifier.serverSignature(messages.getBytes(UTF_8)))
        .isEqualTo(Base64.getDecoder().decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    proof[3] ^= 1;
    assertThat(verifier.proves(messages.getBytes(UTF_8), proof)).isFalse();
    assertThat(verifier.proves(messages.getBytes(UTF_8), new byte[31])).isFalse();
  }

  @Test
  void aPasswordFitsItsVerifierOnly() {
    var verifier = ScramVerifier.of("secret");
    assertThat(verifier.matches("secret")).isTrue();
    assertThat(verifier.matches("Secret")).isFalse();
    assertThat(verifier.matches("")).isFalse();
    assertThat(ScramVerifier.of("secret")).isNotEqualTo(verifier);
  }

  @Test
  void thePasswordIsTheSameHoweverItsLettersAreComposed() {
    assertThat(ScramVerifier.of("M\u00fcller").matches("Mu\u0308ller")).isTrue();
  }

  @Test
  void aLineReadsBackAndAPrintTellsNothing() {
    var verifier = ScramVerifier.of("secret");
    assertThat(ScramVerifier.parse(verifier.line())).isEqualTo(verifier);
    assertThat(verifier.toString()).doesNotContain(verifier.storedKey(), verifier.serverKey());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "ENC(1024:ABC)",
        "SCRAM-SHA-256$15000:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$1:AAAA$%1$s:%1$s",
        "SCRAM-SHA-256$99999999:AAAA$%1$s:%1$s",
        "SCRAM-SHA-256$15000:AAAA$%1$s",
        "SCRAM-SHA-256$15000:A$%1$s:%1$s",
        "SCRAM-SHA-512$15000:AAAA$%1$s:%1$s"
      })
  void whatIsNoVerifierIsRefusedWithoutRepeatingIt(String line) {
    var text = line.contains("%") ? line.replace("%1$s", KEY) : line;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScramVerifier.parse(text))
        .withMessageNotContaining("secret");
  }
}
