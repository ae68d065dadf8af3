package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The exchange of RFC 7677 §3, and what differs from it.
class ScramSha256Test {
  private static final String FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String CHALLENGE =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String LAST =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
          + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String SIGNATURE = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  private final ScramSha256 login = new ScramSha256(new Rfc());

  @Test
  void theExchangeOfTheRfc() {
    assertThat(text(login.first(bytes(FIRST)))).isEqualTo(CHALLENGE);
    assertThat(text(login.last(bytes(LAST)))).isEqualTo(SIGNATURE);
    assertThat(login.principal()).isEqualTo(new Principal("user", Set.of()));
  }

  @Test
  void aProofServesOnce() {
    login.first(bytes(FIRST));
    login.last(bytes(LAST));
    assertThat(login.last(bytes(LAST))).isNull();
  }

  @Test
  void anUnknownUserIsChallengedAlikeAndNeverIn() {
    String unknown = FIRST.replace("n=user", "n=nobody");
    assertThat(text(login.first(bytes(unknown)))).isEqualTo(CHALLENGE);
    assertThat(login.last(bytes(LAST))).isNull();
    assertThat(login.principal()).isNull();
  }

  @Test
  void anUnknownUserIsNotInEvenWithTheProofThatFits() {
    // The fake verifier is made of a real password here, so that only the missing principal says
    // no.
    ScramSha256 nobody = new ScramSha256(new Rfc(true));
    nobody.first(bytes(FIRST));
    assertThat(nobody.last(bytes(LAST))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "n",
        "n,",
        "n,,",
        "p=tls-unique,,n=user,r=abc",
        "n,a=other,n=user,r=abc",
        "n,,m=ext,n=user,r=abc",
        "n,,r=abc,n=user",
        "n,,n=,r=abc",
        "n,,n=us=er,r=abc",
        "n,,n=us=2,r=abc",
        "n,,n=user,r=",
        "n,,n=user,r=a b",
        "n,,n=user,r=a\u0000b",
        "n,,n=user"
      })
  void aBrokenFirstMessageIsRefused(String first) {
    assertThat(login.first(bytes(first))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "p=",
        ",p=",
        "c=biws,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=AAAA",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=!",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
      })
  void aBrokenProofIsRefused(String last) {
    login.first(bytes(FIRST));
    assertThat(login.last(bytes(last))).isNull();
    assertThat(login.principal()).isNull();
  }

  @Test
  void commasAndEqualSignsInNamesAreEscaped() {
    String[] asked = new String[1];
    ScramSha256 odd =
        new ScramSha256(
            new Rfc() {
              @Override
              public ScramVerifier scramVerifier(String user) {
                asked[0] = user;
                return super.scramVerifier(user);
              }
            });
    odd.first(bytes("y,,n=a=2Cb=3Dc,r=abc"));
    assertThat(asked[0]).isEqualTo("a,b=c");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static class Rfc implements Authenticator {
    private final boolean nobody;

    Rfc() {
      this(false);
    }

    Rfc(boolean nobody) {
      this.nobody = nobody;
    }

    @Override
    public List<String> mechanisms() {
      return List.of(ScramSha256.NAME);
    }

    @Override
    public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
      throw new AssertionError("PLAIN was not asked for");
    }

    @Override
    public ScramVerifier scramVerifier(String user) {
      byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
      try {
        byte[] salted =
            SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec("pencil".toCharArray(), salt, 4096, 256))
                .getEncoded();
        byte[] clientKey = ScramSha256.hmac(salted, bytes("Client Key"));
        return new ScramVerifier(
            salt,
            4096,
            ScramSha256.sha256(clientKey),
            ScramSha256.hmac(salted, bytes("Server Key")),
            nobody || !user.equals("user") ? null : new Principal("user", Set.of()));
      } catch (GeneralSecurityException missing) {
        throw new AssertionError(missing);
      }
    }

    @Override
    public String nonce() {
      return "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    }

    @Override
    public Optional<Principal> anonymous() {
      return Optional.empty();
    }
  }
}
