package io.batonmq.wire.amqp;

import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The server's half of SCRAM-SHA-256 (RFC 5802, RFC 7677), for one login:
///
/// ```
/// C: n,,n=user,r=cnonce
/// S: r=cnonce+snonce,s=salt,i=iterations
/// C: c=biws,r=cnonce+snonce,p=proof
/// S: v=signature
/// ```
///
/// Both messages of the client are answered alike for users that exist and for those that do not.
final class ScramSha256 {
  static final String NAME = "SCRAM-SHA-256";

  private static final int NONCE_MAX = 256;
  private static final int KEY_BYTES = 32;

  private final Authenticator authenticator;
  private @Nullable ScramVerifier verifier;
  private String gs2Header = "";
  private String nonce = "";
  private String authMessage = "";
  private @Nullable Principal principal;

  ScramSha256(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /// Who proved to know the password, after [#last] has answered.
  @Nullable Principal principal() {
    return principal;
  }

  /// The answer to the client's first message, or null if it breaks the rules.
  byte @Nullable [] first(byte[] message) {
    String text = new String(message, StandardCharsets.UTF_8);
    // gs2-header: `n` or `y` (no channel binding), an authorization id, then the bare message.
    int authzid = text.indexOf(',');
    int bare = authzid < 0 ? -1 : text.indexOf(',', authzid + 1);
    if (authzid != 1 || bare < 0 || (text.charAt(0) != 'n' && text.charAt(0) != 'y')) {
      return null;
    }
    String actsFor = text.substring(2, bare);
    gs2Header = text.substring(0, bare + 1);
    String clientFirst = text.substring(bare + 1);
    Attributes attributes = new Attributes(clientFirst);
    String user = attributes.next('n');
    String clientNonce = attributes.next('r');
    String name = user == null ? null : unescape(user);
    if (name == null || name.isEmpty() || clientNonce == null || !nonceIsSane(clientNonce)) {
      return null;
    }
    if (!actsFor.isEmpty() && !actsFor.equals("a=" + user)) {
      return null;
    }
    ScramVerifier found = authenticator.scramVerifier(name);
    verifier = found;
    nonce = clientNonce + authenticator.nonce();
    String answer =
        "r=%s,s=%s,i=%d"
            .formatted(nonce, Base64.getEncoder().encodeToString(found.salt()), found.iterations());
    authMessage = clientFirst + "," + answer + ",";
    return answer.getBytes(StandardCharsets.US_ASCII);
  }

  /// The answer to the client's final message, or null if it does not prove the password.
  byte @Nullable [] last(byte[] message) {
    ScramVerifier known = verifier;
    verifier = null;
    if (known == null) {
      return null;
    }
    String text = new String(message, StandardCharsets.UTF_8);
    int proofAt = text.lastIndexOf(",p=");
    if (proofAt < 0) {
      return null;
    }
    String withoutProof = text.substring(0, proofAt);
    Attributes attributes = new Attributes(withoutProof);
    String binding = attributes.next('c');
    String echoed = attributes.next('r');
    byte[] proof = base64(text.substring(proofAt + 3));
    byte[] header = binding == null ? null : base64(binding);
    if (proof == null || proof.length != KEY_BYTES || header == null || echoed == null) {
      return null;
    }
    // The channel binding repeats the header of the first message: a man in the middle who changed
    // it
    // is found out here (RFC 5802 §6).
    boolean repeated =
        MessageDigest.isEqual(header, gs2Header.getBytes(StandardCharsets.UTF_8))
            && MessageDigest.isEqual(
                echoed.getBytes(StandardCharsets.UTF_8), nonce.getBytes(StandardCharsets.UTF_8));
    byte[] auth = (authMessage + withoutProof).getBytes(StandardCharsets.UTF_8);
    byte[] clientKey = hmac(known.storedKey(), auth);
    for (int i = 0; i < KEY_BYTES; i++) {
      clientKey[i] ^= proof[i];
    }
    boolean proved = MessageDigest.isEqual(sha256(clientKey), known.storedKey());
    byte[] signature = hmac(known.serverKey(), auth);
    if (!proved || !repeated || known.principal() == null) {
      return null;
    }
    principal = known.principal();
    return ("v=" + Base64.getEncoder().encodeToString(signature))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean nonceIsSane(String nonce) {
    if (nonce.isEmpty() || nonce.length() > NONCE_MAX) {
      return false;
    }
    for (int i = 0; i < nonce.length(); i++) {
      char c = nonce.charAt(i);
      if (c < 0x21 || c > 0x7e) {
        return false;
      }
    }
    return true;
  }

  /// A name without its two escapes, or null if it has another (RFC 5802 §5.1).
  private static @Nullable String unescape(String name) {
    StringBuilder plain = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '=') {
        plain.append(c);
      } else if (name.startsWith("=2C", i)) {
        plain.append(',');
        i += 2;
      } else if (name.startsWith("=3D", i)) {
        plain.append('=');
        i += 2;
      } else {
        return null;
      }
    }
    return plain.toString();
  }

  private static byte @Nullable [] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException broken) {
      return null;
    }
  }

  static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every Java platform has HmacSHA256", missing);
    }
  }

  static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  /// Attributes `x=value`, separated by commas, in the order that the grammar prescribes.
  private static final class Attributes {
    private final String text;
    private int at;

    Attributes(String text) {
      this.text = text;
    }

    @Nullable String next(char name) {
      if (at > text.length() - 2 || text.charAt(at) != name || text.charAt(at + 1) != '=') {
        return null;
      }
      int comma = text.indexOf(',', at);
      int end = comma < 0 ? text.length() : comma;
      String value = text.substring(at + 2, end);
      at = end + 1;
      return value;
    }
  }
}
